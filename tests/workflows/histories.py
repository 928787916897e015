"""Histories as files: `histories/version/story.workflow.number.json`.

The highest version is what today's code does; the one before it stands for the runs that are still open when today's
code comes. A new version begins with each change that takes a patch.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).with_name("histories")
# Names folders of the machine that recorded; no replay looks at it.
OF_THE_MACHINE = "stackTrace"
COMMANDS = {"TIMER_STARTED", "TIMER_CANCELED", "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"}


def versions() -> list[int]:
    """Today's last."""
    return sorted(int(folder.name) for folder in FOLDER.iterdir())


def kept(story: str = "*", *, version: int) -> list[Path]:
    return sorted((FOLDER / str(version)).glob(f"{story}.*.json"))


def read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text("utf-8"))


def keep(story: str, history: WorkflowHistory) -> Path | None:
    """Write it down for today's version, unless a kept one has the same events. Returns where."""
    today = versions()[-1]
    told = json.loads(history.to_json())
    kind = told["events"][0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
    before = kept(f"{story}.{kind}", version=today)
    if any(shape(json.loads(path.read_text("utf-8"))) == shape(told) for path in before):
        return None
    path = FOLDER / str(today) / f"{story}.{kind}.{len(before) + 1}.json"
    path.write_text(json.dumps(without_the_machine(told), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def shape(told: dict[str, Any]) -> list[str]:
    """What the workflow commanded, in order; the times and tasks in between differ from day to day."""
    return list(_commands(told))


def _commands(told: dict[str, Any]) -> Iterator[str]:
    for event in told["events"]:
        kind = event["eventType"].removeprefix("EVENT_TYPE_")
        if kind == "ACTIVITY_TASK_SCHEDULED":
            yield event["activityTaskScheduledEventAttributes"]["activityType"]["name"]
        elif kind == "MARKER_RECORDED":
            yield f"{kind} {event.get('userMetadata', {}).get('summary', {}).get('data', '')}"
        elif kind in COMMANDS or kind.startswith("WORKFLOW_EXECUTION_C"):
            yield kind


def without_the_machine(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: without_the_machine(value) for name, value in told.items() if name != OF_THE_MACHINE}
    if isinstance(told, list):
        return [without_the_machine(one) for one in told]
    return told


def patches(path: Path) -> set[str]:
    """By which patches a run took the new way."""
    markers = (
        event["markerRecordedEventAttributes"]
        for event in json.loads(path.read_text("utf-8"))["events"]
        if event["eventType"] == "EVENT_TYPE_MARKER_RECORDED"
    )
    return {
        json.loads(base64.b64decode(payload["data"]))["id"]
        for marker in markers
        if marker["markerName"] == "core_patch"
        for payload in marker["details"]["patch-data"]["payloads"]
    }
