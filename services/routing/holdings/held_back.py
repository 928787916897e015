"""What failed by itself waits before it is tried again, so that it never stands in the way of the others."""

from uuid import UUID

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0


class HeldBack:
    """What failed lately, and until when it waits: 1 s, then twice as long each time, at most 60 s.

    Kept in the process: writing it to a row that cannot be written would fail as well. Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._failures: dict[UUID, tuple[int, float]] = {}

    def failed(self, holding_id: UUID, now: float) -> None:
        times, _ = self._failures.get(holding_id, (0, now))
        wait = min(FIRST_WAIT_SECONDS * 2**times, LONGEST_WAIT_SECONDS)
        self._failures[holding_id] = (times + 1, now + wait)

    def waiting(self, now: float) -> list[UUID]:
        """Those not to be tried now. One that has not failed for a minute after its wait is forgotten."""
        self._failures = {
            holding_id: (times, until)
            for holding_id, (times, until) in self._failures.items()
            if now < until + LONGEST_WAIT_SECONDS
        }
        return [holding_id for holding_id, (_, until) in self._failures.items() if now < until]
