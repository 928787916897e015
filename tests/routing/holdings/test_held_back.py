"""What failed by itself waits before it is tried again."""

from uuid import uuid4

from services.routing.holdings.held_back import HeldBack


def test_the_wait_doubles_up_to_a_minute() -> None:
    held_back, holding_id, now, waits = HeldBack(), uuid4(), 100.0, []

    for _ in range(8):
        held_back.failed(holding_id, now)
        wait = next(seconds for seconds in range(100) if holding_id not in held_back.waiting(now + seconds))
        waits.append(wait)
        now += wait

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_only_what_failed_waits() -> None:
    held_back, broken = HeldBack(), uuid4()

    held_back.failed(broken, 0.0)

    assert held_back.waiting(0.5) == [broken]
    assert held_back.waiting(1.0) == []


def test_a_failure_is_forgotten_a_minute_after_its_wait() -> None:
    held_back, holding_id = HeldBack(), uuid4()
    held_back.failed(holding_id, 0.0)
    held_back.failed(holding_id, 1.0)
    held_back.waiting(63.0)

    held_back.failed(holding_id, 100.0)

    assert held_back.waiting(101.0) == []
