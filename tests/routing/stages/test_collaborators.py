"""Collaborators: they log follow-ups and see the schedule while the holding lasts, nothing more."""

from clew.routing.v1 import holdings_pb2, stages_pb2
from services.shared.ids import new_id
from tests.examples import as_rep
from tests.routing.office import Office, Rep, fresh, refused
from tests.routing.pools.keeping import a_hidden_pool
from tests.routing.stages.acts import accept, add, collaborators, follow_up, reject, remove, trail


async def schedule(office: Office, rep: Rep, holding: holdings_pb2.Holding) -> holdings_pb2.GetScheduleResponse:
    request = holdings_pb2.GetScheduleRequest(holding_id=holding.holding_id)
    return await office.holdings.GetSchedule(request, metadata=as_rep(rep.rep_id))


async def test_a_collaborator_logs_follow_ups_that_count_and_sees_the_schedule(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await add(office, holding, helper, by=rep)

    noted = await follow_up(office, helper, holding)

    [row] = await office.run(
        "select rep_id, counted from routing.follow_up where holding_id = :id", id=holding.holding_id
    )
    assert (noted.counted, str(row.rep_id), row.counted) == (True, helper.rep_id, True)
    assert (await schedule(office, helper, holding)).schedule.HasField("first_responded_at")
    assert await trail(office, lead_id) == [("SAL", "FIRST_RESPONSE")]


async def test_a_collaborator_neither_returns_nor_accepts_nor_rejects_nor_adds(office: Office) -> None:
    rep, helper, third = await office.a_rep(), await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    await add(office, holding, helper, by=rep)

    for call in (
        office.give_back(helper, holding),
        accept(office, helper, holding),
        reject(office, helper, holding),
        add(office, holding, third, by=helper),
        remove(office, holding, helper, by=helper),
    ):
        assert (await refused(call)).reason == "NOT_YOURS"


async def test_who_was_removed_is_a_stranger_again(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    added = (await add(office, holding, helper)).collaborator

    removed = (await remove(office, holding, helper, by=rep)).collaborator

    assert (added.added_by, added.HasField("until")) == ("wang", False)
    assert (removed.rep_code, removed.since) == (helper.code, added.since)
    assert removed.HasField("until")
    assert (await refused(follow_up(office, helper, holding))).reason == "NOT_YOURS"
    assert (await refused(schedule(office, helper, holding))).reason == "NOT_YOURS"
    told = await refused(remove(office, holding, helper, by=rep))
    assert (told.reason, told.metadata["kind"]) == ("NOT_FOUND", "collaborator")
    kinds = [event.kind for event in await office.events(lead_id)][-2:]
    assert kinds == ["collaborator_added", "collaborator_removed"]
    verbs = [(decision.verb, decision.rep_code) for decision in await office.decisions(lead_id)][-2:]
    assert verbs == [("AddCollaborator", helper.code), ("RemoveCollaborator", helper.code)]


async def test_added_twice_he_is_there_once(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    first = await add(office, holding, helper, by=rep)

    assert await add(office, holding, helper, by=rep) == first
    assert len((await collaborators(office, holding, by=helper)).collaborators) == 1


async def test_the_next_holder_begins_with_nobody(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    lead_id, old = await office.a_held_lead(rep)
    await add(office, old, helper, by=rep)
    await office.give_back(rep, old)
    present = await office.claim(await office.a_rep(), lead_id)

    assert (await refused(follow_up(office, helper, present))).reason == "NOT_YOURS"
    # What he says of the old one is kept, as the holder's word would be.
    assert not (await follow_up(office, helper, old)).counted
    [ended] = (await collaborators(office, old)).collaborators
    assert ended.HasField("until")
    assert (await refused(add(office, old, helper))).reason == "HOLDING_ENDED"


async def test_collaborators_come_in_pages(office: Office) -> None:
    rep = await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    helpers = [await office.a_rep() for _ in range(3)]
    for helper in helpers:
        await add(office, holding, helper, by=rep)

    first = await collaborators(office, holding, by=rep, page_size=2)
    rest = await collaborators(office, holding, by=rep, page_size=2, page_token=first.next_page_token)

    seen = [one.rep_code for one in [*first.collaborators, *rest.collaborators]]
    assert seen == [helper.code for helper in helpers]
    assert rest.next_page_token == ""


async def test_who_cannot_collaborate_is_refused(office: Office) -> None:
    rep, gone = await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    await office.run("update routing.rep set active = false where rep_id = cast(:id as uuid)", id=gone.rep_id)

    assert (await refused(add(office, holding, rep, by=rep))).reason == "INVALID_FIELD"
    assert (await refused(add(office, holding, gone, by=rep))).reason == "REP_INACTIVE"
    nobody = stages_pb2.AddCollaboratorRequest(request_id=fresh(), holding_id=holding.holding_id, rep_code="nobody")
    told = await refused(office.stages.AddCollaborator(nobody, metadata=as_rep(rep.rep_id)))
    assert (told.reason, told.metadata["kind"]) == ("NOT_FOUND", "rep")
    unknown = holdings_pb2.Holding(holding_id=str(new_id()))
    assert (await refused(add(office, unknown, gone))).reason == "NOT_FOUND"


async def test_beside_a_conversion_he_still_joins(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    await office.lease(holding, fresh())

    assert (await add(office, holding, helper, by=rep)).collaborator.rep_code == helper.code


async def test_a_collaborator_sees_a_hidden_lead_as_long_as_he_takes_part(office: Office) -> None:
    rep, helper = await office.a_rep(), await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep, await a_hidden_pool(office, rep))
    as_helper = as_rep(helper.rep_id)
    request = stages_pb2.ListStagesRequest(lead_id=lead_id)
    assert (await refused(office.stages.ListStages(request, metadata=as_helper))).reason == "NOT_READY_YET"
    await add(office, holding, helper, by=rep)

    await follow_up(office, helper, holding)

    assert (await office.stages.ListStages(request, metadata=as_helper)).stage == stages_pb2.LEAD_STAGE_SAL
    await remove(office, holding, helper, by=rep)
    assert (await refused(follow_up(office, helper, holding))).reason == "NOT_FOUND"
