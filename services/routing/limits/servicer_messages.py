"""Limits as messages name them."""

from typing import Protocol

from clew.routing.v1 import roster_pb2
from services.routing.holdings.limits import LimitScope
from services.shared.refusals import InvalidInput


class NamesALimit(Protocol):
    """A request that says by these fields which limit of a rep it is about."""

    @property
    def scope(self) -> roster_pb2.LimitScope: ...
    @property
    def pool_code(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def product(self) -> str: ...


def limited(request: NamesALimit) -> tuple[LimitScope, str]:
    """The scope, and what is counted by its name; empty for scope REP. Raises InvalidInput naming the field."""
    scope = LimitScope(roster_pb2.LimitScope.Name(request.scope).removeprefix("LIMIT_SCOPE_"))
    name = ""
    for field, of_scope, given in (
        ("pool_code", LimitScope.POOL, request.pool_code),
        ("grade", LimitScope.GRADE, request.grade),
        ("product", LimitScope.PRODUCT, request.product),
    ):
        if (scope is of_scope) != bool(given):
            kind = of_scope.lower()
            raise InvalidInput(field, f"A {kind} is named with the scope {of_scope}, and only then.")
        name = name or given
    return scope, name
