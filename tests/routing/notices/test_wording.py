"""What a message says: ids, codes and instants, whatever a notice's fields hold."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.routing.notices.contact import Language, Preferences
from services.routing.notices.notice import NoticeKind, RecordedNotice
from services.routing.notices.port import Outgoing
from services.routing.notices.webhook import content
from services.routing.notices.wording import TITLES, step_code, wording
from services.routing.policy import Policy
from services.routing.queue.store import REASONS
from services.shared.ids import new_id

LEAD = UUID("01a208ea-025f-73d7-bce5-a99810da86cf")
EN = Preferences(Language.EN)
CANARIES = ("王小明", "13812345678", "wang@example.com", "call Wang at home")


def a_notice(kind: NoticeKind = NoticeKind.REMINDER, *, step: str = "2h before", reason: str = "") -> RecordedNotice:
    return RecordedNotice(
        notice_id=new_id(),
        kind=kind,
        step=step,
        rep_id=new_id(),
        rep_code="L007",
        pool_code="",
        team_code="",
        lead_id=LEAD,
        holding_id=new_id(),
        due_at=datetime(2026, 12, 3, 14, 58, tzinfo=UTC),
        reason=reason,
        created_at=datetime(2026, 12, 3, 12, 58, tzinfo=UTC),
        acknowledged_at=None,
    )


def test_a_chinese_message_names_the_lead_the_deadline_with_its_zone_and_the_reason() -> None:
    subject, body = wording([a_notice(reason="PROTECTION")], Preferences())

    assert subject == "Clew：线索 …10da86cf 跟进即将到期"
    assert body == [
        "线索：01a208ea-025f-73d7-bce5-a99810da86cf",
        "提醒：2h before",
        "期限：2026-12-03 22:58 Asia/Shanghai (UTC+0800)",
        "原因：保护期 (PROTECTION)",
        "接收：L007",
        "时间：2026-12-03 20:58 Asia/Shanghai (UTC+0800)",
        "查看：clew notice list",
    ]


def test_an_english_digest_counts_and_lists() -> None:
    recalled = a_notice(NoticeKind.RECALLED, step="", reason="MAXIMUM")

    subject, body = wording([recalled, recalled, a_notice()], EN)

    assert subject == "Clew: 3 notices"
    assert body[0] == "Recalled by the clock × 2, A deadline comes nearer × 1"
    assert body[2] == (
        "Recalled by the clock …10da86cf · 2026-12-03 22:58 Asia/Shanghai (UTC+0800) · longest holding (MAXIMUM)"
    )


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_words_in_both_languages(kind: NoticeKind) -> None:
    zh, en = TITLES[kind]

    assert re.search(r"[一-鿿]", zh)
    assert en.isascii()


@pytest.mark.parametrize("reason", REASONS)
def test_why_a_lead_waits_for_a_manager_is_told_in_words(reason: str) -> None:
    _, body = wording([a_notice(NoticeKind.UNASSIGNED, step="queue 1", reason=reason)], Preferences())

    [told] = [line for line in body if reason in line]
    assert re.search(rf"原因：[一-鿿]+ \({reason}\)", told)


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("language", Language)
def test_what_somebody_wrote_into_a_reason_or_a_step_goes_nowhere(canary: str, language: Language) -> None:
    notice = a_notice(step=canary, reason=canary)

    for notices in ([notice], [notice] * 3):
        subject, body = wording(notices, Preferences(language))
        sent = content(Outgoing(new_id(), "", "", subject, body, notices))
        assert canary not in json.dumps(sent, ensure_ascii=False)


@pytest.mark.parametrize(
    "step",
    [
        "50%",
        "2h before",
        "1d12h before",
        "2h of working time before",
        "1 working day before",
        "re-enquiry 2",
        "queue 3",
        "12 held at 2026-11-24T04:20:33Z",
    ],
)
def test_a_step_is_told_as_it_is_named(step: str) -> None:
    assert step_code(a_notice(step=step)) == step


def test_the_steps_of_policies_are_known_steps() -> None:
    for reminder in Policy().reminders:
        assert step_code(a_notice(step=reminder.step)) == reminder.step
