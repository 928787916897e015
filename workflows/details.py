"""What operators read in the Temporal UI about a run. Pure; codes and instants only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from workflows.rests import Rests

# What the UI allows for a summary, in bytes.
LONGEST_SUMMARY = 400


@dataclass(frozen=True)
class LeadSchedule:
    """Where a lead stands: the answer to the query `schedule`."""

    state: str
    owner_code: str
    due_at: datetime | None
    wake_at: datetime | None
    why: str


@dataclass(frozen=True)
class Happening:
    """Something that reached the run or that it did."""

    at: datetime
    what: str


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def of_lead(shown: LeadSchedule, rests: Rests, happenings: Iterable[Happening]) -> str:
    """A lead's run as Markdown: state, holder, next deadline and why, refusals, what happened last."""
    state = shown.state or "not known to routing yet"
    lines = [f"**{state}**, held by `{shown.owner_code}`" if shown.owner_code else f"**{state}**"]
    if shown.due_at is not None:
        lines.append(f"Deadline **{instant(shown.due_at)}**: {shown.why}")
    elif shown.why:
        lines.append(shown.why)
    if shown.wake_at is not None:
        lines.append(f"Looks again at {instant(shown.wake_at)}")
    return _markdown(lines, rests, happenings)


def of_conversion(state: str, rests: Rests, happenings: Iterable[Happening]) -> str:
    """A conversion's run as Markdown."""
    return _markdown([f"**{state or 'not asked for yet'}**"], rests, happenings)


def why(reason: str, rests: Rests) -> str:
    """The answer to the query `why`: the reason for what is being waited for, and what was refused."""
    return "\n".join([reason or "nothing is pending", *refusals(rests)])


def refusals(rests: Rests) -> list[str]:
    return [f"{step}: refused, {rest.refusal}; again at {instant(rest.until)}" for step, rest in rests.items()]


def summary_of(text: str) -> str:
    """A text cut to what the UI takes."""
    return text.encode()[:LONGEST_SUMMARY].decode(errors="ignore")


def _markdown(lines: list[str], rests: Rests, happenings: Iterable[Happening]) -> str:
    told = [f"- {instant(one.at)}: {one.what}" for one in happenings]
    parts = ["\n\n".join([*lines, *refusals(rests)])]
    if told:
        parts.append("\n".join(["Last:", "", *told]))
    return "\n\n".join(parts)
