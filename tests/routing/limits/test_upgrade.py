"""A database of before keeps what its limits count and allow."""

import shutil
from pathlib import Path

from sqlalchemy import text

from services.shared import migrations
from services.shared.database import make_engine
from services.shared.migrations import migrate

MIGRATIONS = Path(migrations.__file__).parents[1] / "routing" / "migrations"
BEFORE = "0006"


async def test_limits_of_before_keep_what_they_count_and_allow(fresh_database: str, tmp_path: Path) -> None:
    for migration in MIGRATIONS.glob("*.py"):
        if migration.name < BEFORE:
            shutil.copy(migration, tmp_path)
    engine = make_engine(fresh_database)
    await migrations._migrate(engine, "routing", tmp_path, test_clock=True)
    async with engine.begin() as db:
        await db.execute(
            text("""
            with team as (
              insert into routing.team (team_id, code, name, holding_limit) values (uuidv7(), 'east', '华东', 50)
              returning team_id
            ), rep as (
              insert into routing.rep (rep_id, code, display_name, team_id)
              select uuidv7(), code, '李雷', team_id from team, unnest(array['L007', 'L008']) as code
              returning rep_id, code
            )
            insert into routing.holding_limit (scope, key, rep_id, held, "limit")
            select scope, key, rep_id, held, most from rep join (values
              ('L007', 'REP', uuid '00000000-0000-0000-0000-000000000000', 3, 50),
              ('L008', 'REP', uuid '00000000-0000-0000-0000-000000000000', 2, 9),
              ('L008', 'POOL', uuid '00000000-0000-7000-8000-000000000001', 2, 1),
              ('L007', 'POOL', uuid '00000000-0000-7000-8000-000000000001', 1, null)
            ) as counted (code, scope, key, held, most) using (code)
            """)
        )

    await migrate(engine, schema="routing", package="services.routing")

    async with engine.connect() as db:
        rows = await db.execute(
            text("""
            select code, scope, key, held, "limit", default_limit, set_limit
            from routing.holding_limit join routing.rep using (rep_id) order by code, scope
            """)
        )
        assert [tuple(row) for row in rows] == [
            ("L007", "POOL", "00000000-0000-7000-8000-000000000001", 1, None, None, None),
            ("L007", "REP", "", 3, 50, 50, None),
            ("L008", "POOL", "00000000-0000-7000-8000-000000000001", 2, 1, None, 1),
            ("L008", "REP", "", 2, 9, None, 9),
        ]
    await engine.dispose()
