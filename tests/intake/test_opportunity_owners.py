"""Who owns open opportunities of an account is known by every lead that is matched to it, whatever comes first."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.examples import as_service
from tests.intake.submissions import (
    a_submission,
    events_of,
    facts_of,
    new_credit_code,
    new_id,
    new_mobile,
    submitted,
)
from tests.shared.waiting import until_locks_are_waited_for

Stub = IntakeServiceStub


async def registered(intake: Stub, lead_id: str, account_id: str, **told: Any) -> None:
    request = pb.RegisterKeysRequest(
        request_id=new_id(),
        lead_id=lead_id,
        account_id=account_id,
        contact_id=new_id(),
        account_owner=new_id(),
        **told,
    )
    answer = await intake.RegisterKeys(request, metadata=as_service())
    assert answer.opportunities_version >= request.opportunities_version


async def told(intake: Stub, account_id: str, owners: Sequence[str], version: int) -> int:
    request = pb.SetOpportunityOwnersRequest(
        request_id=new_id(), account_id=account_id, opportunity_owners=owners, opportunities_version=version
    )
    return (await intake.SetOpportunityOwners(request, metadata=as_service())).opportunities_version


async def a_lead(intake: Stub, code: str = "", name: str = "王建国", **person: str) -> str:
    return (await submitted(intake, a_submission(name=name, credit_code=code, **person))).lead_id


async def an_account(intake: Stub, code: str, owners: Sequence[str] = ()) -> tuple[str, str]:
    """The ids of an account, and of the lead that became it."""
    lead_id, account_id = await a_lead(intake, code, "李雷"), new_id()
    await registered(intake, lead_id, account_id, opportunity_owners=owners, opportunities_version=1)
    return account_id, lead_id


async def owners_of(intake: Stub, lead_id: str) -> list[str]:
    return list((await facts_of(intake, lead_id)).opportunity_owners)


async def test_the_companys_other_leads_learn_of_the_account_and_of_its_opportunity_at_once(intake: Stub) -> None:
    code, owner = new_credit_code(), new_id()
    colleague = await a_lead(intake, code)

    await an_account(intake, code, [owner])

    known = await facts_of(intake, colleague)
    assert (known.facts.account_matched, list(known.opportunity_owners), known.version) == (True, [owner], 2)
    assert [event.kind for event in await events_of(intake, colleague)] == ["lead_created", "facts_changed"]


async def test_a_lead_that_comes_later_knows_it_from_the_beginning(intake: Stub) -> None:
    code, owner = new_credit_code(), new_id()
    await an_account(intake, code, [owner])

    newcomer = await a_lead(intake, code)

    known = await facts_of(intake, newcomer)
    assert (list(known.opportunity_owners), known.version) == ([owner], 1)


async def test_a_re_enquiry_that_brings_the_companys_code_brings_its_opportunities_owners(intake: Stub) -> None:
    code, owner, mobile = new_credit_code(), new_id(), new_mobile()
    await an_account(intake, code, [owner])
    lead_id = await a_lead(intake, phone=mobile)
    assert await owners_of(intake, lead_id) == []

    await a_lead(intake, code, phone=mobile)

    assert await owners_of(intake, lead_id) == [owner]


async def test_a_closed_opportunity_is_news_for_the_companys_leads_and_for_nobody_else(intake: Stub) -> None:
    code, owner = new_credit_code(), new_id()
    account_id, became_it = await an_account(intake, code, [owner])
    colleague, stranger = await a_lead(intake, code), await a_lead(intake, new_credit_code())

    assert await told(intake, account_id, [], 2) == 2

    known = await facts_of(intake, colleague)
    assert (list(known.opportunity_owners), known.version) == ([], 2)
    assert (await events_of(intake, colleague))[-1].kind == "facts_changed"
    assert [(await facts_of(intake, lead_id)).version for lead_id in (became_it, stranger)] == [1, 1]
    assert (await events_of(intake, became_it))[-1].kind == "keys_registered"


async def test_what_is_older_never_overwrites_and_what_is_told_twice_is_no_news(intake: Stub) -> None:
    code, first, second = new_credit_code(), new_id(), new_id()
    account_id, _ = await an_account(intake, code)
    colleague = await a_lead(intake, code)
    await told(intake, account_id, [second], 3)

    assert await told(intake, account_id, [first], 2) == 3
    assert await told(intake, account_id, [second], 3) == 3
    assert await told(intake, account_id, [second], 4) == 4

    known = await facts_of(intake, colleague)
    assert (list(known.opportunity_owners), known.version) == ([second], 2)


async def test_keys_that_are_registered_late_bring_no_older_owners_back(intake: Stub) -> None:
    code, account_id, owner = new_credit_code(), new_id(), new_id()
    became_it, colleague = await a_lead(intake, code, "李雷"), await a_lead(intake, code)
    await told(intake, account_id, [], 2)

    await registered(intake, became_it, account_id, opportunity_owners=[owner], opportunities_version=1)

    known = await facts_of(intake, colleague)
    assert (known.facts.account_matched, list(known.opportunity_owners)) == (True, [])


async def test_a_company_that_joins_an_account_learns_who_works_on_something_with_it(intake: Stub) -> None:
    code, another_code, owner = new_credit_code(), new_credit_code(), new_id()
    account_id, _ = await an_account(intake, code, [owner])
    became_it, colleague = await a_lead(intake, another_code, "李雷"), await a_lead(intake, another_code)

    # Into an opportunity that is there: conversion's version is the one that intake knows.
    await registered(intake, became_it, account_id, opportunity_owners=[owner], opportunities_version=1)
    assert await owners_of(intake, colleague) == [owner]

    await told(intake, account_id, [], 2)
    assert await owners_of(intake, colleague) == []


async def test_of_two_accounts_with_one_code_the_owners_are_those_of_both(intake: Stub) -> None:
    code, owners = new_credit_code(), sorted([new_id(), new_id()])
    await an_account(intake, code, owners[:1])
    await registered(
        intake, await a_lead(intake, code, "张伟"), new_id(), opportunity_owners=owners[1:], opportunities_version=1
    )

    assert await owners_of(intake, await a_lead(intake, code)) == owners


@pytest.mark.parametrize("attempt", range(5))
async def test_leads_that_are_submitted_while_it_is_told_know_it_all_the_same(intake: Stub, attempt: int) -> None:
    code, owner = new_credit_code(), new_id()
    account_id, _ = await an_account(intake, code)

    *leads, _ = await asyncio.gather(
        *(a_lead(intake, code, name) for name in ("王建国", "张伟", "韩梅梅", "Ada Lovelace")),
        told(intake, account_id, [owner], 2),
    )

    assert [await owners_of(intake, str(lead_id)) for lead_id in leads] == [[owner]] * 4


async def test_a_submission_that_is_not_committed_yet_is_waited_for(intake: Stub, engine: AsyncEngine) -> None:
    code, owner = new_credit_code(), new_id()
    account_id, _ = await an_account(intake, code)
    colleague = await a_lead(intake, code)
    # As a submission does that has looked for its account before.
    lock = "select 1 from intake.organisation where credit_code = :code for no key update"

    async with engine.connect() as db, db.begin():
        await db.execute(text(lock), {"code": code})
        telling = asyncio.create_task(told(intake, account_id, [owner], 2))
        await until_locks_are_waited_for(engine)
        assert await owners_of(intake, colleague) == []

    assert await telling == 2
    assert await owners_of(intake, colleague) == [owner]


async def test_a_submission_that_comes_while_it_is_told_waits_and_knows_it(intake: Stub, engine: AsyncEngine) -> None:
    code, owner = new_credit_code(), new_id()
    account_id, _ = await an_account(intake, code)
    # As telling does.
    lock = "select 1 from intake.organisation where credit_code = :code for no key update"
    keep = "update intake.account_opportunities set owners = array[cast(:owner as uuid)] where account_id = :id"

    async with engine.connect() as db, db.begin():
        await db.execute(text(lock), {"code": code})
        await db.execute(text(keep), {"owner": owner, "id": account_id})
        submission = asyncio.create_task(a_lead(intake, code))
        await until_locks_are_waited_for(engine)

    assert await owners_of(intake, await submission) == [owner]
