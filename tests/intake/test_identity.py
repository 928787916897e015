"""Who is somebody we know: what follows from the keys that matched."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.identity import Identity, KeyOwner, Match, Outcome, ReviewCause, identify
from services.intake.keys import STRONG, Key, KeyKind

MOBILE, EMAIL = Key(KeyKind.MOBILE, "+8613800138000"), Key(KeyKind.EMAIL, "lei.li@example.com")
CODE, COMPANY = Key(KeyKind.CREDIT_CODE, "91110000802100433B"), Key(KeyKind.COMPANY_NAME, "云帆科技")
LINE = Key(KeyKind.FIXED_LINE, "+861062345678")
WEAK = [KeyKind.FIXED_LINE, KeyKind.SERVICE_LINE, KeyKind.ROLE_MAILBOX]


def a_match(
    kind: KeyKind, lead_id: UUID | None = None, *, name: str = "李雷", owner: KeyOwner = KeyOwner.LEAD
) -> Match:
    lead = lead_id or uuid4()
    return Match(kind, owner, uuid4(), lead, name, "+8613800138000", "", "")


def test_nobody_known_is_somebody_new() -> None:
    assert identify("李雷", [MOBILE, COMPANY], []) == Identity(Outcome.CREATED)


@pytest.mark.parametrize("owner", KeyOwner)
def test_one_lead_by_a_strong_key_is_that_lead_whoever_has_the_key_now(owner: KeyOwner) -> None:
    match = a_match(KeyKind.MOBILE, owner=owner)

    assert identify("李雷", [MOBILE], [match]) == Identity(Outcome.ATTACHED, match.lead_id)


def test_two_strong_keys_of_one_lead_are_that_lead() -> None:
    lead_id = uuid4()

    decided = identify("李雷", [MOBILE, EMAIL], [a_match(KeyKind.MOBILE, lead_id), a_match(KeyKind.EMAIL, lead_id)])

    assert decided == Identity(Outcome.ATTACHED, lead_id)


def test_a_strong_key_without_a_name_is_that_lead() -> None:
    match = a_match(KeyKind.MOBILE)

    assert identify("", [MOBILE], [match]) == Identity(Outcome.ATTACHED, match.lead_id)


def test_a_strong_key_with_another_name_is_for_a_person_to_decide() -> None:
    decided = identify("韩梅梅", [MOBILE], [a_match(KeyKind.MOBILE)])

    assert decided == Identity(Outcome.IN_REVIEW, cause=ReviewCause.NAME_DIFFERS)


def test_personal_keys_of_two_leads_are_for_a_person_to_decide() -> None:
    decided = identify("李雷", [MOBILE, EMAIL], [a_match(KeyKind.MOBILE), a_match(KeyKind.EMAIL)])

    assert decided == Identity(Outcome.IN_REVIEW, cause=ReviewCause.SEVERAL_LEADS)


@pytest.mark.parametrize("kind", WEAK)
def test_a_weak_key_is_for_a_person_to_decide(kind: KeyKind) -> None:
    assert identify("李雷", [MOBILE], [a_match(kind)]) == Identity(Outcome.IN_REVIEW, cause=ReviewCause.WEAK_MATCH)


@pytest.mark.parametrize("kind", [KeyKind.COMPANY_NAME, KeyKind.CREDIT_CODE])
@pytest.mark.parametrize("name", ["韩梅梅", ""])
def test_a_colleague_with_a_number_of_his_own_is_somebody_new(kind: KeyKind, name: str) -> None:
    assert identify(name, [MOBILE, CODE, COMPANY], [a_match(kind)]) == Identity(Outcome.CREATED)


def test_somebody_of_one_company_and_one_name_with_another_number_is_for_a_person_to_decide() -> None:
    decided = identify("李雷", [MOBILE, COMPANY], [a_match(KeyKind.COMPANY_NAME)])

    assert decided == Identity(Outcome.IN_REVIEW, cause=ReviewCause.WEAK_MATCH)


def test_somebody_of_one_credit_code_and_one_name_is_that_lead() -> None:
    match = a_match(KeyKind.CREDIT_CODE)

    assert identify("李雷先生", [MOBILE, CODE], [match]) == Identity(Outcome.ATTACHED, match.lead_id)


def test_a_known_person_stays_himself_beside_a_colleague_who_has_the_companys_code() -> None:
    mine, colleagues = a_match(KeyKind.MOBILE), a_match(KeyKind.CREDIT_CODE, name="韩梅梅")

    assert identify("李雷", [MOBILE, CODE], [mine, colleagues]) == Identity(Outcome.ATTACHED, mine.lead_id)


def test_a_credit_code_decides_where_nothing_personal_is_given() -> None:
    match = a_match(KeyKind.CREDIT_CODE)

    assert identify("李雷", [CODE, LINE], [match]) == Identity(Outcome.ATTACHED, match.lead_id)
    assert identify("韩梅梅", [CODE, LINE], [match]).cause is ReviewCause.NAME_DIFFERS


def test_a_company_name_and_nothing_of_ones_own_is_for_a_person_to_decide() -> None:
    decided = identify("韩梅梅", [LINE, COMPANY], [a_match(KeyKind.COMPANY_NAME)])

    assert decided == Identity(Outcome.IN_REVIEW, cause=ReviewCause.WEAK_MATCH)


keys = st.sets(st.sampled_from(KeyKind), min_size=1).map(lambda kinds: [Key(kind, "v") for kind in sorted(kinds)])
names = st.sampled_from(["", "李雷", "韩梅梅", "Ada Lovelace", "李总"])


@given(data=st.data(), given_keys=keys, name=names)
def test_whatever_matches_there_is_one_outcome_and_never_a_silent_merge(
    data: st.DataObject, given_keys: list[Key], name: str
) -> None:
    """Attached is only who shares a strong key, and never with a clearly different name or with two leads at once."""
    leads = [uuid4(), uuid4()]
    persons = dict(zip(leads, data.draw(st.tuples(names, names)), strict=True))
    matches = [
        a_match(key.kind, lead_id, name=persons[lead_id])
        for key in given_keys
        for lead_id in data.draw(st.lists(st.sampled_from(leads), max_size=2, unique=True))
    ]

    decided = identify(name, given_keys, matches)

    assert decided.outcome is not Outcome.REJECTED
    assert (decided.lead_id is not None) == (decided.outcome is Outcome.ATTACHED)
    assert (decided.cause is not None) == (decided.outcome is Outcome.IN_REVIEW)
    if decided.outcome is Outcome.ATTACHED:
        shared = {match.kind for match in matches if match.lead_id == decided.lead_id}
        assert shared & STRONG
        personal = {match.lead_id for match in matches if match.kind.of_a_person}
        assert personal <= {decided.lead_id}
    if not matches:
        assert decided.outcome is Outcome.CREATED
