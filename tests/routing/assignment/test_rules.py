"""First match, and round robin with an order that is total."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.assignment.rules import Member, Rule, RuleSet, by_waiting, chosen_of, verdicts
from services.routing.holdings.limits import LimitScope, Room

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)


def a_member(number: int, *, waited: timedelta | None = None, held: int = 0, active: bool = True) -> Member:
    """A rep with room for five; `waited` none: he never had a lead."""
    last = None if waited is None else NOON - waited
    return Member(UUID(int=number), f"R{number}", active, last, Room(held, 5))


members = st.lists(
    st.builds(
        Member,
        rep_id=st.uuids(),
        rep_code=st.just("R"),
        active=st.booleans(),
        # Few instants, so that many reps tie.
        last_assigned_at=st.sampled_from([None, NOON, NOON - timedelta(hours=1)]),
        room=st.builds(Room, held=st.integers(0, 2), limit=st.sampled_from([None, 0, 1, 2])),
    ),
    max_size=8,
    unique_by=lambda member: member.rep_id,
)


def test_the_first_rule_that_holds_decides() -> None:
    rules = RuleSet(3, (Rule("north", "n", "a"), Rule("east", "e", "b"), Rule("all", "true", pool_code="c")))

    assert rules.first_match(lambda expression: expression in ("e", "true")) == rules.rules[1]
    assert RuleSet(3).first_match(lambda _: True) is None


def test_rules_after_the_first_match_are_not_asked() -> None:
    asked: list[str] = []

    def holds(expression: str) -> bool:
        asked.append(expression)
        return True

    RuleSet(1, (Rule("one", "1", "a"), Rule("two", "2", "a"))).first_match(holds)

    assert asked == ["1"]


def test_a_decision_names_the_version_and_the_rule() -> None:
    rule = Rule("east", "true", "east")

    assert RuleSet(3, (rule,)).version_text(rule) == "assignment@3/east"
    assert RuleSet(3, (rule,)).version_text(None) == "assignment@3"


def test_whoever_waited_longest_gets_the_lead_and_the_others_waited_less() -> None:
    hour, day = a_member(1, waited=timedelta(hours=1)), a_member(2, waited=timedelta(days=1))

    candidates = verdicts([hour, day], frozenset())

    assert [(one.rep_code, one.verdict) for one in candidates] == [("R2", "CHOSEN"), ("R1", "WAITED_LESS")]


def test_a_rep_who_never_had_a_lead_comes_first() -> None:
    assert chosen_code([a_member(1, waited=timedelta(days=900)), a_member(2)]) == "R2"


def test_the_rep_id_ends_every_tie() -> None:
    tied = [a_member(number, waited=timedelta(hours=1)) for number in (1, 2, 3)]

    assert {chosen_code(list(order)) for order in permutations(tied)} == {"R1"}


def test_each_rep_who_is_passed_over_hears_why() -> None:
    full, gone, returned, next_one, last = (
        a_member(1, waited=timedelta(days=5), held=5),
        a_member(2, waited=timedelta(days=4), active=False),
        a_member(3, waited=timedelta(days=3)),
        a_member(4, waited=timedelta(days=2)),
        a_member(5, waited=timedelta(days=1)),
    )

    candidates = verdicts([last, next_one, returned, gone, full], {returned.rep_id})

    assert [(one.rep_code, one.verdict) for one in candidates] == [
        ("R1", "NO_ROOM"),
        ("R2", "INACTIVE"),
        ("R3", "RETURNED_IT"),
        ("R4", "CHOSEN"),
        ("R5", "WAITED_LESS"),
    ]
    assert (candidates[0].held, candidates[0].limit) == (5, 5)


@pytest.mark.parametrize(
    ("scope", "verdict"),
    [
        (LimitScope.REP, "NO_ROOM"),
        (LimitScope.GRADE, "NO_ROOM_FOR_GRADE"),
        (LimitScope.PRODUCT, "NO_ROOM_FOR_PRODUCT"),
    ],
)
def test_who_is_passed_over_for_a_full_limit_hears_for_which(scope: LimitScope, verdict: str) -> None:
    [candidate] = verdicts([replace(a_member(1, held=5), scope=scope)], set())

    assert candidate.verdict == verdict


def test_when_nobody_can_nobody_is_chosen() -> None:
    assert chosen_of(verdicts([a_member(1, held=5), a_member(2, active=False)], frozenset())) is None
    assert verdicts([], frozenset()) == ()


@given(members, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_asking(reps: list[Member], random: object) -> None:
    shuffled = list(reps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out random.Random

    assert by_waiting(shuffled) == by_waiting(reps)


@given(members, st.sets(st.integers(0, 7)))
def test_exactly_one_is_chosen_whenever_somebody_can_and_he_waited_longest(
    reps: list[Member], returned: set[int]
) -> None:
    returned_by = {rep.rep_id for index, rep in enumerate(reps) if index in returned}
    able = [rep for rep in reps if rep.active and not rep.room.full and rep.rep_id not in returned_by]

    candidates = verdicts(reps, returned_by)

    chosen = [one.rep_id for one in candidates if one.verdict == "CHOSEN"]
    assert chosen == [rep.rep_id for rep in by_waiting(able)[:1]]
    assert {one.rep_id for one in candidates} == {rep.rep_id for rep in reps}


@given(members, st.integers(1, 12))
def test_leads_that_come_one_after_another_are_dealt_evenly(reps: list[Member], leads: int) -> None:
    """Reps without a limit: nobody gets a second lead of a round before everybody had his first."""
    team = {rep.rep_id: Member(rep.rep_id, rep.rep_code, True, None, Room(0, None)) for rep in reps}
    had = dict.fromkeys(team, 0)
    for number in range(leads):
        chosen = chosen_of(verdicts(list(team.values()), frozenset()))
        if chosen is None:
            break
        rep = team[chosen.rep_id]
        team[chosen.rep_id] = Member(rep.rep_id, rep.rep_code, True, NOON + timedelta(seconds=number), rep.room)
        had[chosen.rep_id] += 1

    assert max(had.values(), default=0) - min(had.values(), default=0) <= 1


def chosen_code(reps: list[Member]) -> str:
    chosen = chosen_of(verdicts(reps, frozenset()))
    assert chosen is not None
    return chosen.rep_code
