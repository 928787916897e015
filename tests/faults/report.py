"""What a run of the fault harness found: in the terminal, as one page without scripts or network, as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.faults import plot
from tests.faults.figures import FaultResult, InvariantResult, Run

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --pale: #59636e; --rule: #d1d9e0; --p50: #0969da;
  --p99: #953800; --bad: #c2182b; --good: #1a7f37; --broken: #c2182b33; --recovering: #c2182b14 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --pale: #9198a1; --rule: #3d444d;
  --p50: #58a6ff; --p99: #f0883e; --bad: #ff7b72; --good: #3fb950; --broken: #ff7b724d; --recovering: #ff7b7221 } }
body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif;
  color: var(--ink); background: var(--paper); max-width: 1180px; margin: 2rem auto; padding: 0 1rem }
h1, h2 { line-height: 1.25 } h2 { margin-top: 2.5rem } .pale, figcaption { color: var(--pale) }
.good { color: var(--good) } .bad { color: var(--bad); font-weight: 600 }
code { font-family: ui-monospace, "SFMono-Regular", Consolas, monospace; background: var(--rule); padding: .1em .35em }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: left; color: var(--pale); padding-bottom: .5rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--rule) }
.number { text-align: right; white-space: nowrap } ul { margin: .2rem 0; padding-left: 1.2rem }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(440px, 100%), 1fr)); gap: 1.5rem }
figure { margin: 0; min-width: 0 } figcaption { font-size: 14px } svg { width: 100%; height: auto; display: block }
svg text { font-size: 11px; fill: var(--pale) } .left { text-anchor: end } .below { text-anchor: middle }
.grid { stroke: var(--rule) } .broken { fill: var(--broken) } .recovering { fill: var(--recovering) }
.p50, .p99, .failed { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.p50 { stroke: var(--p50); stroke-dasharray: 1 4 } .p99 { stroke: var(--p99) } .failed { stroke: var(--bad) }
"""
INVARIANT_COLUMNS = ("", "promise", "checked", "violations", "figure")
FAULT_COLUMNS = ("", "fault", "broken", "calls", "failed", "unknown", "p50", "p99", "p99 before", "as before", "note")
NUMBERS = {"", "broken", "calls", "failed", "unknown", "p50", "p99", "p99 before", "as before", "checked", "violations"}
HOW_TO_READ = (
    "Each point is one second, by when a call ended. Dotted: the median; drawn through: p99; a cross: calls "
    "without an answer. Shaded: while broken; paler: until calls were as before. Milliseconds by their logarithm, "
    "to one scale in all plots."
)


def print_run(run: Run, console: Console | None = None) -> None:
    """Two tables, what there is to note, and whether all was kept."""
    console = console or Console()
    promises = terminal_table("Promises", INVARIANT_COLUMNS)
    for one in run.invariants:
        promises.add_row(*(Text(cell, "bold red" if one.violations else "") for cell in invariant_row(one)))
    faults = terminal_table("Faults", ("", "fault", "broken", "failed", "unknown", "p99", "as before"))
    for number, fault in enumerate(run.faults, 1):
        order, name, broken, calls, failed, unknown, _, p99, p99_before, back, _ = fault_row(number, fault)
        cells = (order, name, broken, f"{failed} of {calls}", unknown, f"{p99_before} → {p99}", back)
        faults.add_row(*(Text(cell, "bold red" if fault.broken_promise else "") for cell in cells))
    console.print(
        promises, *(Text(f"   {one.code} {example}", "red") for one in run.invariants for example in one.examples)
    )
    console.print(faults)
    for number, fault in enumerate(run.faults, 1):
        if note := note_of(fault):
            console.print(Text(f"{number:3}. {note}", "red" if fault.broken_promise else ""))
    console.print(Text(verdict(run), "bold green" if run.kept else "bold red"))
    console.print(Text(f"Again: {how_to_repeat(run)}"))


def terminal_table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for name in columns:
        # Figures keep their line; words make room for them.
        table.add_column(name, justify="right" if name in NUMBERS else "left", no_wrap=name in NUMBERS, overflow="fold")
    return table


def write_json(run: Run, path: Path) -> None:
    """Every figure, for a program; `started_at` in ISO 8601, all other instants in seconds since the epoch."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {**asdict(run), "started_at": run.started_at.isoformat(), "kept": run.kept}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def write_html(run: Run, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(run), "utf-8")


def page(run: Run) -> str:
    facts = f"{run.started_at:%Y-%m-%d %H:%M %Z} · {run.seconds:.0f} s · profile {run.profile} · {run.machine}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Clew under faults, seed {run.seed}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Clew under faults</h1>
<p class="{"good" if run.kept else "bad"}">{escape(verdict(run))}</p>
<p>Seed {run.seed}. To run it again: <code>{escape(how_to_repeat(run))}</code></p>
<p class="pale">{escape(facts)}</p>
<h2>Promises</h2>
<div class="wide"><table>
<caption>Each was checked so many times, during the run or at rest after it.</caption>
{header(INVARIANT_COLUMNS)}
<tbody>{"".join(invariant_html(one) for one in run.invariants)}</tbody>
</table></div>
<h2>Faults</h2>
<div class="wide"><table>
<caption>Failed: calls without an answer. Unknown: acts whose client gave up waiting; they were asked again at the end.
As before: from when what was broken answered again.</caption>
{header(FAULT_COLUMNS)}
<tbody>{"".join(fault_html(number, fault) for number, fault in enumerate(run.faults, 1))}</tbody>
</table></div>
<h2>How long calls took</h2>
<p>{HOW_TO_READ}</p>
<figure>{plot.of_run(run)}<figcaption>The whole run; numbers as in the table above.</figcaption></figure>
<h2>Around each fault</h2>
<div class="plots">{"".join(around(run, number, fault) for number, fault in enumerate(run.faults, 1))}</div>
</main>
</body>
</html>
"""


def verdict(run: Run) -> str:
    broken = [one.code for one in run.invariants if one.violations]
    broken += [fault.name for fault in run.faults if fault.broken_promise]
    if broken:
        return f"Not kept: {', '.join(broken)}"
    return f"{len(run.faults)} faults, {len(run.invariants)} promises, every one kept"


def how_to_repeat(run: Run) -> str:
    return f"python -m tests.faults --profile {run.profile} --seed {run.seed}"


def invariant_row(one: InvariantResult) -> tuple[str, ...]:
    return one.code, one.promise, f"{one.checked:,}", f"{one.violations:,}", one.figure


def fault_row(number: int, fault: FaultResult) -> tuple[str, ...]:
    return (
        str(number),
        fault.name,
        f"{fault.healed - fault.began:.1f} s",
        f"{fault.calls:,}",
        f"{fault.failed:,}",
        f"{fault.unknown:,}",
        duration(fault.p50_ms),
        duration(fault.p99_ms),
        duration(fault.p99_before_ms),
        "never" if fault.recovered_in is None else f"{fault.recovered_in:.1f} s",
        note_of(fault),
    )


def note_of(fault: FaultResult) -> str:
    return "; ".join(filter(None, (fault.note, fault.broken_promise and f"not kept: {fault.broken_promise}")))


def duration(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def header(columns: Iterable[str]) -> str:
    cells = (f'<th scope="col"{number_class(name)}>{name or "№"}</th>' for name in columns)
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def number_class(column: str) -> str:
    return ' class="number"' if column in NUMBERS else ""


def html_row(columns: Iterable[str], cells: Iterable[str], *, bad: bool) -> str:
    """`cells` are HTML."""
    told = (f"<td{number_class(name)}>{cell}</td>" for name, cell in zip(columns, cells, strict=True))
    opening = '<tr class="bad">' if bad else "<tr>"
    return f"{opening}{''.join(told)}</tr>"


def invariant_html(one: InvariantResult) -> str:
    code, promise, *figures = map(escape, invariant_row(one))
    if one.examples:
        promise += f"<ul>{''.join(f'<li>{escape(example)}</li>' for example in one.examples)}</ul>"
    return html_row(INVARIANT_COLUMNS, (code, promise, *figures), bad=one.violations > 0)


def fault_html(number: int, fault: FaultResult) -> str:
    order, name, *figures = map(escape, fault_row(number, fault))
    named = f'{name}<br/><span class="pale">{escape(fault.description)}</span>'
    return html_row(FAULT_COLUMNS, (order, named, *figures), bad=bool(fault.broken_promise))


def around(run: Run, number: int, fault: FaultResult) -> str:
    back = "never as before" if fault.recovered_in is None else f"as before {fault.recovered_in:.1f} s after it healed"
    said = (
        f"{number}. {fault.name}: p99 {duration(fault.p99_before_ms)} before, {duration(fault.p99_ms)} with it; "
        f"{fault.failed:,} of {fault.calls:,} calls without an answer; {back}."
    )
    return f"<figure>{plot.of_fault(run, fault)}<figcaption>{escape(said)}</figcaption></figure>"
