"""`clew demo` before it starts anything: what it refuses, and how it says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.stack.folder import held, remember_as_last

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "TEMPORAL_"))}
    return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'proto/generated'}", "COLUMNS": "200"}


def demo(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", "demo", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is empty"), ("产品,价格\n甲,1\n", "no column that names a person"), ("PK\x03\x04", "Excel workbook")],
)
def test_a_file_that_is_no_list_of_leads_ends_with_one_message_and_code_2(
    environment: dict[str, str], tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(content, encoding="utf-8")

    ended = demo(environment, "--leads", str(file))

    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "XDG_DATA_HOME").exists()


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_is(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "used"
    folder.mkdir()
    (folder / "precious").write_text("mine")

    ended = demo(environment, "--folder", str(folder))

    assert ended.returncode == 1
    assert "not empty" in ended.stderr
    assert [entry.name for entry in folder.iterdir()] == ["precious"]


def test_while_a_stack_runs_in_the_folder_used_last_no_demo_begins_and_it_says_where(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "running"
    with held(folder):
        remember_as_last(folder)

        ended = demo(environment)

    assert ended.returncode == 1
    assert f"A stack runs already in {folder}" in ended.stderr
    assert not (tmp_path / "XDG_DATA_HOME").exists()
