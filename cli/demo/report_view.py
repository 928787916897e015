"""The report to look at."""

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

ROWS_SHOWN = 12


def report_view(seen: Observed) -> Group:
    parts: list[RenderableType] = [_equations(equations(seen))]
    if seen.bad_lines:
        parts.append(bad_lines_table(seen.bad_lines))
    parts += [_speeds(seen), _happened(seen)]
    if seen.recalls:
        parts.append(_recalls(seen.recalls))
    return Group(*(piece for part in parts for piece in (part, "")))


def _equations(found: Sequence[Equation]) -> Table:
    title = "It adds up" if all(one.holds for one in found) else "It does NOT add up"
    return table(
        title,
        "",
        "",
        "",
        "",
        rows=[(_verdict(one), one.left, "=" if one.holds else "≠", one.right) for one in found],
    )


def _verdict(equation: Equation) -> Text:
    """The difference, where there is one."""
    if equation.holds:
        return Text("ok", style="green")
    return Text(f"{equation.difference:+d}", style="bold red")


def bad_lines_table(lines: Sequence[BadLine]) -> Table:
    return table(
        f"Malformed rows, refused ({len(lines)})" + _shown(len(lines)),
        "Line",
        "Why",
        rows=[(str(line.line), line.reason) for line in lines[:ROWS_SHOWN]],
    )


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
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def _recalls(recalls: Sequence[Recall]) -> Table:
    return table(
        f"Why each lead was recalled ({len(recalls)})" + _shown(len(recalls)),
        "Lead",
        "Rep",
        "Policy",
        "Clock",
        "Due (UTC)",
        "Late",
        "By",
        "Reminded",
        "Last that moved it",
        rows=[
            (
                f"…{recall.lead_id[-6:]}",
                recall.rep_code,
                recall.policy_version,
                recall.cause.lower().replace("_", " "),
                f"{recall.due_at:%H:%M:%S}",
                f"{recall.late.total_seconds() * 1000:.0f} ms",
                recall.done_by.lower(),
                ", ".join(recall.reminders),
                recall.because[-1] if recall.because else "",
            )
            for recall in recalls[:ROWS_SHOWN]
        ],
    )


def _shown(count: int) -> str:
    return f", the first {ROWS_SHOWN}; all are in demo-report.json" if count > ROWS_SHOWN else ""
