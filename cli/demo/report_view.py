"""The report to look at."""

import re
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.demo.csv_file import BadLine
from cli.demo.report import (
    Equation,
    Observed,
    Recall,
    Spread,
    done_by,
    equations,
    lateness,
    mean_first_response,
    spread,
)
from cli.output import facts, table

ROWS_SHOWN, NUMBERS_SHOWN = 12, 20
CLOCKS = {
    "FIRST_RESPONSE": "no first response in time",
    "PROTECTION": "protection ran out",
    "MAXIMUM": "the maximum was reached",
}


def report_view(seen: Observed) -> Group:
    parts: list[RenderableType] = [_equations(equations(seen))]
    if seen.bad_lines:
        parts.append(_bad_lines(seen.bad_lines))
    parts += [_speeds(seen), _happened(seen)]
    if seen.recalls:
        parts.append(_recalls(seen.recalls))
    return Group(*(piece for part in parts for piece in ("", part)))


def _equations(found: Sequence[Equation]) -> Table:
    """Each count beside what it must be; where they differ, by how much."""
    title = "It adds up" if all(one.holds for one in found) else "It does NOT add up"
    made = Table(title=title, title_justify="left", show_header=False, box=None)
    for one in found:
        verdict = Text("ok", style="green") if one.holds else Text(f"{one.difference:+d}", style="bold red")
        made.add_row(verdict, one.left, "=" if one.holds else "≠", one.right)
    return made


def _bad_lines(lines: Sequence[BadLine]) -> Table:
    """Every malformed row by its line, those of one reason together."""
    by_reason: dict[str, list[int]] = {}
    for line in lines:
        by_reason.setdefault(line.reason, []).append(line.line)
    return table(
        f"Malformed rows, refused ({len(lines)}){_shown(len(by_reason))}",
        "Line",
        "Why",
        rows=[(_numbers(numbers), reason) for reason, numbers in list(by_reason.items())[:ROWS_SHOWN]],
    )


def _numbers(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - NUMBERS_SHOWN} more" if len(numbers) > NUMBERS_SHOWN else ""
    return ", ".join(str(number) for number in numbers[:NUMBERS_SHOWN]) + more


def _speeds(seen: Observed) -> Table:
    rows = [_milliseconds(f"{kind} (as the caller waits)", spread(values)) for kind, values in seen.seconds.items()]
    by = ", ".join(f"{count} by the {name.lower()}" for name, count in sorted(done_by(seen).items()))
    rows.append(_milliseconds(f"recall after its due time{f' ({by})' if by else ''}", lateness(seen)))
    return table("How fast, in milliseconds", "What", "Count", "p50", "p99", "Longest", rows=rows)


def _milliseconds(what: str, found: Spread | None) -> tuple[str, ...]:
    if found is None:
        return what, "0", "", "", ""
    figures = (f"{seconds * 1000:.1f}" for seconds in (found.p50, found.p99, found.largest))
    return what, str(found.count), *figures


def _happened(seen: Observed) -> Table:
    response = mean_first_response(seen)
    count = len(seen.first_responses)
    return facts(
        "What happened",
        [
            ("First response", f"{response.total_seconds():.2f} s on average, {count} times" if response else "never"),
            ("Decisions", _counted(seen.verbs)),
            ("Reviews decided", _counted(seen.reviews_decided)),
            ("Refusals met", _counted(seen.refusals)),
            ("Failures", "\n".join(f"{n} × {what}" for what, n in seen.failures.items())),
        ],
    )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count)


def _recalls(recalls: Sequence[Recall]) -> Table:
    return table(
        f"Why each lead was recalled ({len(recalls)}){_shown(len(recalls))}",
        "Lead",
        "Rep",
        "Due (UTC)",
        "Late",
        "By",
        "Reminded",
        "Why",
        rows=[
            (
                f"…{recall.lead_id[-6:]}",
                recall.rep_code,
                f"{recall.due_at:%H:%M:%S}",
                f"{recall.late.total_seconds() * 1000:.0f} ms",
                recall.done_by.lower(),
                ", ".join(recall.reminders),
                _why(recall),
            )
            for recall in recalls[:ROWS_SHOWN]
        ],
    )


def _why(recall: Recall) -> str:
    """The clock, whose policy it is, and what moved it last; the report's file has every step."""
    clock = f"{CLOCKS.get(recall.cause, recall.cause)} ({recall.policy_version})"
    if len(recall.because) < 2:
        return clock
    return f"{clock}; {re.sub(r'[0-9]{4}-[0-9]{2}-[0-9]{2} | UTC', '', recall.because[-1])}"


def _shown(count: int) -> str:
    return f", the first {ROWS_SHOWN}; all are in demo-report.json" if count > ROWS_SHOWN else ""
