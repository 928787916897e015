"""Phone numbers as people in China type them, to one form: E.164, with its kind.

A pre-cleaner takes off what no number has (labels, full-width forms, extensions, a second number); the rest is
libphonenumber's. The same number in any spelling has the same key.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, geocoder, timezone

from services.shared.refusals import InvalidInput

DEFAULT_COUNTRY = "CN"
FIELD = "person.phone"

_EXTENSION = re.compile(
    r"[;,]?\s*(?:转|轉|分机|分機|(?<![a-z])(?:extension|extn?|x)\.?|#)+\s*[:=]?\s*(\d{1,8})\s*\)?\s*$", re.IGNORECASE
)
# 010-62345678-801: read as an extension only where the whole is no number.
_DASHED_EXTENSION = re.compile(r"^(.*\d)\s*[-‐-―－]\s*(\d{1,6})\s*$", re.DOTALL)
# Between two numbers.
_SEPARATOR = re.compile(r"[,;、/|或\n](?!\s*ext)", re.IGNORECASE)
_GAP = re.compile(r"\s+|[(（]")
_NOT_OF_A_NUMBER = re.compile(r"^\D*?(?=[+(\d])")
# A number has at least as many digits; one that stands beside another after a mere gap has an area code, too.
_FEWEST_DIGITS = 7
_FEWEST_AFTER_A_GAP = 10
CHINA = 86
SHORTEST_WITH_AREA_CODE = 10
_UNKNOWN_ZONE = "Etc/Unknown"


class PhoneKind(StrEnum):
    MOBILE = "MOBILE"
    FIXED_LINE = "FIXED_LINE"
    # 400, 800 and their like in other countries: a company's.
    SERVICE_LINE = "SERVICE_LINE"


_KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    # Where a number does not show what it is, as in North America, it is mostly somebody's own.
    PhoneNumberType.FIXED_LINE_OR_MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.TOLL_FREE: PhoneKind.SERVICE_LINE,
    PhoneNumberType.SHARED_COST: PhoneKind.SERVICE_LINE,
    PhoneNumberType.PREMIUM_RATE: PhoneKind.SERVICE_LINE,
    PhoneNumberType.UAN: PhoneKind.SERVICE_LINE,
}


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

    @property
    def dialled(self) -> str:
        """As one dials it; read again, it is the same phone."""
        return f"{self.e164} ext. {self.extension}" if self.extension else self.e164


class UnusablePhone(InvalidInput):
    def __init__(self) -> None:
        super().__init__(
            FIELD, "This is no phone number. Write it as 138 0013 8000, 010-12345678, or with +country code."
        )


def read_phone(text: str, country: str = DEFAULT_COUNTRY) -> Phone | None:
    """A number in any common spelling; None when nothing was typed. Raises UnusablePhone."""
    if not text.strip():
        return None
    region = country or DEFAULT_COUNTRY
    plain = _plain(text)
    # A telephone URI that says itself where its number is read is the library's alone.
    for candidate in () if "phone-context=" in plain else _candidates(plain):
        digits, extension = clean(candidate)
        if number := _valid(digits, region):
            return _phone(number, extension)
        if (dashed := _DASHED_EXTENSION.match(candidate)) and (number := _valid(clean(dashed[1])[0], region)):
            phone = _phone(number, dashed[2])
            if phone.kind is not PhoneKind.MOBILE:
                return phone
    # Letters for digits, and what else the library knows.
    if number := _parsed(plain, region):
        return _phone(number, "")
    raise UnusablePhone


def clean(text: str) -> tuple[str, str]:
    """Digits with a leading + where there is one, and the extension."""
    extension = ""
    if found := _EXTENSION.search(text):
        extension, text = found[1], text[: found.start()]
    text = _NOT_OF_A_NUMBER.sub("", _without_label(text), count=1)
    digits = re.sub(r"[^\d+]", "", text)
    digits = digits[:1] + digits[1:].replace("+", "")
    # 0086 is +86. +86 0 10 …: the trunk 0 has no place after the country code.
    digits = re.sub(r"^00(?=[1-9])", "+", digits)
    return re.sub(r"^\+860(?=\d)", "+86", digits), extension


def _plain(text: str) -> str:
    """Without full width, and with 0 to 9 for the digits of any script."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in wide).strip()


def _candidates(plain: str) -> Iterator[str]:
    """What may be the number, the likelier first: of two numbers the first, then what stands before a gap."""
    parts = [part for part in _SEPARATOR.split(plain) if _digits_in(part) >= _FEWEST_DIGITS]
    yield from parts or [plain]
    # With a country code, what follows a gap is no number by itself.
    if "+" not in plain:
        yield from (part for part in _GAP.split(plain) if _digits_in(part) >= _FEWEST_AFTER_A_GAP)


def _without_label(text: str) -> str:
    """`手机1:138…`: what stands before a colon and is no number itself."""
    label, colon, rest = text.partition(":")
    return rest if colon and _digits_in(label) < _FEWEST_DIGITS else text


def _digits_in(text: str) -> int:
    return sum(c.isdecimal() for c in text)


def _valid(digits: str, region: str) -> PhoneNumber | None:
    """By the region; a Chinese number written as 86… without its + is tried with it."""
    number = _parsed(digits, region)
    if number is None and region == "CN" and digits.startswith("86"):
        number = _parsed(f"+{digits}", region)
    return number


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and not _lacks_its_area_code(number) else None


def _lacks_its_area_code(number: PhoneNumber) -> bool:
    """5551234 alone is nobody's number in China; the library takes it for a hotline's with an area code."""
    fixed = phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE
    return fixed and number.country_code == CHINA and len(str(number.national_number)) < SHORTEST_WITH_AREA_CODE


def _phone(number: PhoneNumber, extension: str) -> Phone:
    zones = timezone.time_zones_for_number(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(
        e164=e164,
        kind=_KINDS.get(phonenumbers.number_type(number), PhoneKind.FIXED_LINE),
        extension=extension or number.extension or "",
        country=phonenumbers.region_code_for_number(number) or "",
        place=_place(e164),
        # A country of several zones does not tell one.
        time_zone=zones[0] if len(zones) == 1 and zones[0] != _UNKNOWN_ZONE else "",
    )


@lru_cache(maxsize=10_000)
def _place(e164: str) -> str:
    return geocoder.description_for_number(phonenumbers.parse(e164), "zh") or ""
