"""The ladder of a lead that a rule gave to a rep who did not answer: the next rep of that rule's team, and so on.

It stands on what is recorded anyhow, the holdings that ended unanswered one after another and the decisions that opened
them, so that whatever else happens to the lead ends it.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.assignment.rules import verdicts
from services.routing.assignment.store import lock_team
from services.routing.leads.store import Lead
from services.routing.ledger import Candidate
from services.shared.database import text

# So many further reps are asked; then the team's managers decide.
HOPS = 3


@dataclass(frozen=True)
class Ladder:
    """Where a lead stands that nobody answered."""

    rule_version: str
    team_id: UUID
    team_code: str
    # Reps in a row who did not answer.
    unanswered: int
    # Everybody who ever held the lead: none of them is asked again.
    held_by: frozenset[UUID]

    @property
    def exhausted(self) -> bool:
        """Nobody further is asked."""
        return self.unanswered > HOPS


async def find_ladder(db: AsyncConnection, lead_id: UUID) -> Ladder | None:
    """None for a lead whose newest holding ended in another way, or in an earlier cycle."""
    row = (await db.execute(text(LADDER), {"lead_id": lead_id})).one_or_none()
    if row is None:
        return None
    return Ladder(row.rule_version, row.team_id, row.team_code, row.unanswered, frozenset(row.held_by))


async def next_reps(db: AsyncConnection, lead: Lead, ladder: Ladder) -> tuple[Candidate, ...]:
    """The team with the verdict on each; nobody is considered any more when the hops are used up."""
    if ladder.exhausted:
        return ()
    considered = verdicts(await lock_team(db, ladder.team_code, lead), ladder.held_by)
    return tuple(replace(one, verdict="HELD_IT") if one.rep_id in ladder.held_by else one for one in considered)


LADDER = """
with cycle as (
  select coalesce(max(changed_at), '-infinity') as began from routing.stage_change
  where lead_id = :lead_id and to_stage = 'PROSPECT'
), held as (
  select holding_id, epoch, end_cause from routing.holding, cycle where lead_id = :lead_id and started_at >= began
), newest as (
  select holding_id from (select * from held order by epoch desc limit 1) last where end_cause = 'unanswered'
), decided as (
  select d.rule_version, cast(split_part(split_part(d.rule_version, '@', 2), '/', 1) as int) as version,
    split_part(d.rule_version, '/', 2) as rule_id
  from newest join routing.decision d on d.lead_id = :lead_id and d.holding_id = newest.holding_id
  where d.verb = 'RouteLead'
)
select decided.rule_version, team.team_id, team.code as team_code,
  (select count(*) from held where epoch > coalesce((
    select max(epoch) from held where end_cause is distinct from 'unanswered'
  ), 0)) as unanswered,
  array(select distinct rep_id from routing.holding where lead_id = :lead_id) as held_by
from decided
join routing.assignment_rules published on published.version = decided.version
cross join lateral jsonb_array_elements(published.rules) as rule
join routing.team on team.code = rule ->> 'assign_team_code'
where rule ->> 'rule_id' = decided.rule_id
"""
