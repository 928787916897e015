"""The states and stages of a lead, as routing keeps them."""

from enum import StrEnum


class LeadState(StrEnum):
    QUALIFYING = "QUALIFYING"
    UNASSIGNED = "UNASSIGNED"
    POOLED = "POOLED"
    HELD = "HELD"
    CONVERTING = "CONVERTING"
    CONVERTED = "CONVERTED"
    INVALID = "INVALID"
    DORMANT = "DORMANT"
    VOIDED = "VOIDED"


class Stage(StrEnum):
    """How far a lead has come, in this order; an opportunity is then won or lost."""

    PROSPECT = "PROSPECT"
    MQL = "MQL"
    SAL = "SAL"
    SQL = "SQL"
    OPPORTUNITY = "OPPORTUNITY"
    WON = "WON"
    LOST = "LOST"

    def is_before(self, other: "Stage") -> bool:
        in_order = list(Stage)
        return in_order.index(self) < in_order.index(other)
