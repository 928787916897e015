"""Who may see a person, and what is recorded of it."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.examples import Metadata, as_administrator, as_manager, as_marketer, as_rep, as_service
from tests.intake.submissions import (
    MARKETER,
    a_submission,
    events_of,
    give_access,
    lead_as,
    new_id,
    new_mobile,
    refused,
    rows,
    submitted,
)

Stub = IntakeServiceStub


async def look(intake: Stub, person_id: str, metadata: Metadata) -> pb.GetPersonResponse:
    return await intake.GetPerson(pb.GetPersonRequest(person_id=person_id, purpose="call back"), metadata=metadata)


async def test_the_holder_and_managers_see_the_person_and_others_a_mask(intake: Stub) -> None:
    holder, lead_id = new_id(), (await submitted(intake, a_submission(title="采购经理", wecom_id=new_id()))).lead_id
    await give_access(intake, lead_id, holder)

    for seeing in (as_rep(holder), as_manager(), as_administrator()):
        lead = await lead_as(intake, lead_id, seeing)
        assert (lead.masked, lead.person.name) == (False, "韩梅梅")
    for stranger in (as_rep(new_id()), as_marketer()):
        lead = await lead_as(intake, lead_id, stranger)
        assert (lead.masked, lead.person.name) == (True, "韩*")
        assert (lead.person.wecom_id, lead.person.title, lead.person.credit_code) == ("", "", "")
        assert "****" in lead.person.phone


async def test_the_holders_code_is_on_the_lead_for_everybody(intake: Stub) -> None:
    lead_id = (await submitted(intake)).lead_id
    await give_access(intake, lead_id, new_id())

    assert (await lead_as(intake, lead_id, as_marketer())).holder_code == "L007"


async def test_an_older_epoch_never_gives_access_back(intake: Stub) -> None:
    old, new, lead_id = new_id(), new_id(), (await submitted(intake)).lead_id
    await give_access(intake, lead_id, old, epoch=1)
    await give_access(intake, lead_id, new, epoch=2)

    assert await give_access(intake, lead_id, old, epoch=1) == 2
    assert await give_access(intake, lead_id, "", epoch=1) == 2
    assert (await lead_as(intake, lead_id, as_rep(old))).masked
    assert not (await lead_as(intake, lead_id, as_rep(new))).masked


async def test_the_end_of_a_holding_ends_its_access_and_is_not_undone_by_its_beginning(intake: Stub) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await give_access(intake, lead_id, holder, epoch=1)

    await give_access(intake, lead_id, "", epoch=1)
    await give_access(intake, lead_id, holder, epoch=1)

    assert (await lead_as(intake, lead_id, as_rep(holder))).masked


async def test_one_epoch_has_one_holder(intake: Stub) -> None:
    first, second, lead_id = new_id(), new_id(), (await submitted(intake)).lead_id
    await give_access(intake, lead_id, first, epoch=1)

    await give_access(intake, lead_id, second, epoch=1)

    assert (await lead_as(intake, lead_id, as_rep(second))).masked


async def test_epochs_told_in_any_order_at_once_end_with_the_newest(intake: Stub) -> None:
    holders, lead_id = [new_id() for _ in range(8)], (await submitted(intake)).lead_id

    await asyncio.gather(*(give_access(intake, lead_id, holder, epoch + 1) for epoch, holder in enumerate(holders)))

    seen = [not (await lead_as(intake, lead_id, as_rep(holder))).masked for holder in holders]
    assert seen == [False] * 7 + [True]


async def test_each_look_at_a_person_is_recorded_with_its_purpose(intake: Stub, engine: AsyncEngine) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await give_access(intake, lead_id, holder)
    person_id = (await lead_as(intake, lead_id)).person_id

    seen = await look(intake, person_id, as_rep(holder))
    told = await refused(look(intake, person_id, as_rep(new_id())))

    assert seen.person.name == "韩梅梅"
    assert (told.reason, told.metadata) == ("NOT_YOURS", {"kind": "person", "id": person_id})
    reads = await rows(
        engine, "select reader_id, reader_role, purpose from intake.person_read where person_id = :id", id=person_id
    )
    assert [tuple(read) for read in reads] == [(holder, "rep", "call back")]
    read = (await events_of(intake, lead_id))[-1]
    assert (read.kind, read.actor_id, dict(read.changes)) == ("person_read", holder, {"person_id": person_id})


async def test_a_person_that_is_not_there_is_not_found(intake: Stub) -> None:
    assert (await refused(look(intake, new_id(), as_manager()))).reason == "NOT_FOUND"


async def test_a_lead_that_is_not_there_is_not_found(intake: Stub) -> None:
    lead_id = new_id()
    told = await refused(lead_as(intake, lead_id))

    assert (told.reason, told.metadata) == ("NOT_FOUND", {"kind": "lead", "id": lead_id})


async def test_a_note_is_the_holders_to_write_and_its_text_stays_out_of_the_timeline(
    intake: Stub, engine: AsyncEngine
) -> None:
    holder, lead_id = new_id(), (await submitted(intake)).lead_id
    await give_access(intake, lead_id, holder)
    note = pb.AddNoteRequest(request_id=new_id(), lead_id=lead_id, text="张总的秘书说下周再打 13800138000")

    added = await intake.AddNote(note, metadata=as_rep(holder))
    told = await refused(intake.AddNote(note, metadata=as_rep(new_id())))

    assert told.reason == "NOT_YOURS"
    [kept] = await rows(engine, "select author_id, body from intake.note where note_id = :id", id=added.note_id)
    assert tuple(kept) == (holder, note.text)
    told_of_it = (await events_of(intake, lead_id))[-1]
    assert (told_of_it.kind, dict(told_of_it.changes)) == ("note_added", {"note_id": added.note_id})


async def test_managers_write_notes_on_any_lead(intake: Stub) -> None:
    lead_id = (await submitted(intake)).lead_id
    note = pb.AddNoteRequest(request_id=new_id(), lead_id=lead_id, text="请优先联系")

    assert (await intake.AddNote(note, metadata=as_manager())).note_id


async def test_a_campaigns_leads_are_listed_masked_newest_first_over_pages(intake: Stub) -> None:
    created = await intake.CreateCampaign(
        pb.CreateCampaignRequest(request_id=new_id(), code=f"expo-{new_id()[:8]}", name="上海工博会"), metadata=MARKETER
    )
    requests = [a_submission("trade_show" if n % 2 else "web_form") for n in range(5)]
    for request in requests:
        request.campaign_id = created.campaign_id
    lead_ids = [(await submitted(intake, request)).lead_id for request in requests]

    everything = await listed(intake, campaign_id=created.campaign_id)

    assert [lead.lead_id for lead in everything] == lead_ids[::-1]
    assert {lead.person.name for lead in everything} == {"韩*"}
    assert all(lead.masked for lead in everything)
    of_the_show = await listed(intake, campaign_id=created.campaign_id, channel="trade_show")
    assert [lead.lead_id for lead in of_the_show] == lead_ids[3::-2]


async def test_all_leads_are_listed_over_pages_each_once(intake: Stub) -> None:
    lead_ids = [(await submitted(intake)).lead_id for _ in range(5)]

    everything = [lead.lead_id for lead in await listed(intake)]

    assert everything[:5] == lead_ids[::-1]
    assert len(set(everything)) == len(everything)


async def listed(intake: Stub, **filters: str) -> list[pb.Lead]:
    seen: list[pb.Lead] = []
    token = ""
    while True:
        request = pb.ListLeadsRequest(page_size=2, page_token=token, **filters)
        page = await intake.ListLeads(request, metadata=as_manager())
        seen += page.leads
        token = page.next_page_token
        if not token:
            return seen


@pytest.mark.parametrize("token", ["made up", "e30", "WyJhIl0"])
async def test_a_page_token_that_somebody_made_up_is_refused(intake: Stub, token: str) -> None:
    request = pb.ListLeadsRequest(page_token=token)

    assert (await refused(intake.ListLeads(request, metadata=as_manager()))).reason == "PAGE_TOKEN_INVALID"


async def test_a_page_token_of_another_filter_is_refused(intake: Stub) -> None:
    for _ in range(2):
        await submitted(intake)
    page = await intake.ListLeads(pb.ListLeadsRequest(page_size=1), metadata=as_manager())
    other = pb.ListLeadsRequest(page_token=page.next_page_token, channel="other")

    assert (await refused(intake.ListLeads(other, metadata=as_manager()))).reason == "PAGE_TOKEN_INVALID"


async def test_what_routing_has_taken_never_goes_back_nor_beyond_what_there_is(intake: Stub) -> None:
    mobile = new_mobile()
    lead_id = (await submitted(intake, a_submission(phone=mobile))).lead_id
    await submitted(intake, a_submission(phone=mobile))

    taken = [
        (
            await intake.MarkTaken(
                pb.MarkTakenRequest(request_id=new_id(), lead_id=lead_id, version=version), metadata=as_service()
            )
        ).taken_version
        for version in (1, 2, 1, 99)
    ]

    assert taken == [1, 2, 2, 2]
