"""What the viewer sees while it runs: a panel that moves on a terminal, plain lines everywhere else."""

import asyncio
import time
from collections import Counter
from datetime import UTC

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from clew.routing.v1 import notices_pb2, roster_pb2
from cli.calling import Clew
from cli.demo.attempting import Refused, attempt
from cli.demo.report import OUTCOMES
from cli.demo.seen import Seen
from cli.output import short

LOOKS_EVERY = 0.7
PLAIN_LINE_EVERY = 2.0
NEWEST = 60


class Show:
    """Where the demo says things. What is said stays; the panel below it is drawn anew until the end."""

    def __init__(self, console: Console, seen: Seen) -> None:
        self._console, self._seen = console, seen
        self._began = time.monotonic()
        self._live: Live | None = None

    def say(self, text: str) -> None:
        self._console.print(Text(f"{time.monotonic() - self._began:6.1f} s  {text}"), soft_wrap=True)

    def moment(self, title: str, *parts: RenderableType) -> None:
        """A captioned moment: it stays above the panel."""
        panel = Panel(Group(*parts), title=Text(title, style="bold"), title_align="left", border_style="cyan")
        self._console.print(Padding(panel, (1, 0)))

    def print(self, *parts: RenderableType) -> None:
        self._console.print(*parts)

    async def follow(self, clew: Clew) -> None:
        """Ask the services again and again and show it, until cancelled."""
        with Live(self, console=self._console, refresh_per_second=4, transient=True) if self._moves else _Still():
            last_line = 0.0
            while True:
                await look(clew, self._seen)
                if not self._moves and time.monotonic() - last_line > PLAIN_LINE_EVERY:
                    last_line = time.monotonic()
                    self.say(plain_line(self._seen))
                await asyncio.sleep(LOOKS_EVERY)

    @property
    def _moves(self) -> bool:
        return self._console.is_terminal

    def __rich__(self) -> RenderableType:
        return panel(self._seen)


class _Still:
    """No live display."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


async def look(clew: Clew, seen: Seen) -> None:
    """Ask routing what waits, what is held and which notices it has written."""
    pools, newest = await asyncio.gather(
        attempt(seen, clew.call(clew.roster.ListPools, roster_pb2.ListPoolsRequest(page_size=500))),
        attempt(seen, clew.call(clew.notices.ListNotices, notices_pb2.ListNoticesRequest(page_size=NEWEST))),
    )
    if not isinstance(pools, Refused):
        seen.waiting = sum(pool.waiting for pool in pools.pools)
        seen.held = sum(pool.held for pool in pools.pools)
    if not isinstance(newest, Refused):
        for notice in reversed(newest.notices):
            if notice.notice_id not in seen.notices and notice.kind == notices_pb2.NOTICE_KIND_RECALLED:
                seen.latest_recalls.append(notice)
            seen.notices[notice.notice_id] = notice


def notice_counts(seen: Seen) -> Counter[str]:
    names = (short(notices_pb2.NoticeKind.Name(notice.kind)) for notice in seen.notices.values())
    return Counter(name.lower().replace("_", " ") for name in names)


def lateness_ms(notice: notices_pb2.Notice) -> int:
    return round((notice.created_at.ToNanoseconds() - notice.due_at.ToNanoseconds()) / 1_000_000)


def panel(seen: Seen) -> RenderableType:
    outcomes = seen.outcomes
    by_outcome = _counts("Submissions", {name.lower().replace("_", " "): outcomes[name] for name in OUTCOMES})
    by_outcome.add_row("malformed", str(len(seen.bad_lines)), style="dim")
    recalls = Table(title="Latest recalls", title_justify="left", box=None, header_style="dim", min_width=46)
    for column in ("at", "rep", "clock", "late"):
        recalls.add_column(column)
    for notice in reversed(seen.latest_recalls):
        at = notice.created_at.ToDatetime(UTC).astimezone()
        clock = notice.reason.lower().replace("_", " ")
        recalls.add_row(f"{at:%H:%M:%S}", notice.rep_code, clock, f"{lateness_ms(notice)} ms")
    parts = [_counts("Leads", seen.states), by_outcome, _counts("Notices", notice_counts(seen)), recalls]
    return Panel(
        Columns(parts, padding=(0, 3)), title=f"{len(seen.submitted)} of {seen.rows} rows in", title_align="left"
    )


def _counts(title: str, counts: dict[str, int] | Counter[str]) -> Table:
    made = Table(title=title, title_justify="left", box=None, show_header=False, min_width=18)
    made.add_column()
    made.add_column(justify="right")
    for name, count in counts.items():
        made.add_row(name, str(count))
    return made


def plain_line(seen: Seen) -> str:
    told = notice_counts(seen)
    by_state = ", ".join(f"{count} {name}" for name, count in seen.states.items())
    sent = f"{told['reminder']} reminders, {told['recalled']} recalls"
    return f"{len(seen.submitted)} of {seen.rows} rows in: {by_state}; {sent}"
