"""A row of a file as a submission: codes for what must be a code, and a note of what could not be used."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.intake.v1 import intake_pb2
from clew.lead.v1 import lead_pb2
from cli.calling import new_request_id
from cli.demo import codes
from cli.demo.columns import Field

CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
LONGEST_TAG, MOST_TAGS = 32, 20
LARGEST_COMPANY, LARGEST_BUDGET = 10_000_000, 1_000_000_000_000


class BadRow(Exception):
    """A row that cannot be submitted; the text says why."""


@dataclass(frozen=True)
class KnownIds:
    """What a file calls by name, and its id in the running stack."""

    campaigns: Mapping[str, str] = field(default_factory=dict)
    reps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A submission, and which values of its row were left out because they could not be understood."""

    line: int
    request: intake_pb2.SubmitLeadRequest
    left_out: tuple[str, ...]


def prepare(line: int, row: Mapping[Field, str], known: KnownIds) -> Prepared:
    """A row as SubmitLead takes it. Whether the person can be reached is for screening to say."""
    said = {field: row.get(field, "") for field in Field}
    check_phone(said[Field.PHONE])
    channel = codes.channel_of(said[Field.SOURCE])
    size, budget = whole_number(said[Field.SIZE]), whole_number(said[Field.BUDGET])
    country, urgency = codes.country_of(said[Field.COUNTRY]), codes.urgency_of(said[Field.URGENCY])
    product, tags = said[Field.PRODUCT], tags_of(said[Field.TAGS])
    if product and not CODE.fullmatch(product):
        product, tags = "", tags_of(f"{said[Field.TAGS]};{product}")
    person = intake_pb2.Person(
        name=said[Field.NAME],
        phone=said[Field.PHONE],
        email=said[Field.EMAIL],
        wecom_id=said[Field.WECOM],
        company=said[Field.COMPANY],
        credit_code=said[Field.CREDIT_CODE],
        title=said[Field.TITLE],
    )
    attributes = intake_pb2.Attributes(
        industry=said[Field.INDUSTRY],
        company_size=min(size or 0, LARGEST_COMPANY),
        region=said[Field.REGION],
        city=said[Field.CITY],
        country=country or "",
        seniority=codes.seniority_of(said[Field.SENIORITY] or said[Field.TITLE]),
        intent=lead_pb2.Intent(product=product, budget=min(budget or 0, LARGEST_BUDGET), urgency=urgency),
        tags=tags,
    )
    request = intake_pb2.SubmitLeadRequest(
        request_id=new_request_id(),
        source=lead_pb2.Source(kind=codes.source_kind(channel), channel=channel),
        campaign_id=known.campaigns.get(said[Field.CAMPAIGN], ""),
        captured_by=known.reps.get(said[Field.CAPTURED_BY], ""),
        person=person,
        attributes=attributes,
    )
    read = {
        Field.SIZE: size,
        Field.BUDGET: budget,
        Field.COUNTRY: country,
        Field.URGENCY: urgency,
        Field.CAMPAIGN: known.campaigns.get(said[Field.CAMPAIGN]) if said[Field.CAMPAIGN] else "",
        Field.CAPTURED_BY: known.reps.get(said[Field.CAPTURED_BY]) if said[Field.CAPTURED_BY] else "",
    }
    return Prepared(line, request, tuple(f"{name} {said[name]!r}" for name, value in read.items() if value is None))


def check_phone(phone: str) -> None:
    """A spreadsheet that took a number for an amount has rounded it: the digits are gone."""
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", phone):
        raise BadRow(f"phone {phone!r} was rounded by a spreadsheet: format the column as text and export again")


def whole_number(text: str) -> int | None:
    """`100-499人` → 100, `30万` → 300000, `¥50,000` → 50000; nothing said → 0; not understood → None."""
    if not text:
        return 0
    plain = unicodedata.normalize("NFKC", text).casefold().replace(",", "").replace(" ", "")
    found = re.search(r"(\d+(?:\.\d+)?)(?:[-~至]\d+(?:\.\d+)?)?(百万|千|万|亿|k|w|m)?", plain)
    return round(float(found[1]) * codes.UNITS[found[2] or ""]) if found else None


def tags_of(text: str) -> list[str]:
    """Divided at whatever people divide with; lower case, without repeats."""
    parts = (part.strip().casefold()[:LONGEST_TAG] for part in re.split(r"[,;|/、，；\s]+", text))
    return list(dict.fromkeys(filter(None, parts)))[:MOST_TAGS]
