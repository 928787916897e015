"""Assignment rules and the reps they choose among, in the database."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.assignment.rules import Member, Rule, RuleSet
from services.routing.holdings.limits import LimitScope, Room
from services.routing.leads.store import Lead
from services.shared.database import text


async def newest_rules(db: AsyncConnection) -> RuleSet:
    """The rules that are in force; none are version 0."""
    row = (
        await db.execute(text("select version, rules from routing.assignment_rules order by version desc limit 1"))
    ).one_or_none()
    return RuleSet(row.version, tuple(Rule(**rule) for rule in row.rules)) if row else RuleSet(0)


async def publish_rules(db: AsyncConnection, rules: Iterable[Rule], published_by: str) -> int:
    """The next version. Two publications at once come one after the other."""
    await db.execute(text("lock table routing.assignment_rules in share row exclusive mode"))
    version = await db.scalar(
        text(
            """
            insert into routing.assignment_rules (version, rules, published_by)
            select coalesce(max(version), 0) + 1, cast(:rules as jsonb), :published_by from routing.assignment_rules
            returning version
            """
        ),
        {"rules": json.dumps([asdict(rule) for rule in rules], ensure_ascii=False), "published_by": published_by},
    )
    return int(version or 0)


async def lock_team(db: AsyncConnection, team_code: str, lead: Lead) -> list[Member]:
    """A team's reps. Their limits that apply to the lead are locked, in order: who is chosen from what is read here
    has the room that was read, and the next decision sees whom this one chose."""
    return await _lock(db, lead, "team.code = :team_code", team_code=team_code)


async def lock_rep(db: AsyncConnection, rep_id: UUID, lead: Lead) -> Member | None:
    """One rep, likewise; none when routing does not know him."""
    found = await _lock(db, lead, "rep.rep_id = :rep_id", rep_id=rep_id)
    return found[0] if found else None


async def _lock(db: AsyncConnection, lead: Lead, which: str, **asked: object) -> list[Member]:
    of_the_lead = {"grade": lead.grade or None, "product": lead.product or None}
    locked = await db.execute(text(LOCK_MEMBERS.format(which=which)), {**asked, **of_the_lead})
    members = {"rep_ids": [row.rep_id for row in locked]}
    by_rep = groupby(await db.execute(text(MEMBERS), {**members, **of_the_lead}), key=lambda row: row.rep_id)
    return [_member(list(limits)) for _, limits in by_rep]


async def returned_as_not_theirs(db: AsyncConnection, lead_id: UUID, reasons: Iterable[str]) -> set[UUID]:
    """The reps whose holding of this lead ended for one of these reasons."""
    rows = await db.execute(
        text("select distinct rep_id from routing.holding where lead_id = :lead_id and end_reason = any(:reasons)"),
        {"lead_id": lead_id, "reasons": list(reasons)},
    )
    return {row.rep_id for row in rows}


def _member(limits: Sequence[Row[Any]]) -> Member:
    """The limits stand in their order, that of all his holdings last."""
    shown = next((one for one in limits if Room(one.held, one.limit).full), limits[-1])
    room = Room(shown.held, shown.limit)
    return Member(shown.rep_id, shown.code, shown.active, shown.last_assigned_at, room, LimitScope(shown.scope))


APPLYING = (
    "(values ('GRADE', cast(:grade as text)), ('PRODUCT', cast(:product as text)), ('REP', '')) as slot (scope, key)"
)

# A limit that is not there yet is made, so that the place that is taken next is not waited for out of the order; one
# that is there is locked, whatever the condition says of it, and not written.
LOCK_MEMBERS = f"""
with member as materialized (
  select rep_id from routing.rep join routing.team using (team_id) where {{which}}
), locked as (
  insert into routing.holding_limit as present (scope, key, rep_id, held)
  select scope, key, rep_id, 0 from member cross join {APPLYING} where key is not null
  order by scope, key collate "C", rep_id
  on conflict (scope, key, rep_id) do update set held = present.held where false
)
select rep_id from member
"""  # composed of a part above

# A statement of its own: it sees what was committed while the locks were waited for.
MEMBERS = f"""
select rep.rep_id, rep.code, rep.active, rep.last_assigned_at, l.scope, l.held, l."limit"
from routing.rep cross join {APPLYING} join routing.holding_limit l using (scope, key, rep_id)
where rep.rep_id = any(cast(:rep_ids as uuid[])) order by rep.rep_id, l.scope
"""  # composed of a part above
