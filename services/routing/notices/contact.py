"""How somebody wants to hear of notices: over which channels, when, and in which language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from services.routing.notices.notice import NoticeKind
from services.shared.refusals import InvalidInput
from services.shared.zones import zone_named

# WeCom's own form of a member's id; several are one address, as the managers of a team.
WECOM_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
LONGEST_ADDRESS = 1_000


class Channel(StrEnum):
    EMAIL = "EMAIL"
    WECOM = "WECOM"
    WEBHOOK = "WEBHOOK"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


@dataclass(frozen=True)
class QuietHours:
    """Local times, the end not included; over midnight where the start is the later of the two."""

    start: time
    end: time


@dataclass(frozen=True)
class Preferences:
    language: Language = Language.ZH
    zone: str = "Asia/Shanghai"
    quiet: QuietHours | None = None
    urgent_breaks_quiet: bool = True
    # Zero: each notice at once.
    digest_every: timedelta = timedelta(0)


@dataclass(frozen=True)
class Way:
    """A channel and where it leads; `kinds` empty: for all notices. An empty secret keeps the one that is stored."""

    channel: Channel
    address: str = field(repr=False)
    kinds: frozenset[NoticeKind] = frozenset()
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Contact:
    preferences: Preferences = Preferences()
    ways: Sequence[Way] = ()


def check_contact(contact: Contact) -> None:
    """Raises InvalidInput that names the field; the address itself is not repeated."""
    if zone_named(contact.preferences.zone) is None:
        raise InvalidInput("contact.zone", "Name an IANA time zone, such as Asia/Shanghai.")
    quiet = contact.preferences.quiet
    if quiet and quiet.start == quiet.end:
        raise InvalidInput("contact.quiet_to", "Quiet hours end at another time than they begin.")
    if len({way.channel for way in contact.ways}) < len(contact.ways):
        raise InvalidInput("contact.channels", "Name each channel once.")
    for index, way in enumerate(contact.ways):
        place = f"contact.channels[{index}]"
        if problem := _problem_of(way):
            raise InvalidInput(f"{place}.address", problem)
        if way.secret and way.channel is not Channel.WEBHOOK:
            raise InvalidInput(f"{place}.secret", "Only a webhook has a secret.")


def _problem_of(way: Way) -> str:
    """What is wrong with an address; empty when it can be used."""
    if len(way.address) > LONGEST_ADDRESS or not way.address.isprintable() or " " in way.address:
        return f"An address has at most {LONGEST_ADDRESS} visible characters."
    if way.channel is Channel.EMAIL:
        try:
            validate_email(way.address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
        except EmailNotValidError:
            return "This is no e-mail address."
    elif way.channel is Channel.WECOM:
        if not all(WECOM_USER.fullmatch(user) for user in way.address.split("|")):
            return "Name WeCom user ids, several separated by |."
    elif not _is_target(way.address):
        return "Name an http or https URL with a host, without a user and without a fragment."
    return ""


def _is_target(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return named and parts.scheme in {"http", "https"} and "@" not in parts.netloc and not parts.fragment
