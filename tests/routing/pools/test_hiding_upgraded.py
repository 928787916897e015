"""Leads that were hidden before their runs told anybody are told of after the upgrade."""

from sqlalchemy import text

from services.shared.database import make_engine
from services.shared.ids import new_id
from services.shared.migrations import migrate
from tests.routing.test_upgrading import BEGAN, begin_at


async def test_leads_that_are_hidden_or_have_collaborators_are_told_of_by_their_runs(fresh_database: str) -> None:
    engine = make_engine(fresh_database)
    await migrate(engine, schema="scoring", package="services.scoring", test_clock=True)  # for the schema `clew`
    ids = {name: new_id() for name in ("team", "rep", "helper", "hidden", "helped", "public", "holding", "pool")}
    async with engine.begin() as db:
        await db.execute(text("create schema routing"))
        await db.run_sync(begin_at, "0009")
        for statement in SEEN_BY_OTHERS:
            await db.execute(text(statement), {**ids, "began": BEGAN})

    await migrate(engine, schema="routing", package="services.routing", test_clock=True)

    async with engine.connect() as db:
        rows = await db.execute(text("select lead_id, hidden, access_version, access_untold from routing.lead"))
        told = {row.lead_id: (row.hidden, row.access_version, row.access_untold) for row in rows}
    await engine.dispose()
    assert told == {
        ids["hidden"]: (True, 1, True),
        ids["helped"]: (False, 1, True),
        ids["public"]: (False, 0, False),
    }


SEEN_BY_OTHERS = (
    "insert into routing.team (team_id, code, name, holding_limit) values (:team, 'east', '华东', 5)",
    """insert into routing.rep (rep_id, code, display_name, team_id)
       values (:rep, 'L007', '李雷', :team), (:helper, 'L008', '韩梅梅', :team)""",
    """insert into routing.pool (pool_id, code, name, policy_code, visibility)
       values (:pool, 'vip', '大客户', 'standard', 'HIDDEN')""",
    """insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, epoch, route_due, pooled_at)
       select lead_id, state, '{}', 1, pool_id, epoch, false, :began
       from (values (:hidden, 'POOLED', :pool, 0), (:helped, 'HELD', null, 1), (:public, 'HELD', null, 0))
         as lead (lead_id, state, pool_id, epoch)""",
    """insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, policy_code, policy_version, started_at,
         schedule, due_at, due_cause, reminders, reminder_steps, wake_at, claim_cooldown)
       values (:holding, :helped, 1, :rep, 'CLAIMED', 'standard', 1, :began, '{}', :began, 'PROTECTION', '{}', '{}',
         :began, interval '7 days')""",
    """insert into routing.collaborator (holding_id, lead_id, rep_id, since, added_by)
       values (:holding, :helped, :helper, :began, 'wang')""",
)
