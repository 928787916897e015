"""Entry criteria: what a lead lacks is named, and a stage has one set."""

import pytest

from services.routing.lead import Stage
from services.routing.stages.criteria import Criteria, CriteriaNotMet, CriteriaSet, Fact, check_criteria
from services.shared.refusals import InvalidInput

BOTH = Criteria(Stage.SQL, "lead.intent.budget > 0", (Fact.FIRST_RESPONSE_MET, Fact.CONNECTED_FOLLOW_UP))


@pytest.mark.parametrize(
    ("known", "holds", "missing"),
    [
        (frozenset(Fact), True, ()),
        (frozenset(Fact), False, ("CONDITION",)),
        ({Fact.FIRST_RESPONSE_MET}, True, ("CONNECTED_FOLLOW_UP",)),
        (frozenset(), False, ("FIRST_RESPONSE_MET", "CONNECTED_FOLLOW_UP", "CONDITION")),
    ],
)
def test_what_a_lead_lacks_is_named(known: frozenset[Fact], holds: bool, missing: tuple[str, ...]) -> None:
    assert BOTH.missing(known, lambda expression: holds and expression == BOTH.expression) == missing


def test_without_a_condition_none_is_asked() -> None:
    def never(expression: str) -> bool:
        raise AssertionError(expression)

    assert Criteria(Stage.SAL).missing(frozenset(), never) == ()


def test_a_stage_that_is_not_in_the_set_has_no_criteria() -> None:
    published = CriteriaSet(3, (BOTH,))

    assert (published.of(Stage.SQL), published.of(Stage.MQL)) == (BOTH, None)
    assert published.version_text == "stages@3"


def test_a_stage_that_stands_twice_is_refused_naming_the_second() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_criteria([BOTH, Criteria(Stage.MQL), Criteria(Stage.SQL)])

    assert refused.value.fields[0].field == "criteria[2].stage"


def test_a_refusal_names_stage_version_and_what_is_missing() -> None:
    refused = CriteriaNotMet(Stage.SQL, "stages@3", ("CONDITION",))

    assert refused.reason == "CRITERIA_NOT_MET"
    assert refused.metadata == {"stage": "SQL", "criteria": "stages@3", "missing": "CONDITION"}


def test_stages_have_an_order() -> None:
    in_order = list(Stage)

    for index, stage in enumerate(in_order):
        assert [stage.is_before(other) for other in in_order] == [index < other for other in range(len(in_order))]
