"""Rows that a comparison begins with, set-based, through the services' own tables and as consistent as theirs."""

import itertools
import json
from datetime import timedelta
from typing import Any, LiteralString

from bench.looking import Connection, connect
from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.schedule_json import to_json
from services.routing.policy import Policy

DEFAULT_POOL = "00000000-0000-7000-8000-000000000001"  # the pool that exists always
NO_LIMIT = 1_000_000_000


async def reps(url: str, number: int) -> list[str]:
    """Reps of one team, whom no limit stops. Returns their ids."""
    async with await connect(url) as connection:
        rows = await connection.execute(
            """
            with team as (
              insert into routing.team (team_id, code, name, holding_limit)
              values (uuidv7(), 'bench', '华东一组', %(no_limit)s) returning team_id
            ), made as (
              insert into routing.rep (rep_id, code, display_name, team_id)
              select uuidv7(), 'L' || number, '李雷', team_id from generate_series(1, %(number)s) as number, team
              returning rep_id
            ), limited as (
              insert into routing.holding_limit (scope, key, rep_id, held, default_limit)
              select 'REP', '', rep_id, 0, %(no_limit)s from made
            )
            select rep_id from made
            """,
            {"number": number, "no_limit": NO_LIMIT},
        )
        return [str(rep_id) for (rep_id,) in await rows.fetchall()]


async def pool(url: str, code: str, policy: Policy) -> str:
    """A pool with a policy of its own, whose leads may be held as often as they are. Returns its id."""
    async with await connect(url) as connection:
        row = await connection.execute(
            """
            with published as (
              insert into routing.policy (code, version, body, published_by) values (%(code)s, 1, %(body)s, 'bench')
            )
            insert into routing.pool (pool_id, code, name, policy_code, max_holdings)
            values (uuidv7(), %(code)s, '华东公海', %(code)s, null) returning pool_id
            """,
            {"code": code, "body": json.dumps(policy.to_body())},
        )
        [(pool_id,)] = await row.fetchall()
        return str(pool_id)


async def pooled_leads(url: str, number: int, pool_id: str = DEFAULT_POOL) -> list[str]:
    """Leads that rest in a pool, due for nothing. Returns their ids."""
    async with await connect(url) as connection:
        rows = await connection.execute(
            """
            insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, pooled_at, route_due)
            select uuidv7(), 'POOLED', '{"industry": "制造业", "company_size": 120, "region": "浙江"}', 1, %(pool)s,
              clew.clew_now(), false
            from generate_series(1, %(number)s)
            returning lead_id
            """,
            {"number": number, "pool": pool_id},
        )
        found = [str(lead_id) for (lead_id,) in await rows.fetchall()]
        await connection.execute("analyze")
        return found


async def graded_leads(url: str, number: int) -> None:
    """Leads of all grades and scores that wait in the default pool, one after the other since two weeks."""
    async with await connect(url) as connection, connection.transaction():
        await connection.execute("set local synchronous_commit = off")
        await connection.execute(
            """
            insert into routing.lead (lead_id, state, facts, facts_version, grade, fit_score, behavior_score,
              reenquiries, home_pool_id, pooled_at, route_due)
            select uuidv7(), 'POOLED', '{"industry": "制造业", "company_size": 120}', 1,
              substr('ABCD', 1 + number %% 4, 1), number %% 61, number %% 41, number %% 3, %(pool)s,
              clew.clew_now() - number * interval '14 days' / %(number)s, false
            from generate_series(1, %(number)s) as number
            """,
            {"number": number, "pool": DEFAULT_POOL},
        )
    async with await connect(url) as connection:
        await connection.execute("vacuum analyze routing.lead")


async def known_leads(url: str, number: int, leads_per_company: int) -> None:
    """Leads that intake knows and routing has taken, numbered from 0: `calls.keys_of` tells their three keys."""
    async with await connect(url) as connection, connection.transaction():
        # Ours alone: what refers to what is known to be there.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("set local synchronous_commit = off")
        await connection.execute(
            """
            create temporary table known on commit drop as
            select number, uuidv7() as lead_id, uuidv7() as person_id, '138' || lpad(number::text, 8, '0') as mobile,
              'h' || number || '@example.com' as email, '杭州' || number / %(leads_per_company)s || '科技' as company,
              clew.clew_now() - number * interval '1 second' as created_at
            from generate_series(0, %(number)s - 1) as number
            """,
            {"number": number, "leads_per_company": leads_per_company},
        )
        for statement in KNOWN_LEADS:
            await connection.execute(statement)
    async with await connect(url) as connection:
        await connection.execute("vacuum analyze")


KNOWN_LEADS: tuple[LiteralString, ...] = (
    """
    insert into intake.person (person_id, name, phone, email, wecom_id, company, credit_code, title)
    select person_id, '韩梅梅', mobile, email, '', company, '', '' from known
    """,
    """
    insert into intake.lead (lead_id, person_id, business_line, facts, channel, taken_version, created_at, changed_at)
    select lead_id, person_id, 'default', '{"industry": "制造业", "company_size": 120}', 'web_form', 1, created_at,
      created_at
    from known
    """,
    """
    insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id)
    select key.kind, key.value, 'default', key.kind <> 'COMPANY_NAME', 'LEAD', lead_id, lead_id
    from known cross join lateral (
      values ('MOBILE', '+86' || mobile), ('EMAIL', email), ('COMPANY_NAME', company)
    ) as key (kind, value)
    """,
)


async def held_leads(
    url: str, pool_id: str, rep_ids: list[str], policy: Policy, policy_text: str, within: timedelta
) -> None:
    """All leads that intake knows are held, claimed one after the other `within` this time up to now.

    Each has the schedule that a claim would have given it, and its run is owed the nudge of the claim.
    """
    async with await connect(url) as connection, connection.transaction():
        lead_ids = await _column(connection, "select lead_id from intake.lead order by lead_id")
        [now] = await _column(connection, "select clew.clew_now()")
        schedules = [
            compute_schedule(policy, policy_text, now - within * (len(lead_ids) - number) / len(lead_ids))
            for number in range(len(lead_ids))
        ]
        holders = list(itertools.islice(itertools.cycle(rep_ids), len(lead_ids)))
        values = {
            "pool_id": pool_id,
            "lead_ids": lead_ids,
            "rep_ids": holders,
            "started": [schedule.started_at for schedule in schedules],
            "due": [schedule.due_at for schedule in schedules],
            "schedules": [json.dumps(to_json(schedule)) for schedule in schedules],
        }
        await connection.execute(
            "create temporary table claimed on commit drop as select uuidv7() as holding_id, * from unnest("
            "%(lead_ids)s::uuid[], %(rep_ids)s::uuid[], %(started)s::timestamptz[], %(due)s::timestamptz[], "
            "%(schedules)s::jsonb[]) as claim (lead_id, rep_id, started_at, due_at, schedule)",
            values,
        )
        for statement in HELD_LEADS:
            await connection.execute(statement, values)


async def _column(connection: Connection, question: LiteralString) -> list[Any]:
    return [value for (value,) in await (await connection.execute(question)).fetchall()]


HELD_LEADS: tuple[LiteralString, ...] = (
    """
    insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, epoch, route_due)
    select lead_id, 'HELD', '{"industry": "制造业", "company_size": 120}', 1, %(pool_id)s, 1, false from claimed
    """,
    """
    insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, taken_from_pool_id, policy_code,
      policy_version, started_at, schedule, due_at, due_cause, reminders, reminder_steps, wake_at, claim_cooldown)
    select holding_id, lead_id, 1, rep_id, 'CLAIMED', pool_id, policy_code, 1, started_at, schedule, due_at,
      schedule->>'due_cause', '{}', '{}', due_at, interval '7 days'
    from claimed join routing.pool on pool_id = %(pool_id)s
    """,
    """
    insert into routing.holding_limit (scope, key, rep_id, held)
    select scope, key, rep_id, count(*) from claimed cross join lateral (
      values ('POOL', %(pool_id)s::uuid::text), ('REP', '')
    ) as slot (scope, key)
    group by scope, key, rep_id
    on conflict (scope, key, rep_id) do update set held = excluded.held
    """,
    """
    insert into routing.event (event_id, lead_id, seq, kind, wakes, wake_id, actor_id, actor_role, recorded_at)
    select uuidv7(), lead_id, 1, 'lead_claimed', 'lead', lead_id, rep_id, 'rep', started_at from claimed
    """,
)
