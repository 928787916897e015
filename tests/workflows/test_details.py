"""What operators read about a run."""

from datetime import UTC, datetime, timedelta

from workflows import details
from workflows.details import Happening, LeadSchedule
from workflows.refusals import Refusal
from workflows.rests import Rests
from workflows.search_attributes import to_the_hour

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HELD = LeadSchedule("HELD", "L007", NOON + timedelta(days=1), NOON + timedelta(hours=12), "first response is due")


def test_a_held_lead_shows_holder_deadline_and_why() -> None:
    assert details.of_lead(HELD, Rests(), [Happening(NOON, "lead_claimed")]) == (
        "**HELD**, held by `L007`\n\n"
        "Deadline **2026-11-24 12:00:00 UTC**: first response is due\n\n"
        "Looks again at 2026-11-24 00:00:00 UTC\n\n"
        "Last:\n\n"
        "- 2026-11-23 12:00:00 UTC: lead_claimed"
    )


def test_a_refused_step_shows_what_the_service_said_and_when_it_is_tried_again() -> None:
    rests = Rests()
    rests.begin("route the lead", Refusal("FAILED_PRECONDITION", "NO_RULES", {"kind": "assignment"}), NOON)

    assert "route the lead: refused, NO_RULES (kind assignment); again at 2026-11-23 12:00:01 UTC" in details.of_lead(
        HELD, rests, []
    )
    assert details.why("for now", rests).startswith("for now\nroute the lead: refused, NO_RULES")


def test_a_summary_is_cut_between_characters_at_what_the_ui_takes() -> None:
    cut = details.summary_of("线" * 200)

    assert len(cut.encode()) <= 400
    assert set(cut) == {"线"}


def test_a_deadline_is_filtered_by_its_hour() -> None:
    assert to_the_hour(NOON + timedelta(minutes=59, seconds=59)) == NOON
    assert to_the_hour(None) is None
