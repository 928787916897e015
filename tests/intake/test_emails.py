"""E-mail addresses to one form, and whether an address is a person's or a role's."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.emails import UnusableEmail, read_email

CASES = Path(__file__).parents[3] / "shared/data/contacts/email_isemail_tests.csv"
needs_cases = pytest.mark.skipif(
    not CASES.exists(), reason="the folder of public data sets is not beside this checkout"
)


@pytest.mark.parametrize(
    "typed", [" Lei.Li@Example.COM ", "LEI.LI@EXAMPLE.COM", "ｌｅｉ．ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ"]
)
def test_an_address_is_compared_without_case_and_width(typed: str) -> None:
    address = read_email(typed)

    assert address is not None
    assert (address.key, address.of_a_role) == ("lei.li@example.com", False)


def test_what_is_written_to_keeps_the_case_before_the_at_sign() -> None:
    address = read_email("Lei.Li@Example.COM")

    assert address is not None
    assert address.address == "Lei.Li@example.com"


@pytest.mark.parametrize(
    "typed", ["info@example.com", "Sales@example.com", "kefu@example.cn", "support+de@example.com", "no-reply@a.cn"]
)
def test_a_role_mailbox_is_nobodys_own(typed: str) -> None:
    address = read_email(typed)

    assert address is not None
    assert address.of_a_role


@pytest.mark.parametrize("typed", ["information@example.com", "salesman.li@example.com", "li.sales@example.com"])
def test_a_mailbox_that_only_looks_like_a_roles_is_a_persons(typed: str) -> None:
    address = read_email(typed)

    assert address is not None
    assert not address.of_a_role


@pytest.mark.parametrize("typed", ["li.lei", "@nowhere.com", "a b@example.com", "li@", "li@localhost", "Li <li@a.com>"])
def test_what_is_no_address_is_refused_by_field_and_not_repeated(typed: str) -> None:
    with pytest.raises(UnusableEmail) as refused:
        read_email(typed)

    assert [violation.field for violation in refused.value.fields] == ["person.email"]
    assert typed not in str(refused.value)


def test_nothing_typed_is_no_address() -> None:
    assert read_email(" ") is None


@given(
    local=st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_", min_size=1, max_size=20),
    domain=st.sampled_from(["example.com", "EXAMPLE.com", "例子.cn", "mail.example.org"]),
)
def test_an_address_that_is_read_again_is_the_same(local: str, domain: str) -> None:
    once = read_email(f"{local}@{domain}")

    assert once is not None
    assert read_email(once.address) == once
    again = read_email(once.key)
    assert again is not None
    assert again.key == once.key


@needs_cases
def test_no_address_that_the_standard_calls_an_error_is_taken() -> None:
    broken = [typed for typed, category in cases() if category == "ISEMAIL_ERR"]

    # White space around an address is people's, not the address's.
    assert [typed for typed in broken if typed == typed.strip() and taken(typed)] == []


@needs_cases
def test_plain_addresses_that_the_standard_calls_valid_are_taken() -> None:
    """But for domains that are no public ones: an address is given to be written to."""
    valid = [typed for typed, category in cases() if category in ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN")]

    refused = [typed for typed in valid if not taken(typed)]

    assert len(valid) > 20
    assert [typed for typed in refused if has_a_public_domain(typed)] == []


def cases() -> list[tuple[str, str]]:
    with CASES.open(newline="", encoding="utf-8") as file:
        return [(json.loads(row["address_json"]), row["category"]) for row in csv.DictReader(file)]


def taken(typed: str) -> bool:
    try:
        return read_email(typed) is not None
    except UnusableEmail:
        return False


def has_a_public_domain(typed: str) -> bool:
    domain = typed.rpartition("@")[2]
    return "." in domain and not domain.rpartition(".")[2].isdigit() and not domain.endswith((".test", ".invalid"))
