"""How the demo acts: in which order rows are submitted, how a number is spelled anew, what each rep does."""

from random import Random

import phonenumbers
import pytest

from clew.intake.v1 import intake_pb2
from clew.lead.v1 import lead_pb2
from clew.routing.v1 import holdings_pb2
from cli.demo.manners import MANNERS, Convert, FollowUp, Return
from cli.demo.named_lead import reachable, respelled
from cli.demo.seen import Seen
from cli.demo.setting import REPS
from cli.demo.submissions import Prepared
from cli.demo.submitting import BATCH, SINGLY_AT_LEAST, divided


def a_row(line: int, channel: str = "trade_show", phone: str = "19900001234", country: str = "") -> Prepared:
    request = intake_pb2.SubmitLeadRequest(
        source=lead_pb2.Source(kind=lead_pb2.SOURCE_KIND_INDIRECT, channel=channel),
        person=intake_pb2.Person(name="李雷", phone=phone),
        attributes=intake_pb2.Attributes(country=country),
    )
    return Prepared(line, request, ())


@pytest.mark.parametrize("count", [0, 1, SINGLY_AT_LEAST, SINGLY_AT_LEAST + BATCH, 300])
def test_every_row_is_submitted_once_in_the_order_of_the_file(count: int) -> None:
    rows = [a_row(line, "web_form" if line % 3 else "trade_show") for line in range(count)]
    together = list(divided(rows))

    assert sorted(row.line for group in together for row in group) == list(range(count))
    assert all(len(group) <= BATCH for group in together)
    for group in together:
        assert len(group) == 1 or all(row.request.source.channel == "trade_show" for row in group)


@pytest.mark.parametrize(
    ("phone", "country"), [("19900001234", ""), ("+1 202 555 0123", "US"), ("0086-19900001234", "CN")]
)
def test_a_number_typed_anew_looks_different_and_is_the_same(phone: str, country: str) -> None:
    typed = respelled(a_row(2, phone=phone, country=country).request)

    assert typed != phone
    assert not typed.isascii()
    assert phonenumbers.parse(typed, country or "CN") == phonenumbers.parse(phone, country or "CN")


@pytest.mark.parametrize(("phone", "can"), [("19900001234", True), ("12345", False), ("", False), ("暂无", False)])
def test_only_a_row_with_a_valid_number_can_be_the_named_lead(phone: str, can: bool) -> None:
    assert reachable(a_row(2, phone=phone)) is can


@pytest.mark.parametrize("manner", list(MANNERS))
def test_what_a_rep_plans_is_in_order_and_the_same_for_the_same_seed(manner: str) -> None:
    plan = MANNERS[manner](Random(7))

    assert [step.after for step in plan] == sorted(step.after for step in plan)
    assert plan == MANNERS[manner](Random(7))


def test_the_reps_between_them_do_everything_that_a_rep_can_do() -> None:
    acts = [step.act for rep in REPS for seed in range(20) for step in MANNERS[rep.manner](Random(seed))]

    assert {type(act) for act in acts} == {FollowUp, Return, Convert}
    assert any(rep.manner == "sleeps" for rep in REPS)


def test_a_first_response_is_counted_once_by_the_holdings_own_clock() -> None:
    seen = Seen()
    answer = holdings_pb2.LogFollowUpResponse(because=["FIRST_RESPONSE_MET", "NOT_LATER"])
    answer.schedule.holding_id = "h"
    answer.schedule.started_at.FromMilliseconds(1_000)
    answer.schedule.first_responded_at.FromMilliseconds(2_500)

    seen.responded(answer)
    seen.responded(answer)
    seen.responded(holdings_pb2.LogFollowUpResponse(because=["EXTENDED"], schedule=answer.schedule))

    assert [span.total_seconds() for span in seen.first_responses.values()] == [1.5]


def test_a_decided_review_changes_the_outcome_of_its_submission() -> None:
    seen = Seen()
    seen.take(a_row(2), intake_pb2.SubmitLeadResponse(outcome=intake_pb2.OUTCOME_IN_REVIEW, review_id="r"))

    seen.decide("r", "CREATED", "lead-1")

    assert dict(seen.outcomes) == {"CREATED": 1}
    assert list(seen.created) == ["lead-1"]
    assert dict(seen.reviews_decided) == {"CREATED": 1}
