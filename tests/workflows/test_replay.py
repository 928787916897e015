"""Runs live for weeks: what they did under older code must be what today's code would have done."""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from tests.workflows.histories import kept, read
from tests.workflows.stories import STORIES
from workflows.worker import make_replayer

HISTORIES = kept()
WHAT_TO_DO = """
This change makes runs that are open today do other things than they have done: they would be stuck.
Put the new commands behind `if workflow.patched("what-changed"):` so that old runs take the old way;
then record what new runs do with `python -m workflows.record_histories`. Keep the old histories.
"""


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_today_s_code_does_what_is_written_down(path: Path) -> None:
    try:
        await make_replayer().replay_workflow(read(path))
    except NondeterminismError as error:
        pytest.fail(f"{error}{WHAT_TO_DO}")


async def test_a_history_that_does_not_fit_is_found() -> None:
    [path] = kept("a_lead_is_converted.LeadLifecycle")
    told = json.loads(path.read_text("utf-8").replace("intake.SetAccess", "intake.Elsewhere"))

    with pytest.raises(NondeterminismError):
        await make_replayer().replay_workflow(WorkflowHistory.from_json("elsewhere", told))


def test_every_story_is_written_down() -> None:
    assert {path.name.split(".")[0] for path in HISTORIES} >= {story.__name__ for story in STORIES}


def test_no_history_tells_of_the_machine_that_recorded_it() -> None:
    for path in HISTORIES:
        text = path.read_text("utf-8")
        assert str(Path(__file__).parents[2]) not in text
        assert not re.search(r"\d+@\w", text)
