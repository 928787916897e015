"""By which keys somebody is known, and which of them tell who it is."""

import pytest

from services.intake.keys import Key, KeyKind, Person, deciding, read_contacts

COMPANY = Person(company="云帆科技有限公司", credit_code="91110000802100433B")


def kinds(person: Person) -> set[KeyKind]:
    return {key.kind for key in read_contacts(person, "CN").keys}


@pytest.mark.parametrize(
    ("person", "kind", "strong"),
    [
        (Person(phone="13800138000"), KeyKind.MOBILE, True),
        (Person(email="lei.li@example.com"), KeyKind.EMAIL, True),
        (Person(wecom_id="wm-1"), KeyKind.WECOM, True),
        (Person(credit_code="91110000802100433B"), KeyKind.CREDIT_CODE, True),
        (Person(phone="010-62345678"), KeyKind.FIXED_LINE, False),
        (Person(phone="400-810-8888"), KeyKind.SERVICE_LINE, False),
        (Person(email="info@example.com"), KeyKind.ROLE_MAILBOX, False),
        (Person(company="云帆科技有限公司"), KeyKind.COMPANY_NAME, False),
    ],
)
def test_a_key_is_strong_or_weak_by_what_it_is(person: Person, kind: KeyKind, strong: bool) -> None:
    [key] = read_contacts(person, "CN").keys

    assert (key.kind, key.kind.strong) == (kind, strong)


def test_behind_a_fixed_line_each_extension_is_another_desk() -> None:
    line, desk = (read_contacts(Person(phone=typed), "CN").keys for typed in ("010-62345678", "010-62345678转8"))

    assert line != desk


def test_a_mobile_number_is_one_persons_whatever_is_added() -> None:
    plain, added = (read_contacts(Person(phone=typed), "CN").keys for typed in ("13800138000", "13800138000转1"))

    assert plain == added


def test_nobody_has_no_keys_and_cannot_be_reached() -> None:
    contacts = read_contacts(Person(name="李雷", title="经理"), "CN")

    assert (contacts.keys, contacts.reachable) == ((), False)


def test_a_company_alone_is_nobody_to_reach() -> None:
    assert not read_contacts(COMPANY, "CN").reachable


def test_a_phone_without_its_country_is_read_by_the_submissions() -> None:
    assert kinds(Person(phone="13800138000")) == {KeyKind.MOBILE}
    assert read_contacts(Person(phone="0171 3920007"), "DE").keys == (Key(KeyKind.MOBILE, "+491713920007"),)


def test_a_credit_code_decides_only_where_nothing_personal_does() -> None:
    mobile, code = Key(KeyKind.MOBILE, "+8613800138000"), Key(KeyKind.CREDIT_CODE, "91110000802100433B")
    name = Key(KeyKind.COMPANY_NAME, "云帆科技")

    assert deciding([mobile, code, name]) == (mobile,)
    assert deciding([code, name]) == (code,)
    assert deciding([name]) == ()
