"""What is known of a lead and is not personal: composed at first, filled in later."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.facts import KEPT, Attributes, Source, compose_facts, fill_in
from services.intake.keys import Person, read_contacts

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def facts(attributes: Attributes | None = None, phone: str = "", *, account_matched: bool = False) -> dict[str, Any]:
    said = attributes or Attributes()
    return compose_facts(
        uuid4(),
        business_line="default",
        source=Source("SOURCE_KIND_INDIRECT", "web_form", ""),
        campaign_id=None,
        attributes=said,
        contacts=read_contacts(Person(phone=phone), said.country),
        account_matched=account_matched,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("phone", "country", "expected"),
    [
        ("13800138000", "", ("CN", "Asia/Shanghai")),
        ("+852 5123 4567", "", ("HK", "Asia/Hong_Kong")),
        ("+49 171 3920007", "CN", ("CN", "Europe/Berlin")),
        ("", "JP", ("JP", "Asia/Tokyo")),
        # A country of several zones does not tell one, and a number in it only sometimes.
        ("", "US", ("US", "")),
        ("+1 212 555 0123", "", ("US", "America/New_York")),
        ("", "", ("", "")),
    ],
)
def test_country_and_time_zone_come_from_the_submission_or_else_from_the_number(
    phone: str, country: str, expected: tuple[str, str]
) -> None:
    made = facts(Attributes(country=country), phone)

    assert (made["country"], made["time_zone"]) == expected


def test_tags_are_lower_case_sorted_and_without_repeats() -> None:
    assert facts(Attributes(tags=("VIP", " a ", "vip", " ")))["tags"] == ["a", "vip"]


def test_nothing_personal_is_among_the_facts() -> None:
    assert "13800138000"[3:] not in str(facts(phone="13800138000"))


def test_a_re_enquiry_fills_in_what_nobody_had_said_and_changes_nothing_else() -> None:
    known = facts(Attributes(industry="制造业", product="clew-cloud", tags=("vip",)))
    said = facts(
        Attributes(industry="零售", city="苏州", product="other", budget=50_000, tags=("demo",)),
        phone="13800138000",
        account_matched=True,
    )

    filled = fill_in(known, said)

    assert (filled["industry"], filled["city"], filled["country"]) == ("制造业", "苏州", "CN")
    assert (filled["intent"]["product"], filled["intent"]["budget"]) == ("clew-cloud", 50_000)
    assert (filled["tags"], filled["account_matched"]) == (["demo", "vip"], True)
    assert {name: filled[name] for name in KEPT} == {name: known[name] for name in KEPT}


attributes = st.builds(
    Attributes,
    industry=st.sampled_from(["", "制造业", "零售"]),
    company_size=st.integers(0, 3),
    city=st.sampled_from(["", "苏州"]),
    country=st.sampled_from(["", "CN", "DE"]),
    budget=st.integers(0, 3),
    urgency=st.sampled_from(["URGENCY_UNSPECIFIED", "URGENCY_HIGH"]),
    tags=st.lists(st.sampled_from(["a", "b", "c"])).map(tuple),
)


@given(attributes, attributes)
def test_filling_in_twice_is_filling_in_once(first: Attributes, second: Attributes) -> None:
    known, said = facts(first), facts(second)

    assert fill_in(known, known) == known
    assert fill_in(fill_in(known, said), said) == fill_in(known, said)
