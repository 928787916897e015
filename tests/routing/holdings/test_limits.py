"""Holding limits."""

from uuid import UUID

import pytest

from services.routing.holdings.limits import (
    WHOLE_REP,
    HoldingLimitReached,
    LimitScope,
    Room,
    Slot,
    first_full,
    slots_of,
)

REP, EARLIER_REP, POOL = UUID(int=7), UUID(int=3), UUID(int=9)
OF_THE_POOL, OF_THE_REP = Slot(LimitScope.POOL, str(POOL), REP), Slot(LimitScope.REP, WHOLE_REP, REP)
OF_THE_GRADE, OF_THE_PRODUCT = Slot(LimitScope.GRADE, "A", REP), Slot(LimitScope.PRODUCT, "crm", REP)


def test_a_holding_out_of_a_pool_takes_a_place_of_the_pool_and_one_of_the_rep() -> None:
    assert slots_of(REP, POOL, None, None) == (OF_THE_POOL, OF_THE_REP)


def test_a_holding_that_was_taken_from_no_pool_takes_one_of_the_rep() -> None:
    assert slots_of(REP, None, None, None) == (OF_THE_REP,)


def test_a_holding_takes_a_place_of_its_grade_and_one_of_its_product_too_in_the_order_of_locking() -> None:
    slots = slots_of(REP, POOL, "A", "crm")

    assert slots == (OF_THE_GRADE, OF_THE_POOL, OF_THE_PRODUCT, OF_THE_REP)
    assert list(slots) == sorted(slots)


def test_a_lead_that_is_not_scored_and_about_no_product_counts_under_neither() -> None:
    assert slots_of(REP, None, "", "") == (OF_THE_REP,)


def test_slots_sort_into_the_one_order_in_which_they_are_locked() -> None:
    of_an_earlier_rep = Slot(LimitScope.REP, WHOLE_REP, EARLIER_REP)

    assert sorted([OF_THE_REP, of_an_earlier_rep, OF_THE_POOL]) == [
        OF_THE_POOL,
        of_an_earlier_rep,
        OF_THE_REP,
    ]


@pytest.mark.parametrize(
    ("taken", "full"), [([OF_THE_REP], OF_THE_POOL), ([OF_THE_POOL], OF_THE_REP), ([], OF_THE_POOL)]
)
def test_the_first_limit_that_gave_no_place_is_named(taken: list[Slot], full: Slot) -> None:
    assert first_full([OF_THE_POOL, OF_THE_REP], taken) == full


def test_no_limit_is_full_when_each_gave_a_place() -> None:
    assert first_full([OF_THE_POOL, OF_THE_REP], [OF_THE_REP, OF_THE_POOL]) is None


@pytest.mark.parametrize(
    ("room", "full"), [(Room(2, 3), False), (Room(3, 3), True), (Room(4, 3), True), (Room(9, None), False)]
)
def test_a_lowered_limit_is_full_and_no_limit_never(room: Room, full: bool) -> None:
    assert room.full is full


@pytest.mark.parametrize(
    ("scope", "key", "said"),
    [
        (LimitScope.GRADE, "A", "Rep L007 holds 5 leads of grade A; the limit is 5."),
        (LimitScope.PRODUCT, "crm", "Rep L007 holds 5 leads of product crm; the limit is 5."),
        (LimitScope.REP, WHOLE_REP, "Rep L007 holds 5 leads; the limit is 5."),
    ],
)
def test_the_refusal_names_what_is_counted(scope: LimitScope, key: str, said: str) -> None:
    assert str(HoldingLimitReached("L007", scope, key, Room(5, 5))).startswith(said)


def test_the_refusal_says_how_many_are_held_and_allowed() -> None:
    refused = HoldingLimitReached("L007", LimitScope.POOL, "east", Room(3, 3))

    assert str(refused).startswith("Rep L007 holds 3 leads out of pool east; the limit is 3.")
    assert refused.metadata == {"scope": "POOL", "key": "east", "rep": "L007", "held": "3", "limit": "3"}
