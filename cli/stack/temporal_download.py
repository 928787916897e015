"""Let the Temporal SDK download its development server into Clew's cache.

In a process of its own, `python -m cli.stack.temporal_download FOLDER`: a download that hangs inside
the SDK cannot be cancelled, a process can be killed.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

# Nothing arrived for so long: the network cannot be reached, however politely it fails to say so.
SILENCE = 20.0
LONGEST_DOWNLOAD = 300.0


class CannotDownload(Exception):
    """The SDK's download did not work; the text is the reason."""


def downloaded(cache: Path) -> Path | None:
    command = cache / "temporal-command"
    return command if os.access(command, os.X_OK) else None


async def download(cache: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="download-", dir=cache))
    try:
        await _run_sdk(folder)
        programs = _programs_in(folder)
        if len(programs) != 1:
            raise CannotDownload("the SDK left no program behind")
        return programs[0].rename(cache / "temporal-command")
    finally:
        shutil.rmtree(folder)


async def _run_sdk(folder: Path) -> None:
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.stack.temporal_download", str(folder)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    speaking = asyncio.create_task(running.communicate())
    started = last_growth = time.monotonic()
    size = 0
    try:
        while not speaking.done():
            await asyncio.wait({speaking}, timeout=0.2)
            now, grown = time.monotonic(), _size(folder)
            if grown != size:
                size, last_growth = grown, now
            if not speaking.done() and now - last_growth > SILENCE:
                raise CannotDownload(f"nothing arrived for {SILENCE:.0f} s")
            if not speaking.done() and now - started > LONGEST_DOWNLOAD:
                raise CannotDownload(f"not finished after {LONGEST_DOWNLOAD:.0f} s")
    finally:
        if running.returncode is None:
            running.kill()
        _, spoken = await speaking
    if running.returncode != 0:
        raise CannotDownload(spoken.decode(errors="replace").strip() or "the SDK gave no reason")


def _programs_in(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file() and os.access(file, os.X_OK)]


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


async def _download_by_starting(folder: str) -> None:
    from temporalio.testing import WorkflowEnvironment

    environment = await WorkflowEnvironment.start_local(download_dest_dir=folder)
    await environment.shutdown()


def main() -> None:
    try:
        asyncio.run(_download_by_starting(sys.argv[1]))
    except RuntimeError as problem:
        # The SDK's text nests its causes; the last is the one that says what happened.
        sys.exit(str(problem).replace("\n", " ")[:300])


if __name__ == "__main__":
    main()
