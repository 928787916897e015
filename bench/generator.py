"""The load generator's process, as it is used: started once, then given one leg after another."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from bench.load import Done, Load
from cli.stack.processes import command_of
from cli.stack.stack import ROOT


class GeneratorFailed(Exception):
    def __init__(self) -> None:
        super().__init__("A call failed, and so ended the load generator: what it met is written above.")


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
        *command_of((sys.executable, "-m", "bench.load"), user=None),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to answer
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "proto" / "generated")])},
    )
    try:
        yield Generator(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
