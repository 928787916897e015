"""The states of a lead, as routing keeps them."""

from enum import StrEnum


class LeadState(StrEnum):
    QUALIFYING = "QUALIFYING"
    POOLED = "POOLED"
    HELD = "HELD"
    CONVERTING = "CONVERTING"
    CONVERTED = "CONVERTED"
    INVALID = "INVALID"
    DORMANT = "DORMANT"
    VOIDED = "VOIDED"
