"""To an outsider a hidden lead does not exist, whichever method of scoring he asks, and in whatever order."""

from typing import Any
from uuid import uuid4

import pytest

from clew.scoring.v1 import scoring_pb2 as pb
from clew.scoring.v1.scoring_pb2_grpc import ScoringServiceStub
from services.scoring.access import METHODS
from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata
from tests.examples import as_manager, as_rep, as_service
from tests.outsiders import an_outsider, asked_by_outsiders, hears
from tests.scoring.test_scoring import engage, facts, new_id, publish, score

SERVICE = "clew.scoring.v1.ScoringService"
# Rules are about no lead.
COMPARED = asked_by_outsiders(SERVICE, METHODS, but={"PublishRules"})
READING = [(method, role) for method, role in COMPARED if method != "RecordEngagement"]


async def hide(scoring: ScoringServiceStub, lead_id: str, **told: Any) -> None:
    known = {"hidden": True, "access_version": 1, **told}
    request = pb.SetAccessRequest(request_id=new_id(), lead_id=lead_id, **known)
    await scoring.SetAccess(request, metadata=as_service())


async def a_hidden_lead(scoring: ScoringServiceStub) -> str:
    """Scored, with a grade that its engagement earned."""
    await publish(scoring)
    known = facts()
    await score(scoring, known)
    for _ in range(3):
        await engage(scoring, known.lead_id)
    await hide(scoring, known.lead_id)
    return known.lead_id


async def heard(scoring: ScoringServiceStub, method: str, caller: Caller, lead_id: str) -> str:
    return await hears(scoring, SERVICE, method, caller, request_id=new_id(), lead_id=lead_id, kind="reads")


@pytest.mark.parametrize(("method", "role"), COMPARED)
@pytest.mark.parametrize("held", [False, True])
async def test_a_hidden_lead_is_answered_as_one_that_nobody_knows(
    scoring: ScoringServiceStub, method: str, role: Role, held: bool
) -> None:
    lead_id, caller = await a_hidden_lead(scoring), Caller("qian", role) if role is Role.MARKETER else an_outsider(role)
    if held:
        await hide(scoring, lead_id, holder_id=new_id(), epoch=1, collaborator_ids=[new_id()])

    assert await heard(scoring, method, caller, lead_id) == await heard(scoring, method, caller, new_id())


@pytest.mark.parametrize("method", sorted({method for method, _ in READING}))
async def test_what_a_marketer_records_of_a_hidden_lead_is_all_that_he_finds_of_it(
    scoring: ScoringServiceStub, method: str
) -> None:
    marketer = Caller("sun", Role.MARKETER)

    async def found(lead_id: str) -> list[str]:
        recorded = [await heard(scoring, "RecordEngagement", marketer, lead_id) for _ in range(2)]
        return [*recorded, await heard(scoring, method, marketer, lead_id)]

    assert await found(await a_hidden_lead(scoring)) == await found(new_id())


def test_the_methods_that_are_compared_are_all_that_name_a_lead() -> None:
    assert {method for method, _ in COMPARED} == {"RecordEngagement", "GetScore", "ExplainScore", "ListLeadEvents"}


async def test_what_an_outsider_records_counts_for_those_who_see_the_lead(scoring: ScoringServiceStub) -> None:
    lead_id = await a_hidden_lead(scoring)
    before = await score_of(scoring, lead_id)

    await engage(scoring, lead_id)

    assert (await score_of(scoring, lead_id)).behavior_score > before.behavior_score


async def test_holder_collaborator_and_manager_see_the_score_of_a_hidden_lead(scoring: ScoringServiceStub) -> None:
    lead_id, holder, helper = await a_hidden_lead(scoring), uuid4(), uuid4()
    await hide(scoring, lead_id, holder_id=str(holder), epoch=1, access_version=2, collaborator_ids=[str(helper)])
    asked = pb.ExplainScoreRequest(lead_id=lead_id)

    seen = [await scoring.ExplainScore(asked, metadata=who) for who in (as_rep(holder), as_rep(helper), as_manager())]

    assert seen[0].contributions
    assert seen == [seen[0]] * 3


async def test_a_lead_that_is_shown_again_has_its_score_and_its_whole_timeline(scoring: ScoringServiceStub) -> None:
    lead_id, outsider = await a_hidden_lead(scoring), caller_metadata(an_outsider(Role.REP))
    listing = pb.ListLeadEventsRequest(lead_id=lead_id, page_size=500)

    await hide(scoring, lead_id, hidden=False, access_version=2)

    assert (await scoring.GetScore(pb.GetScoreRequest(lead_id=lead_id), metadata=outsider)).score.version > 0
    for_manager = await scoring.ListLeadEvents(listing, metadata=as_manager())
    assert await scoring.ListLeadEvents(listing, metadata=outsider) == for_manager


async def test_a_lead_that_is_hidden_before_it_was_scored_has_no_score_for_anybody(scoring: ScoringServiceStub) -> None:
    lead_id = new_id()
    await hide(scoring, lead_id)

    told = await heard(scoring, "GetScore", Caller("wang", Role.MANAGER), lead_id)

    assert told == await heard(scoring, "GetScore", Caller("wang", Role.MANAGER), new_id())


async def score_of(scoring: ScoringServiceStub, lead_id: str) -> pb.Score:
    return (await scoring.GetScore(pb.GetScoreRequest(lead_id=lead_id), metadata=as_manager())).score
