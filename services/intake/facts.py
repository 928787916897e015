"""Intake's part of LeadFacts: what is known of a lead and is not personal. As JSON, with the contract's names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.keys import Contacts


@dataclass(frozen=True)
class Source:
    kind: str
    channel: str
    detail_code: str


@dataclass(frozen=True)
class Attributes:
    """What a submission says beside the person."""

    industry: str = ""
    company_size: int = 0
    region: str = ""
    city: str = ""
    country: str = ""
    seniority: str = ""
    product: str = ""
    budget: int = 0
    urgency: str = "URGENCY_UNSPECIFIED"
    horizon_days: int = 0
    tags: tuple[str, ...] = ()

    @property
    def intent_known(self) -> bool:
        return bool(self.product or self.budget or self.horizon_days or self.urgency != "URGENCY_UNSPECIFIED")


# Countries of one zone; for the others only the phone number tells.
ZONES: Mapping[str, str] = {
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "TW": "Asia/Taipei",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "SG": "Asia/Singapore",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
}


def compose_facts(
    lead_id: UUID,
    *,
    business_line: str,
    source: Source,
    campaign_id: UUID | None,
    attributes: Attributes,
    contacts: Contacts,
    account_matched: bool,
    created_at: datetime,
) -> dict[str, Any]:
    """What the submission does not say and the phone number tells is filled in: country and time zone."""
    of_phone = contacts.phone
    country = attributes.country or (of_phone.country if of_phone else "")
    return {
        "lead_id": str(lead_id),
        "business_line": business_line,
        "source": {"kind": source.kind, "channel": source.channel, "detail_code": source.detail_code},
        "campaign_id": str(campaign_id or ""),
        "industry": attributes.industry,
        "company_size": attributes.company_size,
        "region": attributes.region,
        "city": attributes.city,
        "country": country,
        "time_zone": (of_phone.time_zone if of_phone else "") or ZONES.get(country, ""),
        "seniority": attributes.seniority,
        "intent": {
            "product": attributes.product,
            "budget": attributes.budget,
            "urgency": attributes.urgency,
            "horizon_days": attributes.horizon_days,
        },
        "tags": sorted({tag.strip().lower() for tag in attributes.tags if tag.strip()}),
        "account_matched": account_matched,
        "created_at": created_at.isoformat(),
    }


# Of the first touch, or of the lead itself: a re-enquiry does not change them.
KEPT = frozenset({"lead_id", "business_line", "source", "campaign_id", "created_at"})


def fill_in(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, and where that is nothing, what a re-enquiry says. Tags of both."""
    filled = dict(known)
    for name, value in said.items():
        if name == "tags":
            filled[name] = sorted({*known[name], *value})
        elif isinstance(value, dict) and name not in KEPT:
            filled[name] = fill_in(known[name], value)
        elif name not in KEPT and known[name] in EMPTY:
            filled[name] = value
    return filled


# What the contract's fields hold where nothing is known.
EMPTY = ("", 0, False, "URGENCY_UNSPECIFIED")
