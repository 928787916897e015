"""What an earlier version stored is read by this one."""

import json
from datetime import UTC, datetime, timedelta

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from services.routing.holdings.entries import EntryKind
from services.routing.holdings.follow_ups import Outcome
from services.routing.holdings.store import find_holding
from services.shared.database import make_engine
from services.shared.ids import new_id
from services.shared.migrations import migrate

FOLDER = "services/routing/migrations"
BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)


def begin_at(connection: Connection, revision: str) -> None:
    """The migrations up to this one, as they were shipped."""
    script = ScriptDirectory(FOLDER, version_locations=[FOLDER])
    with EnvironmentContext(
        Config(), script, fn=lambda current, _: script._upgrade_revs(revision, current)
    ) as environment:
        environment.configure(
            connection=connection,
            version_table_schema="routing",
            transactional_ddl=True,
            transaction_per_migration=False,
        )
        environment.run_migrations()


async def test_a_holding_of_the_first_version_keeps_its_deadline_and_tells_what_happened(fresh_database: str) -> None:
    engine = make_engine(fresh_database)
    await migrate(engine, schema="scoring", package="services.scoring", test_clock=True)  # for the schema `clew`
    ids = {name: new_id() for name in ("team", "rep", "lead", "holding", "follow_up", "conversion")}
    due_at = BEGAN + timedelta(days=10)
    schedule = {
        "policy_version": "standard@1",
        "started_at": BEGAN.isoformat(),
        "moves": [
            {"kind": "FIRST_RESPONSE_MET", "at": (BEGAN + timedelta(hours=1)).isoformat(), "conversion_id": None},
            {
                "kind": "CONVERSION_RELEASED",
                "at": (BEGAN + timedelta(hours=2)).isoformat(),
                "conversion_id": str(ids["conversion"]),
            },
        ],
        "first_response_due_at": (BEGAN + timedelta(hours=2)).isoformat(),
        "first_responded_at": (BEGAN + timedelta(hours=1)).isoformat(),
        "protected_until": due_at.isoformat(),
        "maximum_at": (BEGAN + timedelta(days=30)).isoformat(),
        "due_at": due_at.isoformat(),
        "due_cause": "PROTECTION",
        "reminders": [],
        "because": ["Began."],
    }
    values = {**ids, "began": BEGAN, "due": due_at, "schedule": json.dumps(schedule)}
    async with engine.begin() as db:
        await db.execute(text("create schema routing"))
        await db.run_sync(begin_at, "0001")
        for statement in AS_IT_WAS:
            await db.execute(text(statement), values)

    await migrate(engine, schema="routing", package="services.routing", test_clock=True)

    async with engine.connect() as db:
        holding = await find_holding(db, ids["holding"])
    await engine.dispose()
    assert holding.schedule.due_at == due_at
    assert [(entry.kind, entry.outcome) for entry in holding.schedule.entries] == [
        (EntryKind.FOLLOW_UP, Outcome.CONNECTED),
        (EntryKind.CONVERSION_RELEASED, None),
    ]
    assert holding.schedule.released(str(ids["conversion"]))


AS_IT_WAS = (
    "insert into routing.team (team_id, code, name, holding_limit) values (:team, 'east', '华东', 5)",
    "insert into routing.rep (rep_id, code, display_name, team_id) values (:rep, 'L007', '李雷', :team)",
    """insert into routing.lead (lead_id, state, facts, facts_version, home_pool_id, epoch, route_due)
       values (:lead, 'HELD', '{}', 1, '00000000-0000-7000-8000-000000000001', 1, false)""",
    """insert into routing.holding_limit (scope, key, rep_id, held, "limit")
       values ('REP', '00000000-0000-0000-0000-000000000000', :rep, 1, 5)""",
    """insert into routing.holding (holding_id, lead_id, epoch, rep_id, origin, policy_code, policy_version, started_at,
         schedule, first_responded_at, due_at, due_cause, reminders, reminder_steps, wake_at, claim_cooldown)
       values (:holding, :lead, 1, :rep, 'CLAIMED', 'standard', 1, :began, cast(:schedule as jsonb), :began, :due,
         'PROTECTION', '{}', '{}', :due, interval '7 days')""",
    """insert into routing.follow_up (follow_up_id, holding_id, lead_id, rep_id, kind, direction, outcome, occurred_at,
         received_at, counted, because, after_the_end)
       values (:follow_up, :holding, :lead, :rep, 'CALL', 'OUTBOUND', 'CONNECTED', :began,
         cast(:began as timestamptz) + interval '1 hour', true, '{FIRST_RESPONSE_MET,NOT_LATER}', false)""",
)
