"""Follow-up policies as data."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from services.routing.holdings.schedule import AS_IT_ELAPSES
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy, check_policy, version_text
from services.shared.refusals import InvalidInput
from tests.routing.holdings.courses import periods, policies

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)


def test_an_empty_body_is_the_policy_of_all_defaults() -> None:
    assert Policy.from_body({}) == Policy()
    assert Policy().protection == Period(timedelta(days=10))


@given(policies)
def test_a_policy_reads_back_as_it_was_stored(policy: Policy) -> None:
    assert Policy.from_body(json.loads(json.dumps(policy.to_body()))) == policy


def test_what_is_stored_names_every_field_so_that_new_defaults_change_no_published_version() -> None:
    assert set(Policy().to_body()) == set(Policy.__dataclass_fields__)


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [
        (timedelta(hours=2), "2h"),
        (timedelta(hours=24), "1d"),
        (timedelta(days=1, hours=12, minutes=5), "1d12h5m"),
        (timedelta(seconds=1.5), "1.5s"),
    ],
)
def test_a_period_is_told_as_people_read_it(elapsed: timedelta, text: str) -> None:
    assert str(Period(elapsed)) == text


def test_a_reminder_is_named_by_its_rule() -> None:
    assert AfterPercent(50).step == "50%"
    assert BeforeDeadline(Period(timedelta(hours=24))).step == "1d before"


@given(periods())
def test_a_percentage_falls_between_the_start_and_the_deadline(period: Period) -> None:
    deadline = period.after(NOON, AS_IT_ELAPSES)

    assert (
        NOON
        < AfterPercent(1).at(NOON, deadline, AS_IT_ELAPSES)
        <= AfterPercent(99).at(NOON, deadline, AS_IT_ELAPSES)
        < deadline
    )


@pytest.mark.parametrize("field", ["first_response", "protection", "extension", "attempt_extension"])
def test_a_period_longer_than_the_maximum_is_refused_by_name(field: str) -> None:
    with pytest.raises(InvalidInput, match="longer than the maximum of 30d") as refused:
        check_policy(Policy(**{field: Period(timedelta(days=31))}))  # type: ignore[arg-type]  # one of the periods

    assert [violation.field for violation in refused.value.fields] == [f"policy.{field}"]


def test_periods_up_to_the_maximum_are_accepted() -> None:
    check_policy(Policy(protection=Period(timedelta(days=30))))


def test_a_version_is_named_by_code_and_number() -> None:
    assert version_text("standard", 2) == "standard@2"
