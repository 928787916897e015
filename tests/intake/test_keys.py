"""Who is somebody: e-mail addresses, companies, names, and what follows from the keys that matched. Rules only."""

import csv
import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.companies import UnusableCreditCode, check_digit, company_key, read_credit_code
from services.intake.emails import UnusableEmail, read_email
from services.intake.identity import Identity, KeyOwner, Match, Outcome, ReviewCause, identify
from services.intake.keys import Key, KeyKind, Person, read_contacts
from services.intake.masking import masked_code, masked_email, masked_name, masked_phone
from services.intake.names import differ_clearly

EMAILS = Path(__file__).parents[3] / "shared/data/contacts/email_isemail_tests.csv"
OWN_MOBILE = Key(KeyKind.MOBILE, "+8613800138000")


def a_match(kind: KeyKind, lead_id: UUID | None = None, name: str = "李雷") -> Match:
    lead = lead_id or uuid4()
    return Match(kind, KeyOwner.LEAD, lead, lead, name, "+8613800138000", "", "")


def test_an_address_is_compared_without_case() -> None:
    typed = read_email(" Lei.Li@Example.COM ")

    assert typed is not None
    assert (typed.key, typed.of_a_role) == ("lei.li@example.com", False)


@pytest.mark.parametrize(
    "typed", ["info@example.com", "Sales@example.com", "kefu@example.cn", "support+de@example.com"]
)
def test_a_role_mailbox_is_nobodys_own(typed: str) -> None:
    address = read_email(typed)

    assert address is not None
    assert address.of_a_role


@pytest.mark.parametrize("typed", ["li.lei", "@example.com", "a b@example.com", "li@", "li@localhost", "Li <li@a.com>"])
def test_what_is_no_address_is_refused_by_field(typed: str) -> None:
    with pytest.raises(UnusableEmail) as refused:
        read_email(typed)

    assert [violation.field for violation in refused.value.fields] == ["person.email"]


@pytest.mark.skipif(not EMAILS.exists(), reason="the folder of public data sets is not beside this checkout")
def test_no_address_that_the_standard_calls_an_error_is_taken() -> None:
    with EMAILS.open(newline="", encoding="utf-8") as file:
        broken = [json.loads(row["address_json"]) for row in csv.DictReader(file) if row["category"] == "ISEMAIL_ERR"]

    taken = []
    for typed in filter(str.strip, broken):
        try:
            if read_email(typed):
                taken.append(typed)
        except UnusableEmail:
            continue

    # White space around an address is people's, not the address's.
    assert [typed for typed in taken if typed == typed.strip()] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海云帆科技有限公司", "上海云帆科技股份有限公司"),
        ("上海云帆科技（集团）有限公司", "上海云帆科技"),
        ("Acme Co., Ltd.", "ACME Limited"),
        ("Müller GmbH", "müller gmbh"),
    ],
)
def test_a_company_is_known_without_its_legal_form(one: str, other: str) -> None:
    assert company_key(one) == company_key(other) != ""


def test_companies_of_other_places_are_others() -> None:
    assert company_key("上海云帆科技有限公司") != company_key("北京云帆科技有限公司")


@given(st.text(max_size=60))
def test_a_company_key_of_a_company_key_is_itself(name: str) -> None:
    assert company_key(company_key(name)) == company_key(name)


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_a_credit_code_with_its_check_digit_is_taken_and_with_another_refused(body: str) -> None:
    code = body + check_digit(body)
    wrong = body + ("0" if code[-1] != "0" else "1")

    assert read_credit_code(f" {code.lower()} ") == code
    with pytest.raises(UnusableCreditCode):
        read_credit_code(wrong)


def test_a_real_credit_code_is_taken() -> None:
    assert read_credit_code("91310000MA1FL0LX06"[:17] + check_digit("91310000MA1FL0LX0")) != ""
    assert read_credit_code("91110000802100433B") == "91110000802100433B"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("李雷", "李雷先生"),
        ("李雷", "李总"),
        ("Ada Lovelace", "Lovelace, Ada"),
        ("Jon Smith", "John Smith"),
        ("", "李雷"),
    ],
)
def test_these_may_be_one_person(one: str, other: str) -> None:
    assert not differ_clearly(one, other)


@pytest.mark.parametrize(("one", "other"), [("李雷", "韩梅梅"), ("Ada Lovelace", "Grace Hopper"), ("王芳", "Wang Wei")])
def test_these_are_not_one_person(one: str, other: str) -> None:
    assert differ_clearly(one, other)


def test_keys_are_strong_or_weak_by_what_they_are() -> None:
    person = Person("李雷", "010-62345678转8", "info@example.com", "wo-1", "云帆科技有限公司", "91110000802100433B")

    keys = read_contacts(person, "CN").keys

    assert {key.kind for key in keys if key.kind.strong} == {KeyKind.WECOM, KeyKind.CREDIT_CODE}
    assert {key.kind for key in keys if not key.kind.strong} == {
        KeyKind.FIXED_LINE,
        KeyKind.ROLE_MAILBOX,
        KeyKind.COMPANY_NAME,
    }


def test_nobody_known_is_somebody_new() -> None:
    assert identify("李雷", [OWN_MOBILE], []) == Identity(Outcome.CREATED)


def test_one_lead_by_a_strong_key_is_that_lead() -> None:
    match = a_match(KeyKind.MOBILE)

    assert identify("李雷", [OWN_MOBILE], [match]) == Identity(Outcome.ATTACHED, match.lead_id)


def test_a_strong_key_with_another_name_is_for_a_person_to_decide() -> None:
    decided = identify("韩梅梅", [OWN_MOBILE], [a_match(KeyKind.MOBILE)])

    assert (decided.outcome, decided.cause) == (Outcome.IN_REVIEW, ReviewCause.NAME_DIFFERS)


def test_strong_keys_of_two_leads_are_for_a_person_to_decide() -> None:
    decided = identify("李雷", [OWN_MOBILE], [a_match(KeyKind.MOBILE), a_match(KeyKind.EMAIL)])

    assert decided.cause is ReviewCause.SEVERAL_LEADS


@pytest.mark.parametrize("kind", [KeyKind.FIXED_LINE, KeyKind.SERVICE_LINE, KeyKind.ROLE_MAILBOX])
def test_a_weak_key_alone_is_for_a_person_to_decide(kind: KeyKind) -> None:
    assert identify("李雷", [OWN_MOBILE], [a_match(kind)]).cause is ReviewCause.WEAK_MATCH


def test_a_colleague_with_a_number_of_his_own_is_somebody_new() -> None:
    assert identify("韩梅梅", [OWN_MOBILE], [a_match(KeyKind.COMPANY_NAME)]) == Identity(Outcome.CREATED)


def test_a_company_name_and_nothing_of_ones_own_is_for_a_person_to_decide() -> None:
    weak = [Key(KeyKind.FIXED_LINE, "+861062345678"), Key(KeyKind.COMPANY_NAME, "云帆科技")]

    assert identify("韩梅梅", weak, [a_match(KeyKind.COMPANY_NAME)]).cause is ReviewCause.WEAK_MATCH


def test_masks_show_enough_to_recognise_and_too_little_to_use() -> None:
    assert masked_name("李雷") == "李*"
    assert masked_phone("+8613800138000") == "138****8000"
    assert masked_email("lei.li@example.com") == "l***@example.com"
    assert masked_code("L007") == "L**7"


@given(st.text(max_size=40))
def test_a_mask_of_any_text_is_made(text: str) -> None:
    for mask in (masked_name, masked_phone, masked_email, masked_code):
        assert len(mask(text)) <= len(text) + 12
