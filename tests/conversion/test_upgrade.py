"""What was converted before opportunities could be closed is told to intake, too."""

import shutil
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from services.conversion.opportunity import OpenOpportunities
from services.conversion.store_opportunities import open_opportunities
from services.shared import migrations
from services.shared.database import make_engine
from services.shared.migrations import migrate

MIGRATIONS = Path(migrations.__file__).parents[1] / "conversion" / "migrations"
BEFORE = "0003"


async def test_opportunities_of_before_are_open_and_yet_to_be_told(fresh_database: str, tmp_path: Path) -> None:
    for migration in MIGRATIONS.glob("*.py"):
        if migration.name < BEFORE:
            shutil.copy(migration, tmp_path)
    engine = make_engine(fresh_database)
    await migrations._migrate(engine, "conversion", tmp_path, test_clock=True)
    account_id, without_any, owner_id = uuid4(), uuid4(), uuid4()
    async with engine.begin() as db:
        await db.execute(
            text("""
            with account as (
              insert into conversion.account (account_id, owner_id)
              values (:account_id, :owner_id), (:without_any, :owner_id)
            )
            insert into conversion.opportunity (opportunity_id, account_id, owner_id, amount_minor, currency, product)
            values (uuidv7(), :account_id, :owner_id, 0, 'CNY', '')
            """),
            {"account_id": account_id, "without_any": without_any, "owner_id": owner_id},
        )

    await migrate(engine, schema="conversion", package="services.conversion")

    async with engine.connect() as db:
        assert await open_opportunities(db, account_id) == OpenOpportunities([owner_id], version=1, told=0)
        assert await open_opportunities(db, without_any) == OpenOpportunities([], version=0, told=0)
    await engine.dispose()
