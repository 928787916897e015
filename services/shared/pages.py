"""Page tokens: opaque, safe in a URL, and good only for the method and filter that they were made for."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from services.shared.refusals import InvalidInput

DEFAULT_SIZE = 50
MAX_SIZE = 500

RowT = TypeVar("RowT")


class PageTokenInvalid(InvalidInput):
    def __init__(self) -> None:
        super().__init__(
            "page_token",
            "This page token is not one of this method and filter. Begin without a token.",
            reason="PAGE_TOKEN_INVALID",
        )


def page_size(asked: int) -> int:
    """Rows on a page: 0 is the default."""
    return min(asked, MAX_SIZE) if asked > 0 else DEFAULT_SIZE


def page_token(method: str, filters: Sequence[str], position: Sequence[str | int]) -> str:
    """A token that goes on after the row at this position (the sort key of the last row shown)."""
    body = json.dumps([_mark(method, filters), *position], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def next_page_token(
    method: str,
    filters: Sequence[str],
    found: Sequence[RowT],
    size: int,
    position_of: Callable[[RowT], Sequence[str | int]],
) -> str:
    """The token after a page; none after the last. `found` was asked for with one row more than a page has."""
    return page_token(method, filters, position_of(found[size - 1])) if len(found) > size else ""


def read_token(token: str, method: str, filters: Sequence[str]) -> list[str | int] | None:
    """The position after which to go on; None for the first page. Raises PageTokenInvalid."""
    if not token:
        return None
    try:
        body = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError):
        body = None
    if not isinstance(body, list) or len(body) < 2 or body[0] != _mark(method, filters):
        raise PageTokenInvalid
    return body[1:]


def read_position(
    token: str, method: str, filters: Sequence[str], *parts: Callable[[str], Any]
) -> tuple[Any, ...] | None:
    """The position, each part read by its kind (`UUID`, `datetime.fromisoformat` …). Raises PageTokenInvalid.

    Whoever makes up a token hears that it is none, as for a token of another method.
    """
    position = read_token(token, method, filters)
    if position is None:
        return None
    texts = [str(part) for part in position]
    if len(texts) != len(parts) or any("\0" in part for part in texts):
        raise PageTokenInvalid
    try:
        return tuple(read(part) for read, part in zip(parts, texts, strict=True))
    except (ValueError, OverflowError):
        raise PageTokenInvalid from None


def _mark(method: str, filters: Sequence[str]) -> str:
    return hashlib.sha256("\n".join([method, *filters]).encode()).hexdigest()[:12]
