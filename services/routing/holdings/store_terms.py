"""Everything that decides whether a rep may open a holding, read at once after the lead was locked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.calendars.working_time import WorkingTime
from services.routing.holdings.refusals import RepNotFound
from services.routing.holdings.store_time import TIME, know_calendars, known_time, time_of
from services.routing.leads.store import Lead
from services.routing.policies.store import chosen, known_rules, newest_rules
from services.routing.policy import Policy, version_text
from services.routing.pools.store_seeing import MEMBER
from services.shared.statements import Question, fetch


@dataclass(frozen=True)
class Terms:
    """Under which terms this rep would hold this lead now, and what stands against it."""

    now: datetime
    rep_id: UUID
    rep_code: str
    rep_active: bool
    pool_code: str
    # The newest version of the policy that a rule chooses, or of the home pool's: a holding of now keeps it.
    policy_code: str
    policy_version: int
    policy: Policy
    # Otherwise nothing is due, until it is enabled again.
    policy_enabled: bool
    # How time passes for this rep under it.
    time: WorkingTime
    may_claim_again_at: datetime | None
    # Of the home pool, and whether the rep may take leads out of it.
    member: bool
    daily_claim_limit: int | None
    holder_code: str | None
    held_since: datetime | None

    @property
    def policy_text(self) -> str:
        return version_text(self.policy_code, self.policy_version)


async def read_terms(
    db: AsyncConnection, lead: Lead, pool_id: UUID, *, rep_id: UUID | None = None, rep_code: str | None = None
) -> Terms:
    """The rep is named by his id or by his code. Raises RepNotFound."""
    values = {
        "lead_id": lead.lead_id,
        "pool_id": pool_id,
        "rep_id": rep_id,
        "rep_code": rep_code,
        "policy_code": None,
    }
    rows = await fetch(db, TERMS_OF_ONE, values)
    if not rows:
        raise RepNotFound(rep_code or str(rep_id))
    if rows[0].rules_version is not None:
        code = chosen(await newest_rules(db), lead, rows[0].pool_code, rows[0].policy_code)
        if code != rows[0].policy_code:
            rows = await fetch(db, TERMS_OF_ONE, {**values, "policy_code": code})
    await know_calendars(db, rows)
    return _terms(rows[0], time_of(rows[0]), Policy.from_body(rows[0].policy_body))


def terms_of_many(asked: Collection[tuple[Lead, UUID, UUID]]) -> Question[dict[tuple[UUID, UUID], Terms]]:
    """For each lead, pool and rep, of one instant: by lead and rep. There are none for a rep whom nobody knows, where
    a rule chooses another policy than the pool's, or where this process has not read the calendar or the rules yet."""
    leads, pool_ids, rep_ids = zip(*asked, strict=True)
    by_id = {lead.lead_id: lead for lead in leads}
    values = {
        "lead_ids": [lead.lead_id for lead in leads],
        "pool_ids": list(pool_ids),
        "rep_ids": list(rep_ids),
        "policy_code": None,
    }

    def terms(rows: Sequence[Any]) -> dict[tuple[UUID, UUID], Terms]:
        plain = ((row, known_time(row)) for row in rows if _by_the_pool(row, by_id[row.lead_id]))
        # Mostly one policy, or a few: each is read once.
        policies = {(row.policy_code, row.policy_version): row.policy_body for row in rows}
        read = {version: Policy.from_body(body) for version, body in policies.items()}
        return {
            (row.lead_id, row.rep_id): _terms(row, time, read[row.policy_code, row.policy_version])
            for row, time in plain
            if time is not None
        }

    return Question(TERMS_OF_MANY, values, terms)


def _by_the_pool(row: Any, lead: Lead) -> bool:
    """The policy that was read is the one that counts."""
    if row.rules_version is None:
        return True
    rules = known_rules(row.rules_version, row.rules_published_at)
    return rules is not None and chosen(rules, lead, row.pool_code, row.policy_code) == row.policy_code


def _terms(row: Any, time: WorkingTime, policy: Policy) -> Terms:
    return Terms(
        now=row.now,
        rep_id=row.rep_id,
        rep_code=row.rep_code,
        rep_active=row.active,
        pool_code=row.pool_code,
        policy_code=row.policy_code,
        policy_version=row.policy_version,
        policy=policy,
        policy_enabled=row.policy_enabled,
        time=time,
        may_claim_again_at=row.may_claim_again_at,
        member=row.member,
        daily_claim_limit=row.daily_claim_limit,
        holder_code=row.holder_code,
        held_since=row.held_since,
    )


TERMS = f"""
select (select clew.clew_now()) as now, asked.lead_id, rep.rep_id, rep.code as rep_code, rep.active,
  pool.code as pool_code,
  newest.code as policy_code, newest.version as policy_version, newest.body as policy_body,
  coalesce((select enabled from routing.policy_switch where policy_switch.code = newest.code), true) as policy_enabled,
  rules.version as rules_version, rules.published_at as rules_published_at,
  {{time}},
  history.may_claim_again_at, holder.code as holder_code, holder.started_at as held_since,
  pool.daily_claim_limit, {MEMBER.format(rep_id="rep.rep_id")} as member
from {{asked}}
join routing.pool on pool.pool_id = asked.pool_id
join lateral (
  select code, version, body from routing.policy
  where policy.code = coalesce(cast(:policy_code as text), pool.policy_code) order by version desc limit 1
) newest on true
left join lateral (
  select version, published_at from routing.policy_rules order by version desc limit 1
) rules on true
cross join lateral (
  select max(may_claim_again_at) as may_claim_again_at from routing.holding
  where holding.lead_id = asked.lead_id and holding.rep_id = rep.rep_id
) history
left join lateral (
  select of_now.code, started_at from routing.holding join routing.rep of_now using (rep_id)
  where holding.lead_id = asked.lead_id and holding.ended_at is null
) holder on true
"""  # composed of a part
OF_NOW = TIME.format(body="newest.body", rep_id="rep.rep_id", since="(select clew.clew_now())").strip()
TERMS_OF_ONE = TERMS.format(
    time=OF_NOW,
    asked="""(values (cast(:lead_id as uuid), cast(:pool_id as uuid))) as asked (lead_id, pool_id)
join routing.rep on rep.rep_id = cast(:rep_id as uuid) or rep.code = cast(:rep_code as text)""",
)
TERMS_OF_MANY = TERMS.format(
    time=OF_NOW,
    asked="""unnest(cast(:lead_ids as uuid[]), cast(:pool_ids as uuid[]), cast(:rep_ids as uuid[]))
  as asked (lead_id, pool_id, rep_id)
join routing.rep on rep.rep_id = asked.rep_id""",
)
