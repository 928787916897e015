"""The stack is broken under load, as `make faults` does at greater length, and every promise is kept."""

import pytest

from clew.routing.v1 import holdings_pb2
from tests.faults.journal import Act, Call, Ended, Journal
from tests.faults.office import MANAGER
from tests.faults.profiles import SHORT
from tests.faults.run import percentile, run, series

SEED = 20260101


@pytest.mark.timeout(400)
async def test_nothing_is_lost_and_nothing_happens_twice_while_everything_breaks_in_turn() -> None:
    found = await run(SHORT, SEED, print)

    assert [(one.code, one.violations, one.examples) for one in found.invariants if one.violations] == []
    assert [(one.name, one.broken_promise) for one in found.faults if one.broken_promise] == []
    assert len(found.faults) == len(SHORT.faults)
    assert all(one.calls for one in found.faults)
    assert {one.code for one in found.invariants} >= {"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I11", "I17"}
    assert [one.code for one in found.invariants if not one.checked] == []


def test_calls_are_counted_in_the_second_in_which_they_ended() -> None:
    calls = [Call("claim", 100.0, 100.5, "OK"), Call("claim", 100.9, 102.1, "UNAVAILABLE")]

    assert [(one.second, one.ok, one.failed) for one in series(calls, 100.0)] == [(0, 1, 0), (1, 0, 0), (2, 0, 1)]


def test_a_refusal_is_an_answer() -> None:
    assert not Call("claim", 0.0, 1.0, "REFUSED").failed
    assert Call("claim", 0.0, 1.0, "DEADLINE_EXCEEDED").failed


def test_an_act_is_unknown_until_it_is_answered() -> None:
    act = Act("claim", holdings_pb2.ClaimLeadRequest(request_id="r"), MANAGER, 0.0)
    journal = Journal(acts=[act])

    assert journal.unknown == [act]
    act.outcome = Ended.REFUSED
    assert journal.unknown == []


def test_percentiles_are_in_milliseconds() -> None:
    assert percentile([], 0.99) == 0.0
    assert percentile([0.001 * n for n in range(100)], 0.5) == pytest.approx(50.0)
