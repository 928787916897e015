"""One trio per lead or none (一转三), however often and by however many it is asked for."""

import asyncio
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.conversion.v1 import conversion_pb2 as pb
from clew.conversion.v1 import opportunities_pb2
from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.conversion.v1.opportunities_pb2_grpc import OpportunityServiceStub
from clew.lead.v1 import lead_pb2
from cli.refusals import refusal_of
from services.conversion.access import METHODS
from services.conversion.store_converting import nudge_pending
from services.shared.callers import Caller, Role, set_caller
from services.shared.channels import caller_metadata
from tests.examples import as_administrator, as_manager, as_rep, as_service

Stub = ConversionServiceStub
DELIVERED = "update conversion.event set delivered_at = recorded_at where lead_id = :id"


def new_id() -> str:
    return str(uuid4())


async def asked(conversion: Stub, lead_id: str, rep_id: str, **choices: Any) -> pb.Conversion:
    request = pb.ConvertLeadRequest(request_id=new_id(), lead_id=lead_id, holding_id=new_id(), epoch=1, **choices)
    return (await conversion.ConvertLead(request, metadata=as_rep(rep_id))).conversion


async def committed(conversion: Stub, conversion_id: str, rep_id: str, **known: Any) -> pb.Conversion:
    request = pb.CommitConversionRequest(
        **{
            "request_id": new_id(),
            "conversion_id": conversion_id,
            "rep_id": rep_id,
            "person_id": new_id(),
            "facts": lead_pb2.LeadFacts(industry="制造业", company_size=120, region="上海", country="CN"),
            **known,
        }
    )
    return (await conversion.CommitConversion(request, metadata=as_service())).conversion


async def abandoned(conversion: Stub, conversion_id: str, *, refused: bool = False) -> pb.Conversion:
    cause = pb.ABANDON_CAUSE_LEASE_REFUSED if refused else pb.ABANDON_CAUSE_LEASE_ENDED
    request = pb.AbandonConversionRequest(
        request_id=new_id(), conversion_id=conversion_id, cause=cause, reason="HOLDING_ENDED" if refused else ""
    )
    return (await conversion.AbandonConversion(request, metadata=as_service())).conversion


async def task_of(conversion: Stub, conversion_id: str) -> pb.ConversionTask:
    return (await conversion.GetWork(pb.GetWorkRequest(conversion_id=conversion_id), metadata=as_service())).task


async def rows(engine: AsyncEngine, table: str, account_id: str) -> int:
    async with engine.connect() as db:
        question = text(f"select count(*) from conversion.{table} where account_id = :id")
        return await db.scalar(question, {"id": account_id}) or 0


async def test_a_conversion_walks_from_asked_for_to_completed(conversion: Stub, engine: AsyncEngine) -> None:
    rep_id = new_id()
    wanted = await asked(
        conversion, new_id(), rep_id, new_opportunity=pb.NewOpportunity(amount_minor=1_250_000, product="crm")
    )
    assert await task_of(conversion, wanted.conversion_id) == pb.CONVERSION_TASK_COMMIT

    made = await committed(conversion, wanted.conversion_id, rep_id)
    assert await task_of(conversion, wanted.conversion_id) == pb.CONVERSION_TASK_FINISH
    request = pb.CompleteConversionRequest(request_id=new_id(), conversion_id=wanted.conversion_id, told_version=1)
    done = (await conversion.CompleteConversion(request, metadata=as_service())).conversion

    assert done.state == pb.CONVERSION_STATE_COMPLETED
    assert await task_of(conversion, wanted.conversion_id) == pb.CONVERSION_TASK_NONE
    assert (made.account_id, made.contact_id, made.opportunity_id) == (
        wanted.account_id,
        wanted.contact_id,
        wanted.opportunity_id,
    )
    assert made.account_created
    assert [await rows(engine, table, made.account_id) for table in ("account", "contact", "opportunity")] == [1, 1, 1]
    events = await conversion.ListLeadEvents(
        pb.ListLeadEventsRequest(lead_id=wanted.lead_id), metadata=as_administrator()
    )
    assert [event.kind for event in events.events] == [
        "conversion_requested",
        "conversion_committed",
        "conversion_completed",
    ]


async def test_twenty_people_who_ask_at_once_get_the_same_three_ids(conversion: Stub, engine: AsyncEngine) -> None:
    lead_id = new_id()

    answers = await asyncio.gather(*(asked(conversion, lead_id, new_id()) for _ in range(20)))

    assert len({(one.conversion_id, one.account_id, one.contact_id, one.opportunity_id) for one in answers}) == 1
    async with engine.connect() as db:
        question = text("select count(*) from conversion.event where lead_id = :id and wakes = 'conversion'")
        assert await db.scalar(question, {"id": lead_id}) == 1


async def test_twenty_commits_at_once_make_one_trio(conversion: Stub, engine: AsyncEngine) -> None:
    rep_id = new_id()
    wanted = await asked(conversion, new_id(), rep_id)

    answers = await asyncio.gather(*(committed(conversion, wanted.conversion_id, rep_id) for _ in range(20)))

    assert {one.state for one in answers} == {pb.CONVERSION_STATE_COMMITTED}
    made = answers[0].account_id
    assert [await rows(engine, table, made) for table in ("account", "contact", "opportunity")] == [1, 1, 1]


async def test_of_a_commit_and_an_abandonment_at_once_exactly_one_has_its_way(
    conversion: Stub, engine: AsyncEngine
) -> None:
    rep_id = new_id()
    for _ in range(10):
        wanted = await asked(conversion, new_id(), rep_id)

        commit, abandonment = await asyncio.gather(
            committed(conversion, wanted.conversion_id, rep_id),
            abandoned(conversion, wanted.conversion_id),
            return_exceptions=True,
        )

        assert isinstance(abandonment, pb.Conversion)
        trio = await rows(engine, "account", wanted.account_id)
        if isinstance(commit, pb.Conversion):
            assert (abandonment.state, trio) == (pb.CONVERSION_STATE_COMMITTED, 1)
        else:
            assert isinstance(commit, grpc.aio.AioRpcError)
            assert refusal_of(commit).reason == "CONVERSION_ENDED"
            assert (abandonment.state, trio) == (pb.CONVERSION_STATE_ABANDONED, 0)


async def test_after_a_refused_one_a_lead_may_be_converted_anew(conversion: Stub) -> None:
    lead_id, rep_id = new_id(), new_id()
    first = await asked(conversion, lead_id, rep_id)
    ended = await abandoned(conversion, first.conversion_id, refused=True)
    assert (ended.state, ended.reason) == (pb.CONVERSION_STATE_REFUSED, "HOLDING_ENDED")

    second = await asked(conversion, lead_id, rep_id)

    assert second.conversion_id != first.conversion_id
    newest = await conversion.GetConversion(pb.GetConversionRequest(lead_id=lead_id), metadata=as_manager())
    assert newest.conversion.conversion_id == second.conversion_id


async def test_two_leads_of_one_organisation_at_once_share_one_account(conversion: Stub, engine: AsyncEngine) -> None:
    organisation, reps = new_id(), [new_id(), new_id()]
    wanted = [await asked(conversion, new_id(), rep) for rep in reps]

    made = await asyncio.gather(
        *(
            committed(conversion, one.conversion_id, rep, organisation_id=organisation)
            for one, rep in zip(wanted, reps, strict=True)
        )
    )

    assert made[0].account_id == made[1].account_id
    assert sorted(one.account_created for one in made) == [False, True]
    account = made[0].account_id
    tables = ("account", "contact", "opportunity", "collaborator")
    assert [await rows(engine, table, account) for table in tables] == [1, 2, 2, 1]


async def test_into_an_existing_account_only_what_is_empty_is_filled_and_its_owner_stays(
    conversion: Stub, engine: AsyncEngine
) -> None:
    owner, other = new_id(), new_id()
    first = await asked(conversion, new_id(), owner)
    account = (
        await committed(conversion, first.conversion_id, owner, facts=lead_pb2.LeadFacts(industry="零售"))
    ).account_id
    second = await asked(conversion, new_id(), other, existing_account_id=account)

    made = await committed(conversion, second.conversion_id, other)

    assert (made.account_id, made.account_created) == (account, False)
    async with engine.connect() as db:
        row = (await db.execute(text("select * from conversion.account where account_id = :id"), {"id": account})).one()
        opportunity = await db.scalar(
            text("select owner_id from conversion.opportunity where opportunity_id = :id"), {"id": made.opportunity_id}
        )
        collaborator = await db.scalar(
            text("select rep_id from conversion.collaborator where account_id = :id"), {"id": account}
        )
    assert (row.industry, row.region, str(row.owner_id)) == ("零售", "上海", owner)
    assert str(opportunity) == str(collaborator) == other


async def test_an_account_that_is_not_there_is_refused_by_its_id(conversion: Stub) -> None:
    nowhere = new_id()

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await asked(conversion, new_id(), new_id(), existing_account_id=nowhere)

    told = refusal_of(error.value)
    assert (told.status, told.metadata["id"]) == (grpc.StatusCode.NOT_FOUND, nowhere)


async def test_an_existing_opportunity_brings_its_account_along(conversion: Stub, engine: AsyncEngine) -> None:
    owner, other = new_id(), new_id()
    first = await asked(conversion, new_id(), owner)
    made = await committed(conversion, first.conversion_id, owner)
    second = await asked(conversion, new_id(), other, existing_opportunity_id=made.opportunity_id)

    again = await committed(conversion, second.conversion_id, other)

    assert (again.account_id, again.opportunity_id) == (made.account_id, made.opportunity_id)
    tables = ("account", "contact", "opportunity")
    assert [await rows(engine, table, made.account_id) for table in tables] == [1, 2, 1]


@pytest.mark.parametrize("choice", ["another account", "a new account"])
async def test_an_opportunity_of_another_account_is_refused_by_field(conversion: Stub, choice: str) -> None:
    owner = new_id()
    made = [
        await committed(conversion, (await asked(conversion, new_id(), owner)).conversion_id, owner) for _ in range(2)
    ]
    account: dict[str, Any] = {"new_account": True}
    if choice == "another account":
        account = {"existing_account_id": made[1].account_id}

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await asked(conversion, new_id(), owner, existing_opportunity_id=made[0].opportunity_id, **account)

    assert [name for name, _ in refusal_of(error.value).fields] == ["existing_opportunity_id"]


async def test_asking_while_the_one_before_is_abandoned_answers_a_conversion(conversion: Stub) -> None:
    lead_id, rep_id = new_id(), new_id()
    for _ in range(15):
        before = await asked(conversion, lead_id, rep_id)

        answers = await asyncio.gather(
            abandoned(conversion, before.conversion_id), *(asked(conversion, lead_id, new_id()) for _ in range(6))
        )

        assert answers[0].state == pb.CONVERSION_STATE_ABANDONED
        ids = {one.conversion_id for one in answers[1:]}
        assert len(ids - {before.conversion_id}) <= 1
        for conversion_id in ids:
            await abandoned(conversion, conversion_id)


async def test_what_is_not_committed_cannot_be_completed(conversion: Stub) -> None:
    wanted = await asked(conversion, new_id(), new_id())

    request = pb.CompleteConversionRequest(request_id=new_id(), conversion_id=wanted.conversion_id)

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await conversion.CompleteConversion(request, metadata=as_service())

    assert refusal_of(error.value).metadata["state"] == "REQUESTED"


async def test_a_conversion_that_nobody_carries_out_is_told_again(conversion: Stub, engine: AsyncEngine) -> None:
    wanted = await asked(conversion, new_id(), new_id())
    set_caller(Caller("conversion", Role.SERVICE))

    async with engine.begin() as db:
        await db.execute(
            text("update conversion.conversion set changed_at = changed_at - interval '11 s' where lead_id = :id"),
            {"id": wanted.lead_id},
        )
        # What it was told first is still on its way.
        assert await nudge_pending(db) == 0
        await db.execute(text(DELIVERED), {"id": wanted.lead_id})
        assert await nudge_pending(db) == 1
        # Backed off: not again at once, though that one has arrived.
        await db.execute(text(DELIVERED), {"id": wanted.lead_id})
        assert await nudge_pending(db) == 0


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", sorted(METHODS))
async def test_a_method_is_open_to_the_roles_of_the_access_table_and_to_no_other(
    conversion: Stub, opportunities: OpportunityServiceStub, method: str, role: Role
) -> None:
    messages, stub = (pb, conversion) if hasattr(conversion, method) else (opportunities_pb2, opportunities)
    request = getattr(messages, f"{method}Request")()

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await getattr(stub, method)(request, metadata=caller_metadata(Caller(new_id(), role)))

    # An empty request is refused by its fields, but only after the role was let in.
    expected = "INVALID_FIELD" if role in METHODS[method] else "ROLE_NOT_ALLOWED"
    assert refusal_of(error.value).reason == expected
