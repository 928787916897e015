"""Assignment rules and the reps they choose among, in the database."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.assignment.rules import Member, Rule, RuleSet
from services.routing.holdings.limits import WHOLE_REP, Room
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


async def lock_team(db: AsyncConnection, team_code: str) -> list[Member]:
    """A team's reps. Their limit rows are locked, in order: who is chosen from what is read here has the room that
    was read, and the next decision sees whom this one chose."""
    rows = await db.execute(text(LOCK_MEMBERS.format(which="team.code = :team_code")), {"team_code": team_code})
    locked = [row.rep_id for row in rows]
    return [_member(row) for row in await db.execute(text(MEMBERS), {"rep_ids": locked, "whole_rep": WHOLE_REP})]


async def lock_rep(db: AsyncConnection, rep_id: UUID) -> Member | None:
    """One rep, likewise; none when routing does not know him."""
    await db.execute(text(LOCK_MEMBERS.format(which="rep.rep_id = :rep_id")), {"rep_id": rep_id})
    row = (await db.execute(text(MEMBERS), {"rep_ids": [rep_id], "whole_rep": WHOLE_REP})).one_or_none()
    return _member(row) if row else None


async def returned_as_not_theirs(db: AsyncConnection, lead_id: UUID, reasons: Iterable[str]) -> set[UUID]:
    """The reps whose holding of this lead ended for one of these reasons."""
    rows = await db.execute(
        text("select distinct rep_id from routing.holding where lead_id = :lead_id and end_reason = any(:reasons)"),
        {"lead_id": lead_id, "reasons": list(reasons)},
    )
    return {row.rep_id for row in rows}


def _member(row: Row[Any]) -> Member:
    return Member(row.rep_id, row.code, row.active, row.last_assigned_at, Room(row.held, row.limit))


LOCK_MEMBERS = """
select l.rep_id from routing.holding_limit l join routing.rep using (rep_id) join routing.team using (team_id)
where l.scope = 'REP' and {which} order by l.scope, l.key, l.rep_id for no key update of l
"""

# A statement of its own: it sees what was committed while the locks were waited for.
MEMBERS = """
select rep.rep_id, rep.code, rep.active, rep.last_assigned_at, l.held, l."limit"
from routing.rep join routing.holding_limit l using (rep_id)
where rep.rep_id = any(cast(:rep_ids as uuid[])) and l.scope = 'REP' and l.key = :whole_rep
"""
