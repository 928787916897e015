"""Is a submission acceptable? Each check is a record: what was looked at, how it went, and why.

Unknown is not a failure. A required check that fails rejects the submission, which is kept. Evidence is shown outside
intake and never personal.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from services.intake.keys import Contacts
from services.intake.names import plain_name


class Verdict(StrEnum):
    PASS = "PASS"  # noqa: S105  # a verdict
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Check:
    check: str
    verdict: Verdict
    required: bool
    evidence: str = ""


# Bought or harvested addresses: nobody there has asked us anything.
UNLAWFUL_CHANNELS = frozenset({"bought_list", "scraped", "leaked"})
# Typed to see what happens.
_TEST_NAMES = re.compile(r"^(测试.*|.*测试|试试|test(s|er|ing|user)?|test .+|asdf.*|qwer.*|abc)$")
# Typed so as not to say who.
_NO_NAMES = frozenset({"无", "无名", "匿名", "不知道", "保密", "未知", "none", "null", "unknown", "anonymous", "n a"})


def screen(name: str, contacts: Contacts, channel: str, *, intent_known: bool) -> tuple[Check, ...]:
    """Every check, in the order in which people read them."""
    return (
        _check(
            "reachable",
            Verdict.PASS if contacts.reachable else Verdict.FAIL,
            "" if contacts.reachable else "neither phone nor e-mail nor WeCom id",
            required=True,
        ),
        _phone(contacts),
        _email(contacts),
        _name(name),
        _check(
            "source_lawful",
            Verdict.FAIL if channel in UNLAWFUL_CHANNELS else Verdict.PASS,
            channel,
            required=True,
        ),
        _check("intent_known", Verdict.PASS if intent_known else Verdict.UNKNOWN),
    )


def rejected(checks: tuple[Check, ...]) -> bool:
    return any(check.required and check.verdict is Verdict.FAIL for check in checks)


def _check(check: str, verdict: Verdict, evidence: str = "", *, required: bool = False) -> Check:
    return Check(check, verdict, required, evidence)


def _phone(contacts: Contacts) -> Check:
    if contacts.phone is None:
        return _check("phone_plausible", Verdict.UNKNOWN)
    where = contacts.phone.place or contacts.phone.country
    kind = contacts.phone.kind.lower().replace("_", " ")
    return _check("phone_plausible", Verdict.PASS, ", ".join(filter(None, [kind, where])))


def _email(contacts: Contacts) -> Check:
    if contacts.email is None:
        return _check("email_plausible", Verdict.UNKNOWN)
    return _check("email_plausible", Verdict.PASS, "role mailbox" if contacts.email.of_a_role else "personal")


def _name(name: str) -> Check:
    plain = plain_name(name)
    if not plain or plain in _NO_NAMES:
        return _check("name_plausible", Verdict.UNKNOWN, required=True)
    # 丽丽 is a name, 哈哈哈 and aaa are none.
    if _TEST_NAMES.match(plain) or (len(plain) > 2 and len(set(plain)) == 1):
        return _check("name_plausible", Verdict.FAIL, "looks like a test", required=True)
    return _check("name_plausible", Verdict.PASS, required=True)
