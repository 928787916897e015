"""Runs live for weeks: what they did under older code must be what today's code would have done."""

import re
from pathlib import Path

import pytest
from temporalio.workflow import NondeterminismError

from tests.workflows.changed import Patched, Removed
from tests.workflows.histories import kept, patches, read, versions
from tests.workflows.stories import STORIES
from workflows.worker import make_replayer

*_, BEFORE, TODAY = versions()
OLDER = [path for version in versions() if version != TODAY for path in kept(version=version)]
CURRENT = kept(version=TODAY)
CODE = Path(__file__).parents[2] / "workflows"
WHAT_TO_DO = """
This change makes runs that are open today do other things than they have done: they would be stuck.
Put the new commands behind `if workflow.patched("what-changed"):` so that old runs take the old way; then record what
new runs do with `python -m workflows.record_histories --new-version`. CONTRIBUTING, "Changing a workflow", says more.
"""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


async def replays(path: Path) -> None:
    try:
        await make_replayer().replay_workflow(read(path))
    except NondeterminismError as error:
        pytest.fail(f"{error}{WHAT_TO_DO}")


@pytest.mark.parametrize("path", CURRENT, ids=name)
async def test_today_s_code_does_what_is_written_down(path: Path) -> None:
    await replays(path)


@pytest.mark.parametrize("path", OLDER, ids=name)
async def test_runs_that_older_code_began_go_on_under_today_s(path: Path) -> None:
    await replays(path)


@pytest.mark.parametrize("version", [BEFORE, TODAY])
async def test_a_change_without_a_patch_is_found_and_with_one_it_passes(version: int) -> None:
    [path] = kept("a_lead_is_converted.LeadLifecycle", version=version)

    with pytest.raises(NondeterminismError):
        await make_replayer([Removed]).replay_workflow(read(path))
    await make_replayer([Patched]).replay_workflow(read(path))


def test_every_story_is_written_down_in_the_current_version() -> None:
    assert {path.name.split(".")[0] for path in CURRENT} == {story.__name__ for story in STORIES}


def test_each_patch_is_in_the_current_version_and_an_older_one_stands_for_the_runs_before_it() -> None:
    code = "\n".join(path.read_text("utf-8") for path in CODE.glob("*.py"))
    patched, deprecated = (
        set(re.findall(rf"workflow\.{call}\(\s*\"([^\"]+)\"", code)) for call in ("patched", "deprecate_patch")
    )
    taken = {version: set[str]().union(*map(patches, kept(version=version))) for version in versions()}

    assert taken[TODAY] == patched | deprecated
    for patch in patched:
        assert any(patch not in taken[version] for version in versions())


def test_no_history_tells_of_the_machine_that_recorded_it() -> None:
    for path in [*OLDER, *CURRENT]:
        text = path.read_text("utf-8")
        assert str(Path(__file__).parents[2]) not in text
        assert not re.search(r"\d+@\w", text)
