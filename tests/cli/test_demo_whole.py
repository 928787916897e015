"""`clew demo` from beginning to end on somebody's own small file, and interrupted in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack.folder import folder_used_last, is_held

ROOT = Path(__file__).parents[2]
FILE = """姓名,手机,公司,来源,预算
李雷,199 0000 0001,上海甲有限公司,展会,20万
韩梅梅,19900000002,北京乙有限公司,官网,
王芳,12,丙厂,百度,
李雷,+86-199-0000-0001,上海甲有限公司,转介绍,
林涛,19900000003,广州丁集团,官网,5万
赵敏,,戊有限公司,展会,
周杰,19900000004,己,展会,1,2,3
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "TEMPORAL_"))}
    return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'proto/generated'}"}


class Demo:
    """A demo in its own process, on a small file."""

    def __init__(self, folder: Path, tmp_path: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.said = tmp_path / "said"
        file = tmp_path / "mine.csv"
        file.write_bytes(FILE.encode("gb18030"))
        command = [sys.executable, "-m", "cli", "demo", "--leads", str(file), "--folder", str(folder), "--json"]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True
            )

    def until_it_says(self, words: str) -> None:
        deadline = time.monotonic() + 90
        while words not in (said := self.said.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)


@pytest.fixture
def demo(stack_folder: Path, tmp_path: Path, environment: dict[str, str]) -> Iterator[Demo]:
    started = Demo(stack_folder / f"demo-{tmp_path.name[-12:]}", tmp_path, environment)
    yield started
    with started.process:  # waits for its end and closes its pipe
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGINT)


@pytest.mark.timeout(300)
def test_the_demo_takes_the_good_rows_names_the_bad_ones_and_its_report_adds_up(demo: Demo) -> None:
    printed, _ = demo.process.communicate(timeout=240)
    said = demo.said.read_text()

    assert demo.process.returncode == 0, said
    report = json.loads(printed)  # nothing else goes to stdout
    assert report["reconciles"] is True
    assert report["rows"] == 7
    assert {line["line"] for line in report["malformed"]} == {4, 8}
    assert report["outcomes"] == {"CREATED": 3, "ATTACHED": 1, "REJECTED": 1}
    assert sum(report["states"].values()) == 3
    assert report["recalls"][0]["reminders"] == ["50%", "1s before"]
    assert report["recalls"][0]["because"]
    assert all(recall["late_seconds"] >= 0 for recall in report["recalls"])
    assert json.loads((demo.folder / "demo-report.json").read_text("utf-8")) == report

    for caption in (
        "The same phone, typed in another spelling",
        "One lead in full: reminded, recalled, explained",
        "Why was it taken from me?",
        "The refusals that a rep meets",
        "CLAIM_COOLDOWN",
        "(一转三)",
    ):
        assert caption in said
    assert "李雷" not in said  # whose file it is does not matter: real people are not shown
    assert "make up" in said
    assert folder_used_last() == demo.folder
    assert not is_held(demo.folder)


@pytest.mark.timeout(180)
def test_ctrl_c_in_the_middle_stops_every_process_and_says_so(demo: Demo) -> None:
    demo.until_it_says("Named lead:")
    children = descendants(demo.process.pid)

    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(60) == 130
    assert "every process of the demo is stopped" in demo.said.read_text()
    assert len(children) > 8
    deadline = time.monotonic() + 15
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not is_held(demo.folder)


def descendants(pid: int) -> set[int]:
    """Every process below one, by parentage."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    below, more = set[int](), {pid}
    while more := {child for child, parent in parents.items() if parent in more}:
        below |= more
    return below
