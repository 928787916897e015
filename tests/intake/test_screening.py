"""Is a submission acceptable? Unknown is not a failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.keys import Person, read_contacts
from services.intake.screening import Check, Verdict, rejected, screen

CHECKS = {"reachable", "phone_plausible", "email_plausible", "name_plausible", "source_lawful", "intent_known"}


def screened(person: Person, channel: str = "web_form", *, intent_known: bool = False) -> dict[str, Check]:
    checks = screen(person.name, read_contacts(person, "CN"), channel, intent_known=intent_known)
    return {check.check: check for check in checks}


def test_each_check_of_the_contract_is_recorded_once() -> None:
    checks = screen("李雷", read_contacts(Person(phone="13800138000"), "CN"), "web_form", intent_known=True)

    assert len(checks) == len(CHECKS)
    assert {check.check for check in checks} == CHECKS


def test_only_what_is_required_rejects() -> None:
    required = {name for name, check in screened(Person(name="李雷", phone="13800138000")).items() if check.required}

    assert required == {"reachable", "name_plausible", "source_lawful"}


@pytest.mark.parametrize(
    "person", [Person(phone="13800138000"), Person(email="info@example.com"), Person(wecom_id="wm-1")]
)
def test_one_way_to_reach_somebody_is_enough_and_a_blank_name_is_unknown(person: Person) -> None:
    checks = screened(person)

    assert checks["reachable"].verdict is Verdict.PASS
    assert checks["name_plausible"].verdict is Verdict.UNKNOWN
    assert not rejected(tuple(checks.values()))


def test_somebody_whom_nobody_can_reach_is_rejected() -> None:
    checks = screened(Person(name="李雷", company="云帆科技"))

    assert checks["reachable"].verdict is Verdict.FAIL
    assert rejected(tuple(checks.values()))


@pytest.mark.parametrize(
    "name", ["测试", "测试001", "系统测试", "test", "Test User", "TESTING", "asdfgh", "aaa", "哈哈哈"]
)
def test_a_test_is_rejected(name: str) -> None:
    checks = screened(Person(name=name, phone="13800138000"))

    assert checks["name_plausible"].verdict is Verdict.FAIL
    assert rejected(tuple(checks.values()))


@pytest.mark.parametrize("name", ["丽丽", "方方", "Testa", "Mario Testino", "Al", "Bo", "李雷"])
def test_a_name_that_is_merely_short_or_unusual_passes(name: str) -> None:
    assert screened(Person(name=name, phone="13800138000"))["name_plausible"].verdict is Verdict.PASS


@pytest.mark.parametrize("name", ["匿名", "保密", "N/A", "none", "13800138000", "先生"])
def test_who_does_not_say_his_name_is_unknown_and_not_rejected(name: str) -> None:
    checks = screened(Person(name=name, phone="13800138000"))

    assert checks["name_plausible"].verdict is Verdict.UNKNOWN
    assert not rejected(tuple(checks.values()))


@pytest.mark.parametrize("channel", ["bought_list", "scraped", "leaked"])
def test_a_source_where_nobody_asked_us_anything_is_rejected(channel: str) -> None:
    assert rejected(tuple(screened(Person(name="李雷", phone="13800138000"), channel).values()))


def test_a_number_is_described_by_its_kind_and_place() -> None:
    checks = screened(Person(name="李雷", phone="021-52340000"))

    assert checks["phone_plausible"].evidence == "fixed line, 上海市"


@given(
    name=st.text(min_size=6, max_size=20).filter(lambda text: text.strip() == text),
    number=st.integers(0, 99_999_999),
    local=st.text("bcdfghjkmnpqvwxz", min_size=8, max_size=12),
)
def test_evidence_is_never_personal(name: str, number: int, local: str) -> None:
    person = Person(name=name, phone=f"138{number:08d}", email=f"{local}@example.com", wecom_id=local)

    evidence = "\n".join(check.evidence for check in screened(person).values())

    assert not any(secret in evidence for secret in (name, f"{number:08d}", local))
