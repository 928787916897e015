"""Page tokens: good for one method and filter, and nothing that somebody makes up."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared.pages import PageTokenInvalid, _mark, page_size, page_token, read_position, read_token

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
LEAD = UUID(int=7)
INSTANT_AND_ID: tuple[Callable[[str], object], ...] = (datetime.fromisoformat, UUID)


def test_a_token_leads_back_to_where_the_page_ended() -> None:
    token = page_token("ListHoldings", ["L007"], [NOON.isoformat(), str(LEAD)])

    assert read_position(token, "ListHoldings", ["L007"], *INSTANT_AND_ID) == (NOON, LEAD)


def test_no_token_is_the_first_page() -> None:
    assert read_token("", "ListHoldings", []) is None
    assert read_position("", "ListHoldings", [], *INSTANT_AND_ID) is None


def test_a_token_is_safe_in_a_url_whatever_it_holds() -> None:
    token = page_token("ListPools", [], ["华东公海 /?&="])

    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()
    assert read_token(token, "ListPools", []) == ["华东公海 /?&="]


@pytest.mark.parametrize(("method", "filters"), [("ListReps", ["L007"]), ("ListHoldings", ["L008"])])
def test_a_token_of_another_method_or_filter_is_refused(method: str, filters: list[str]) -> None:
    token = page_token("ListHoldings", ["L007"], [1])

    with pytest.raises(PageTokenInvalid):
        read_token(token, method, filters)


@pytest.mark.parametrize(
    "position",
    [[], ["noon", str(LEAD)], [NOON.isoformat(), "lead-7"], [NOON.isoformat()], [NOON.isoformat(), str(LEAD), 1]],
)
def test_a_position_that_cannot_be_one_is_refused_and_no_defect_of_ours(position: list[str | int]) -> None:
    with pytest.raises(PageTokenInvalid) as refused:
        read_position(forged(["ListHoldings", *position]), "ListHoldings", [], *INSTANT_AND_ID)

    assert refused.value.reason == "PAGE_TOKEN_INVALID"
    assert refused.value.fields[0].field == "page_token"


def test_a_nul_inside_a_token_is_refused_before_the_database_sees_it() -> None:
    with pytest.raises(PageTokenInvalid):
        read_position(forged(["ListPools", "a\0b"]), "ListPools", [], str)


def test_a_token_nested_too_deeply_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode()

    with pytest.raises(PageTokenInvalid):
        read_token(deep, "ListPools", [])


@given(st.text())
def test_no_text_is_anything_but_refused(token: str) -> None:
    if token:
        with pytest.raises(PageTokenInvalid):
            read_position(token, "ListHoldings", [], *INSTANT_AND_ID)


@pytest.mark.parametrize(("asked", "rows"), [(0, 50), (1, 1), (500, 500), (501, 500)])
def test_a_page_has_as_many_rows_as_asked_for_within_bounds(asked: int, rows: int) -> None:
    assert page_size(asked) == rows


def forged(body: list[str | int]) -> str:
    """Made by somebody who knows how: the mark is right, the rest is his."""
    method, *position = body
    text = json.dumps([_mark(str(method), []), *position])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
