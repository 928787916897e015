"""A lead's stage: entered by verbs or by the way, under published criteria, never left backwards."""

import pytest

from clew.routing.v1 import stages_pb2
from services.shared.ids import new_id
from tests.examples import as_manager
from tests.routing.office import Office, fresh, refused
from tests.routing.stages.acts import (
    accept,
    advance,
    criteria,
    follow_up,
    publish,
    reopen,
    stage_name,
    stages,
    trail,
)

FIRST_CRITERIA = criteria("SQL", "", "FIRST_RESPONSE_MET", "CONNECTED_FOLLOW_UP")


@pytest.fixture(autouse=True)
async def _first_criteria(office: Office) -> None:
    """What other tests published is replaced."""
    await publish(office, FIRST_CRITERIA)


async def test_a_lead_goes_from_prospect_to_opportunity(office: Office) -> None:
    rep, pool = await office.a_rep(), await office.a_pool()
    lead_id = await office.a_pooled_lead(pool)
    assert stage_name((await stages(office, lead_id)).stage) == "PROSPECT"

    await office.update_score(lead_id, 1, grade="A", maturities=1)
    await office.route(lead_id)
    holding = await office.claim(rep, lead_id)
    await follow_up(office, rep, holding)
    change = (await advance(office, holding, by=rep)).change
    await office.convert(holding)

    assert await trail(office, lead_id) == [
        ("MQL", "MATURITY"),
        ("SAL", "FIRST_RESPONSE"),
        ("SQL", "AdvanceStage"),
        ("OPPORTUNITY", "FinishConversion"),
    ]
    assert (change.actor_id, change.actor_role, change.holding_id) == (rep.rep_id, "rep", holding.holding_id)
    listed = await stages(office, lead_id)
    assert [one.from_stage for one in listed.changes][1:] == [one.to_stage for one in listed.changes][:-1]
    assert (await office.lead(lead_id)).facts.lifecycle_stage == "OPPORTUNITY"
    decision = next(one for one in await office.decisions(lead_id) if one.verb == "AdvanceStage")
    assert (decision.reason, decision.rule_version) == ("SQL", change.criteria_version)


async def test_a_need_is_not_confirmed_before_anybody_was_reached(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)

    told = await refused(advance(office, holding, by=rep))
    assert (told.reason, told.status.name) == ("CRITERIA_NOT_MET", "FAILED_PRECONDITION")
    assert (told.metadata["stage"], told.metadata["missing"]) == ("SQL", "FIRST_RESPONSE_MET, CONNECTED_FOLLOW_UP")

    await follow_up(office, rep, holding, "NO_ANSWER")
    assert (await refused(advance(office, holding, by=rep))).metadata["missing"] == "CONNECTED_FOLLOW_UP"

    await follow_up(office, rep, holding, "REPLIED")
    await advance(office, holding)
    assert stage_name((await stages(office, lead_id)).stage) == "SQL"


async def test_an_entry_by_the_way_that_lacks_something_leaves_the_stage_and_hinders_nothing(office: Office) -> None:
    version = await publish(
        office, criteria("MQL", "lead.grade == 'A'"), criteria("SAL", "lead.region == '上海'"), FIRST_CRITERIA
    )
    rep = await office.a_rep()
    lead_id = await office.a_pooled_lead()
    await office.update_score(lead_id, 1, grade="B", maturities=1)
    await office.route(lead_id)
    holding = await office.claim(rep, lead_id)

    accepted = await accept(office, rep, holding)

    assert (stage_name(accepted.stage), accepted.holding.HasField("first_responded_at")) == ("PROSPECT", True)
    assert await trail(office, lead_id) == []
    told = await refused(advance(office, holding, "SAL"))
    assert (told.metadata["criteria"], told.metadata["missing"]) == (version, "CONDITION")
    await office.update_score(lead_id, 2, grade="A", maturities=2)
    [change] = (await stages(office, lead_id)).changes
    assert (stage_name(change.to_stage), change.criteria_version) == ("MQL", version)


async def test_a_maturity_never_takes_a_stage_back(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await accept(office, rep, holding)

    await office.update_score(lead_id, 1, maturities=1)

    assert await trail(office, lead_id) == [("SAL", "AcceptLead")]
    told = await refused(advance(office, holding, "MQL"))
    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["stage"])


async def test_a_conversion_is_not_undone_by_a_criterion(office: Office) -> None:
    lead_id, holding = await office.a_held_lead(await office.a_rep())

    await office.convert(holding)

    assert await trail(office, lead_id) == [("OPPORTUNITY", "FinishConversion")]


async def test_a_reopened_lead_begins_anew_and_what_was_before_meets_nothing(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await follow_up(office, rep, holding)
    await advance(office, holding, by=rep)
    await office.disqualify(lead_id)
    await reopen(office, lead_id)
    await office.publish_rules()
    await office.route(lead_id)
    again = await office.claim(await office.a_rep(), lead_id)

    told = await refused(advance(office, again))

    assert told.metadata["missing"] == "FIRST_RESPONSE_MET, CONNECTED_FOLLOW_UP"
    assert await trail(office, lead_id) == [
        ("SAL", "FIRST_RESPONSE"),
        ("SQL", "AdvanceStage"),
        ("PROSPECT", "ReopenLead"),
    ]


async def test_only_the_holder_or_a_manager_advances_and_only_what_is_held(office: Office) -> None:
    rep, colleague = await office.a_rep(), await office.a_rep()
    _, holding = await office.a_held_lead(rep)
    _, leased = await office.a_held_lead(rep)
    await office.lease(leased, fresh())

    assert (await refused(advance(office, holding, by=colleague))).reason == "NOT_YOURS"
    assert (await refused(advance(office, leased, by=rep))).reason == "CONVERSION_IN_FLIGHT"
    await office.give_back(rep, holding)
    assert (await refused(advance(office, holding, by=rep))).reason == "HOLDING_ENDED"


@pytest.mark.parametrize("stage", ["UNSPECIFIED", "PROSPECT", "OPPORTUNITY", "WON", "LOST"])
async def test_what_follows_from_the_conversion_is_neither_entered_by_hand_nor_given_criteria(
    office: Office, stage: str
) -> None:
    _, holding = await office.a_held_lead(await office.a_rep())

    assert (await refused(advance(office, holding, stage))).reason == "INVALID_FIELD"
    assert (await refused(publish(office, criteria(stage)))).reason == "INVALID_FIELD"


async def test_criteria_that_do_not_compile_are_refused_naming_stage_line_and_column(office: Office) -> None:
    told = await refused(publish(office, criteria("MQL", "lead.regon == '上海'")))

    assert (told.reason, told.metadata["rule"], told.metadata["line"]) == ("RULE_INVALID", "MQL", "1")


async def test_criteria_of_a_stage_that_stands_twice_are_refused(office: Office) -> None:
    told = await refused(publish(office, criteria("MQL"), criteria("MQL", "lead.grade == 'A'")))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", ["criteria[1].stage"])


async def test_each_publication_is_a_version_of_its_own(office: Office) -> None:
    first, second = await publish(office), await publish(office)

    assert int(second.removeprefix("stages@")) == int(first.removeprefix("stages@")) + 1


async def test_the_history_comes_in_pages(office: Office) -> None:
    rep = await office.a_rep()
    lead_id, holding = await office.a_held_lead(rep)
    await office.update_score(lead_id, 1, maturities=1)
    await follow_up(office, rep, holding)
    await advance(office, holding)

    first = await stages(office, lead_id, page_size=2)
    rest = await stages(office, lead_id, page_size=2, page_token=first.next_page_token)

    assert [stage_name(one.to_stage) for one in [*first.changes, *rest.changes]] == ["MQL", "SAL", "SQL"]
    assert rest.next_page_token == ""


async def test_a_lead_that_routing_does_not_know_is_not_ready_yet(office: Office) -> None:
    assert (await refused(stages(office, str(new_id())))).reason == "NOT_READY_YET"


async def test_an_act_that_is_asked_for_twice_is_done_once(office: Office) -> None:
    request = stages_pb2.PublishStageCriteriaRequest(request_id=fresh(), criteria=[FIRST_CRITERIA])

    first = await office.stages.PublishStageCriteria(request, metadata=as_manager())

    assert await office.stages.PublishStageCriteria(request, metadata=as_manager()) == first
