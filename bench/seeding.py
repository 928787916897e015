"""Rows that a comparison begins with, set-based, through the services' own tables and as consistent as theirs."""

import psycopg

POOL = "00000000-0000-7000-8000-000000000001"  # the pool that exists always
NO_LIMIT = 1_000_000_000


async def reps(conninfo: str, number: int) -> list[str]:
    """Reps of one team, whom no limit stops. Returns their ids."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
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
              insert into routing.holding_limit (scope, key, rep_id, held, "limit")
              select 'REP', '00000000-0000-0000-0000-000000000000', rep_id, 0, %(no_limit)s from made
            )
            select rep_id from made
            """,
            {"number": number, "no_limit": NO_LIMIT},
        )
        return [str(rep_id) for (rep_id,) in await rows.fetchall()]


async def pooled_leads(conninfo: str, number: int) -> list[str]:
    """Leads that rest in the pool, due for nothing. Returns their ids."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        rows = await connection.execute(
            """
            insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, pooled_at, route_due)
            select uuidv7(), 'POOLED', '{"industry": "制造业", "company_size": 120, "region": "浙江"}', 1, %(pool)s,
              clew.clew_now(), false
            from generate_series(1, %(number)s)
            returning lead_id
            """,
            {"number": number, "pool": POOL},
        )
        found = [str(lead_id) for (lead_id,) in await rows.fetchall()]
        await connection.execute("analyze")
        return found
