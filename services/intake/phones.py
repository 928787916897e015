"""Phone numbers as people in China type them, to one form: E.164, with its kind.

A pre-cleaner takes off what no number has (labels, full-width forms, extensions, a second number); the rest is
libphonenumber's. The same number in any spelling has the same key.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, geocoder, timezone

from services.shared.refusals import InvalidInput

DEFAULT_COUNTRY = "CN"
FIELD = "person.phone"

_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|extension|#|x)\s*[:：]?\s*(\d{1,8})\s*$", re.IGNORECASE)
# A second number after a separator; the first one is taken.
_SECOND = re.compile(r"[,，;；、/|或]|\s{2,}")
_LABEL = re.compile(r"^\D*?(?=[+(\d])")
# 400 and 800 numbers belong to companies: 400 123 4567.
_SERVICE_LINE = re.compile(r"^(?:\+?86)?([48]00\d{7})$")
_UNKNOWN_ZONE = "Etc/Unknown"


class PhoneKind(StrEnum):
    MOBILE = "MOBILE"
    FIXED_LINE = "FIXED_LINE"
    SERVICE_LINE = "SERVICE_LINE"


@dataclass(frozen=True)
class Phone:
    """A number, its kind, and what the number itself tells of where it is."""

    e164: str
    kind: PhoneKind
    extension: str = ""
    country: str = ""
    # In Chinese, such as `上海市`; of the number's segment, so that a ported number may be elsewhere.
    place: str = ""
    time_zone: str = ""


class UnusablePhone(InvalidInput):
    def __init__(self) -> None:
        super().__init__(
            FIELD, "This is no phone number. Write it as 138 0013 8000, 010-12345678, or with +country code."
        )


def read_phone(text: str, country: str = DEFAULT_COUNTRY) -> Phone | None:
    """A number in any common spelling; None when nothing was typed. Raises UnusablePhone."""
    if not text.strip():
        return None
    digits, extension = clean(text)
    if service := _SERVICE_LINE.match(digits):
        return Phone(service[1], PhoneKind.SERVICE_LINE, extension, country="CN", time_zone="Asia/Shanghai")
    return _of_number(_parse(digits, text, country or DEFAULT_COUNTRY), extension)


def clean(text: str) -> tuple[str, str]:
    """Digits with a leading + where there is one, and the extension."""
    plain = unicodedata.normalize("NFKC", text).strip()
    extension = ""
    if found := _EXTENSION.search(plain):
        extension, plain = found[1], plain[: found.start()]
    plain = _LABEL.sub("", plain, count=1)
    plain = next((part for part in _SECOND.split(plain) if sum(c.isdigit() for c in part) >= 7), plain)
    digits = re.sub(r"[^\d+]", "", plain)
    digits = digits[:1] + digits[1:].replace("+", "")
    # +86 0 10 …: the trunk 0 has no place after the country code. 0086 is +86.
    digits = re.sub(r"^00(?=[1-9])", "+", digits)
    return re.sub(r"^\+860(?=\d)", "+86", digits), extension


def _parse(digits: str, text: str, country: str) -> PhoneNumber:
    """By the country first; a Chinese number written as 86… without + is tried with it; last, the text as it is."""
    tries = [(digits, country)]
    if country == "CN" and digits.startswith("86"):
        tries.append((f"+{digits}", country))
    tries.append((text, country))
    for number, region in tries:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return parsed
    raise UnusablePhone


def _of_number(number: PhoneNumber, extension: str) -> Phone:
    zones = timezone.time_zones_for_number(number)
    mobile = phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        kind=PhoneKind.MOBILE if mobile else PhoneKind.FIXED_LINE,
        extension=extension or number.extension or "",
        country=phonenumbers.region_code_for_number(number) or "",
        place=_place(phonenumbers.format_number(number, PhoneNumberFormat.E164)),
        # A country of several zones does not tell one.
        time_zone=zones[0] if len(zones) == 1 and zones[0] != _UNKNOWN_ZONE else "",
    )


@lru_cache(maxsize=10_000)
def _place(e164: str) -> str:
    return geocoder.description_for_number(phonenumbers.parse(e164), "zh") or ""
