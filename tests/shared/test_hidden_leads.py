"""Who may know of a hidden lead, and what was told about that: one rule in Python and in SQL, one order."""

import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.shared.callers import Caller, Role, set_caller
from services.shared.database import make_engine
from services.shared.hidden_leads import LEAD_ACCESS_DDL, Access, asking, hidden_in, is_hidden_from, set_access


@dataclass(frozen=True)
class Lead:
    hidden: bool
    holder_id: UUID | None
    collaborator_ids: list[UUID]


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(fresh_database)
    async with made.begin() as db:
        await db.execute(text("create schema sample"))
        await db.execute(text(LEAD_ACCESS_DDL("sample")))
    yield made
    await made.dispose()


REP, OTHER = uuid4(), uuid4()
CALLERS = [
    Caller(str(REP), Role.REP),
    Caller(str(REP), Role.MARKETER),
    *(Caller("wang", role) for role in Role),
]


@pytest.mark.parametrize("caller", CALLERS, ids=str)
async def test_the_rule_and_its_condition_in_sql_say_the_same_of_every_lead(
    engine: AsyncEngine, caller: Caller
) -> None:
    set_caller(caller)
    question = text(
        f"""
        select {hidden_in("lead")} from (select cast(:hidden as boolean) as hidden,
          cast(:holder_id as uuid) as holder_id, cast(:collaborator_ids as uuid[]) as collaborator_ids) lead
        """
    )
    for parts in itertools.product((False, True), (None, REP, OTHER), ([], [REP], [OTHER], [OTHER, REP])):
        lead = Lead(*parts)
        async with engine.connect() as db:
            assert await db.scalar(question, {**vars(lead), **asking()}) == is_hidden_from(caller, lead), lead


async def test_in_whatever_order_runs_tell_the_newest_stays(engine: AsyncEngine) -> None:
    lead_id, holder, helper = uuid4(), uuid4(), uuid4()
    history = [
        Access(lead_id, None, 0, True, 1, []),
        Access(lead_id, holder, 1, True, 1, []),
        Access(lead_id, holder, 1, True, 2, [helper]),
        Access(lead_id, holder, 1, False, 3, [helper]),
        Access(lead_id, None, 1, False, 3, []),
        Access(lead_id, None, 1, True, 4, []),
        Access(lead_id, holder, 2, True, 4, []),
    ]
    for seed in range(30):
        told = [*history, *history[:3]]
        random.Random(seed).shuffle(told)
        async with engine.connect() as db, db.begin() as undone:
            for access in told:
                await set_access(db, "sample", access)
            [row] = await db.execute(text("select * from sample.lead_access"))
            assert Access(**row._mapping) == history[-1], seed
            await undone.rollback()
