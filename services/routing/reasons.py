"""The catalogue of reasons for giving back, taking back, rejecting, disqualifying and voiding a lead.

Codes are stable; texts may change. Each reason says what becomes of the lead, and whether the rep must wait before
he may claim it again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.shared.refusals import InvalidInput

CATALOGUE_VERSION = 2
# No return lets a lead rest for longer.
LONGEST_REST = timedelta(days=366)


class Next(StrEnum):
    """What a reason makes of the lead."""

    POOL = "POOL"
    REROUTE = "REROUTE"
    INVALID = "INVALID"
    # Back to the pool, where it rests.
    RESTING = "RESTING"
    VOIDED = "VOIDED"


@dataclass(frozen=True)
class Reason:
    code: str
    text_zh: str
    text_en: str
    # The verbs that may use it; a verb's roles are in access.py.
    verbs: frozenset[str]
    next: Next
    cooldown: bool
    # With RESTING: for how long, unless the return says until when, where it may.
    rest: timedelta | None = None
    takes_resting_until: bool = False
    # The claim counts no more against its day's limit: there was nobody to call.
    gives_claim_back: bool = False


RETURN, RECLAIM, DISQUALIFY = "ReturnLead", "ReclaimLead", "DisqualifyLead"
REJECT, VOID = "RejectLead", "VoidLead"


def _reason(
    code: str,
    zh: str,
    en: str,
    *verbs: str,
    next: Next = Next.POOL,  # noqa: A002  # as the catalogue calls it
    cooldown: bool = True,
    rest: timedelta | None = None,
    takes_resting_until: bool = False,
    gives_claim_back: bool = False,
) -> Reason:
    return Reason(code, zh, en, frozenset(verbs), next, cooldown, rest, takes_resting_until, gives_claim_back)


CATALOGUE: tuple[Reason, ...] = (
    _reason("NOT_INTERESTED", "暂无意向", "Not interested", RETURN),
    _reason("UNREACHABLE", "联系不上", "Cannot be reached", RETURN),
    _reason("NO_TIME", "无暇跟进", "The rep has no time", RETURN, RECLAIM),
    _reason("WRONG_REP", "不属于我负责", "Another rep's field", RETURN, RECLAIM, next=Next.REROUTE, cooldown=False),
    _reason("REP_ABSENT", "销售不在岗", "The rep is absent", RECLAIM, next=Next.REROUTE, cooldown=False),
    _reason("NEGLECTED", "跟进不力", "Not followed up well", RECLAIM),
    _reason("MANAGER_DECISION", "主管调配", "The manager's decision", RECLAIM, cooldown=False),
    _reason(
        "NOT_READY",
        "时机未到",
        "Not ready yet",
        RETURN,
        next=Next.RESTING,
        rest=timedelta(days=90),
        takes_resting_until=True,
    ),
    _reason("COMPLAINT", "投诉", "Complained about us", RETURN, RECLAIM, next=Next.RESTING, rest=timedelta(days=180)),
    _reason(
        "DEAD_NUMBER",
        "空号",
        "The number is dead",
        RETURN,
        DISQUALIFY,
        next=Next.INVALID,
        cooldown=False,
        gives_claim_back=True,
    ),
    _reason("WRONG_PERSON", "非本人", "Somebody else's number", RETURN, DISQUALIFY, next=Next.INVALID, cooldown=False),
    _reason("NOT_A_BUYER", "非目标客户", "Will never buy", RETURN, DISQUALIFY, next=Next.INVALID, cooldown=False),
    _reason("COMPETITOR", "同行", "A competitor", RETURN, DISQUALIFY, next=Next.INVALID, cooldown=False),
    _reason("SPAM", "垃圾信息", "Spam", RETURN, RECLAIM, DISQUALIFY, next=Next.INVALID, cooldown=False),
    _reason("NOT_QUALIFIED", "不符合线索标准", "Does not meet what was agreed for a lead", REJECT),
    _reason("NO_NEED", "无真实需求", "No real need", REJECT),
    _reason("NO_BUDGET", "无预算", "No budget", REJECT),
    _reason("NO_AUTHORITY", "无决策权", "Does not decide", REJECT),
    _reason("WRONG_FACTS", "线索信息有误", "What is known of it is wrong", REJECT),
    _reason("TEST_DATA", "测试数据", "Test data", VOID, next=Next.VOIDED, cooldown=False),
    _reason("ENTERED_IN_ERROR", "误录", "Entered in error", VOID, next=Next.VOIDED, cooldown=False),
)


class ReasonNotAllowed(InvalidInput):
    def __init__(self, code: str, verb: str) -> None:
        allowed = ", ".join(sorted(reason.code for reason in CATALOGUE if verb in reason.verbs))
        super().__init__(
            "reason",
            f"{code} is no reason for {verb}; its reasons are {allowed}.",
            reason="REASON_NOT_ALLOWED",
        )
        # By hand: the parameter `reason` is the refusal's own.
        self.metadata = {"reason": code, "allowed": allowed}


def resting_until(reason: Reason, now: datetime, asked: datetime | None) -> datetime | None:
    """Until when a lead rests that is given back for this reason; None when it does not. Raises InvalidInput."""
    if asked is None:
        return now + reason.rest if reason.rest else None
    if not reason.takes_resting_until:
        raise InvalidInput("resting_until", f"The reason {reason.code} does not take an instant: leave it out.")
    return check_rest(asked, now)


def check_rest(until: datetime, now: datetime) -> datetime:
    """Raises InvalidInput for a rest that is over already or has no end in sight."""
    if not now < until <= now + LONGEST_REST:
        raise InvalidInput("resting_until", "A lead rests until a future instant, at most 366 days away.")
    return until


def reason_for(code: str, verb: str) -> Reason:
    """The reason, if the verb may use it. Raises ReasonNotAllowed."""
    for reason in CATALOGUE:
        if reason.code == code and verb in reason.verbs:
            return reason
    raise ReasonNotAllowed(code, verb)
