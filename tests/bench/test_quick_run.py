"""`python -m bench --quick` in a process of its own, as people run it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.table import README

ROOT = Path(__file__).parents[2]


async def bench(*arguments: str) -> tuple[int, str, str]:
    """Its exit code, what it printed and what it told meanwhile."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "proto" / "generated")])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), told.decode()


@pytest.mark.timeout(240)
async def test_a_quick_run_shows_tables_writes_its_rounds_and_leaves_the_readme(tmp_path: Path) -> None:
    before, rounds = README.read_text(), tmp_path / "rounds.json"

    code, printed, told = await bench("--quick", "--json", str(rounds), "submit", "statements")

    assert code == 0, told
    assert "submit: round 1 of 1: SubmitLead c=32" in told
    assert README.read_text() == before
    found: dict[str, Any] = json.loads(rounds.read_text())
    assert list(found) == ["machine", "submit", "statements"]
    for comparison in (found["submit"], found["statements"]):
        assert f"## {comparison['title']}\n" in printed
        assert {len(row) for row in comparison["rows"]} == {len(comparison["head"])}
    assert [row[0] for row in found["submit"]["rows"]] == ["1", "8", "32"]
    assert all(len(rates) == 1 and rates[0] > 0 for rates in found["submit"]["rounds"].values())

    counted = found["statements"]["rounds"]
    assert {"SubmitLead, CREATED", "ClaimLead", "GetWork", "AdvanceHolding, recalled"} <= set(counted)
    assert any("insert into routing.request" in said for said in counted["ClaimLead"]["statements"])
    assert ["CheckDuplicates", "1"] in [row[:2] for row in found["statements"]["rows"]]


@pytest.mark.timeout(240)
async def test_a_quick_run_claims_the_best_leads_and_rebases_beside_claims(tmp_path: Path) -> None:
    rounds = tmp_path / "rounds.json"

    code, _, told = await bench("--quick", "--json", str(rounds), "claim_next", "rebasing")

    assert code == 0, told
    found: dict[str, Any] = json.loads(rounds.read_text())
    assert [row[0] for row in found["claim_next"]["rows"]] == ["1", "32"]
    [row] = found["rebasing"]["rows"]
    assert len(row) == len(found["rebasing"]["head"])
    assert set(found["rebasing"]["rounds"]) == {
        "re-based",
        "simple-update c=1",
        "claims alone, p99 ms",
        "claims beside a re-basing, p99 ms",
    }
    for name in ("claim_next", "rebasing"):
        assert all(len(values) == 1 and values[0] > 0 for values in found[name]["rounds"].values())


async def test_a_comparison_that_is_not_there_is_refused() -> None:
    code, _, told = await bench("--quick", "swiftness")

    assert code == 2
    assert "swiftness" in told


async def test_a_quick_run_is_not_kept() -> None:
    code, _, told = await bench("--quick", "--write")

    assert code == 2
    assert "--write" in told
