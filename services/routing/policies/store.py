"""The rules that choose a policy, in the database. A version never changes, so each is read once and kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.leads.store import Lead
from services.routing.policies.rules import PolicyRule, PolicyRules
from services.shared import expressions
from services.shared.database import text

# When they were published is part of it: another database has others.
_read: dict[tuple[int, datetime], PolicyRules] = {}


async def publish_rules(db: AsyncConnection, rules: Sequence[PolicyRule], published_by: str) -> int:
    """The next version, for holdings that begin from now on. Publications come one after another."""
    await db.execute(text("lock table routing.policy_rules in share row exclusive mode"))
    values = {"rules": json.dumps([asdict(rule) for rule in rules], ensure_ascii=False), "published_by": published_by}
    return int(await db.scalar(text(PUBLISH), values) or 0)


async def newest_rules(db: AsyncConnection) -> PolicyRules:
    """None were published: version 0."""
    row = (await db.execute(text(NEWEST))).one_or_none()
    if row is None:
        return PolicyRules(0, ())
    return _read.setdefault(
        (row.version, row.published_at), PolicyRules(row.version, tuple(PolicyRule(**rule) for rule in row.rules))
    )


async def switch_policy(db: AsyncConnection, code: str, enabled: bool, changed_by: str) -> bool:
    """Disable it, or enable it again. Returns whether that is another state than before."""
    values = {"code": code, "enabled": enabled, "changed_by": changed_by}
    return await db.scalar(text(SWITCH), values) is not None


def known_rules(version: int, published_at: datetime) -> PolicyRules | None:
    """Those that this process has read before."""
    return _read.get((version, published_at))


def chosen(rules: PolicyRules, lead: Lead, pool_code: str, of_the_pool: str) -> str:
    """Code of the policy for this lead out of this pool."""
    facts = expressions.facts_of(lead.known)
    return rules.choose(of_the_pool, lambda expression: expressions.holds(expression, facts, pool=pool_code))


PUBLISH = """
insert into routing.policy_rules (version, rules, published_by)
select coalesce(max(version), 0) + 1, cast(:rules as jsonb), :published_by from routing.policy_rules
returning version
"""
SWITCH = """
insert into routing.policy_switch as present (code, enabled, changed_by)
select cast(:code as text), cast(:enabled as boolean), cast(:changed_by as text)
where not :enabled or exists (select from routing.policy_switch where code = :code)
on conflict (code) do update
  set enabled = excluded.enabled, changed_at = clew.clew_now(), changed_by = excluded.changed_by
  where present.enabled <> excluded.enabled
returning code
"""
NEWEST = "select version, rules, published_at from routing.policy_rules order by version desc limit 1"
