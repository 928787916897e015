"""The load generator's process, as it is used: started once, then given one leg after another."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from bench.load import Done, Load
from cli.stack.stack import ROOT

# A leg's line names every lead that may be claimed in it.
LONGEST_LINE = 64 << 20


class GeneratorFailed(Exception):
    """The load generator ended; what it wrote last is above."""


class Generator:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def carry_out(self, load: Load) -> Done:
        """Raises GeneratorFailed: any failed call ends the generator."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(load)).encode() + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise GeneratorFailed
        return Done(**json.loads(line))


@asynccontextmanager
async def running_generator() -> AsyncIterator[Generator]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.load",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "proto" / "generated")])},
    )
    try:
        yield Generator(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
