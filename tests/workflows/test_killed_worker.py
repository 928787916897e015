"""A worker process that is killed in the middle of a burst: another one goes on, and nothing is lost."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from tests.conftest import TemporalServer
from tests.workflows.driving import closes, eventually, nudge, run_of
from tests.workflows.fake_world import World

LEADS = 60


@asynccontextmanager
async def a_worker(temporal: TemporalServer, services: str, ready: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m workflows` as a process of its own, taking work."""
    peers = {f"CLEW_{service}_ADDRESS": services for service in ("INTAKE", "SCORING", "ROUTING", "CONVERSION")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "workflows",
        env={
            **os.environ,
            **peers,
            "TEMPORAL_ADDRESS": temporal.address,
            "TEMPORAL_NAMESPACE": temporal.namespace,
            "CLEW_READY_FILE": str(ready),
        },
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(ready.exists)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            assert await process.wait() == 0


async def test_what_a_killed_worker_had_in_its_hands_is_done_by_the_next_one(
    client: Client, temporal: TemporalServer, world: World, services: str, tmp_path: Path
) -> None:
    leads = [world.a_lead() for _ in range(LEADS)]

    async with a_worker(temporal, services, tmp_path / "first") as first:
        burst = asyncio.gather(*(nudge(client, lead, "lead_created") for lead in leads))
        await eventually(lambda: world.calls["routing.OpenLead"] >= LEADS // 3)
        first.kill()
        await first.wait()
        await burst
    for lead in leads[::2]:
        lead.happened += 1
        await nudge(client, lead, "follow_up_logged")
    async with a_worker(temporal, services, tmp_path / "second"):
        ends = await asyncio.gather(*(closes(run_of(client, lead), within=60) for lead in leads))
        # What was told to routing and not marked as taken, the sweeps of intake and scoring nudge again.
        for lead in world.unseen():
            await closes(await nudge(client, lead, "work_nudged"))

    assert {end.state for end in ends} == {"POOLED"}
    assert world.unseen() == []
    assert all(lead.trail == ["opened", "routed"] for lead in leads)
