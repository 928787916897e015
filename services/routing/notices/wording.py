"""The words of a message: ids, codes and instants, in Chinese or English. Nothing in it is about a person."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.routing.notices.contact import Language, Preferences
from services.routing.notices.notice import NoticeKind, RecordedNotice
from services.routing.reasons import CATALOGUE

TITLES: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.REMINDER: ("跟进即将到期", "A deadline comes nearer"),
    NoticeKind.FIRST_RESPONSE_DUTY: ("请首次响应", "A first response is due"),
    NoticeKind.ASSIGNED: ("已分配给您", "Assigned to you"),
    NoticeKind.RECALLED: ("已被自动回收", "Recalled by the clock"),
    NoticeKind.RECLAIMED: ("已被主管收回", "Reclaimed by a manager"),
    NoticeKind.TRANSFERRED: ("已转交他人", "Transferred to somebody else"),
    NoticeKind.REENQUIRY: ("再次咨询", "Has come to us again"),
    NoticeKind.MATURITY: ("已成熟", "Has become mature"),
    NoticeKind.EXTENSION_REQUESTED: ("申请延期", "An extension is requested"),
    NoticeKind.EXTENSION_DECIDED: ("延期申请已处理", "An extension is decided"),
    NoticeKind.LONG_LEAVE: ("销售长期休假，请安排交接", "A long leave: hand over or leave"),
    NoticeKind.POOL_DWELL: ("在公海停留过久", "Waits in the pool for long"),
    NoticeKind.FOLLOW_UP_VOIDED: ("跟进被作废", "A follow-up was voided"),
    NoticeKind.PLAN_DUE: ("计划的跟进到期", "A planned follow-up is due"),
    NoticeKind.REBASED: ("期限已重新计算", "The deadline was computed anew"),
    NoticeKind.UNASSIGNED: ("待主管处理", "Waits for a manager"),
    NoticeKind.REP_INACTIVE: ("持有人已停用，请安排交接", "Its holder takes no leads any more: hand over or leave"),
}
CAUSES = {
    "FIRST_RESPONSE": ("首次响应超时", "first response"),
    "PROTECTION": ("保护期", "protection"),
    "MAXIMUM": ("最长持有期", "longest holding"),
    "NOBODY_ANSWERED": ("无人响应", "nobody answered"),
    "NOBODY_HAS_ROOM": ("无人有余量", "nobody has room"),
    "TOO_MANY_HOLDINGS": ("退回次数过多", "given back too often"),
    "TOO_OLD": ("在公海停留过久", "waited too long in its pool"),
    "VOIDED": ("已作废的线索再次咨询", "a voided lead enquires again"),
    **{reason.code: (reason.text_zh, reason.text_en) for reason in CATALOGUE},
}
LABELS = {
    "lead": ("线索", "Lead"),
    "step": ("提醒", "Step"),
    "due": ("期限", "Due"),
    "reason": ("原因", "Reason"),
    "for": ("接收", "For"),
    "written": ("时间", "Written"),
    "see": ("查看：clew notice list", "See: clew notice list"),
}
# Anything else would be somebody's own words.
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
LENGTH = r"(?:\d{1,5}(?:\.\d{1,6})?[dhms]){1,4}(?: of working time)?|\d{1,4} working days?"
STEP = re.compile(
    rf"(?:{LENGTH}) before|\d{{1,2}}%|(?:re-enquiry|maturity|epoch|queue) \d{{1,6}}|{CODE.pattern}"
    r"|\d{1,6} held at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
)


def wording(notices: Sequence[RecordedNotice], preferences: Preferences) -> tuple[str, list[str]]:
    """Subject and lines of a message about one notice or many."""
    zh = preferences.language is Language.ZH
    if len(notices) == 1:
        return _title(notices[0], zh=zh), _lines(notices[0], preferences.zone, zh=zh)
    counted = Counter(_pick(TITLES[notice.kind], zh=zh) for notice in notices)
    kinds = [f"{title} × {count}" for title, count in counted.most_common()]
    subject = f"Clew：{len(notices)} 条通知" if zh else f"Clew: {len(notices)} notices"
    lines = [_in_a_digest(notice, preferences.zone, zh=zh) for notice in notices]
    return subject, [("，" if zh else ", ").join(kinds), "", *lines, "", _pick(LABELS["see"], zh=zh)]


def trial_wording(preferences: Preferences) -> tuple[str, list[str]]:
    """Of the message by which somebody tries out whether anything reaches him."""
    if preferences.language is Language.ZH:
        return "Clew：测试消息", ["您的通知渠道工作正常。"]
    return "Clew: a test", ["Notices reach you on this channel."]


def _title(notice: RecordedNotice, *, zh: bool) -> str:
    short, title = str(notice.lead_id)[-8:], _pick(TITLES[notice.kind], zh=zh)
    return f"Clew：线索 …{short} {title}" if zh else f"Clew: lead …{short}: {title}"


def _lines(notice: RecordedNotice, zone: str, *, zh: bool) -> list[str]:
    told = {
        "lead": str(notice.lead_id),
        "step": step_code(notice),
        "due": _when(notice.due_at, zone),
        "reason": _reason(notice, zh=zh),
        "for": notice.rep_code or notice.team_code or notice.pool_code,
        "written": _when(notice.created_at, zone),
    }
    colon = "：" if zh else ": "
    lines = [f"{_pick(LABELS[name], zh=zh)}{colon}{value}" for name, value in told.items() if value]
    return [*lines, _pick(LABELS["see"], zh=zh)]


def _in_a_digest(notice: RecordedNotice, zone: str, *, zh: bool) -> str:
    parts = [
        f"{_pick(TITLES[notice.kind], zh=zh)} …{str(notice.lead_id)[-8:]}",
        step_code(notice),
        _when(notice.due_at, zone),
        _reason(notice, zh=zh),
    ]
    return " · ".join(part for part in parts if part)


def _when(instant: datetime | None, zone: str) -> str:
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {zone} (UTC{local:%z})"


def _reason(notice: RecordedNotice, *, zh: bool) -> str:
    known = CAUSES.get(code := reason_code(notice))
    return f"{_pick(known, zh=zh)} ({code})" if known else code


def reason_code(notice: RecordedNotice) -> str:
    """Empty where it is none."""
    return notice.reason if CODE.fullmatch(notice.reason) else ""


def step_code(notice: RecordedNotice) -> str:
    """A reminder's, such as `2h before`; empty where it is none."""
    return notice.step if STEP.fullmatch(notice.step) else ""


def _pick(both: tuple[str, str], *, zh: bool) -> str:
    return both[0] if zh else both[1]
