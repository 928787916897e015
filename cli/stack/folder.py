"""The data folder of a stack: who runs in it, which ports it keeps, and which one was used last."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cli.stack.addresses import Addresses, addresses_from_json, with_environment
from cli.stack.ports import DEFAULT_PORTS
from cli.stack.problem import StackProblem


def default_folder() -> Path:
    return _xdg("XDG_DATA_HOME", ".local/share") / "clew"


def cache_folder() -> Path:
    return _xdg("XDG_CACHE_HOME", ".cache") / "clew"


def folder_used_last() -> Path:
    """The folder that the last stack ran in, or the default when it is gone or there was none."""
    with suppress(FileNotFoundError):
        folder = Path(_record_of_last().read_text().strip())
        if folder.is_dir():
            return folder
    return default_folder()


def remember_as_last(folder: Path) -> None:
    record = _record_of_last()
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(f"{folder}\n")


@dataclass(eq=False)  # not frozen: Python itself writes to an exception while it is raised
class StackRunsAlready(StackProblem):
    folder: Path
    pid: int | None
    addresses: Addresses | None
    way_out: str = "Stop it with Ctrl-C where it runs, or give another --folder."

    def __str__(self) -> str:
        lines = [f"A stack runs already in {self.folder} (process {self.pid or 'unknown'})."]
        if self.addresses is None:
            lines.append("It is still starting or stopping.")
        else:
            lines.append(f"  intake       {self.addresses.intake}")
            lines.append(f"  Temporal UI  {self.addresses.workflows_url() or 'not available'}")
        lines.append(self.way_out)
        return "\n".join(lines)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for one stack. The kernel lets go when the process ends, however it ends."""
    with _opened(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackRunsAlready(folder, _holder(folder), _written_addresses(folder)) from None
        # Whatever the file says was written by a stack that no longer runs.
        (folder / "stack.json").unlink(missing_ok=True)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            yield
        finally:
            (folder / "stack.json").unlink(missing_ok=True)


def _opened(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / "stack.lock").open("a+")
    except OSError as error:
        why = f"The folder {folder} cannot be written: {error.strerror}."
        raise StackProblem(f"{why} Make it writable, or give another --folder.") from None


def is_held(folder: Path) -> bool:
    try:
        with (folder / "stack.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def refuse_if_held(folder: Path, way_out: str) -> None:
    """Raises StackRunsAlready, which says where, when a stack runs in the folder."""
    if is_held(folder):
        raise StackRunsAlready(folder, _holder(folder), _written_addresses(folder), way_out)


def write_addresses(folder: Path, addresses: Addresses) -> None:
    unfinished = folder / "stack.json.new"
    unfinished.write_text(addresses.to_json() + "\n")
    unfinished.rename(folder / "stack.json")


def running_stack(folder: Path | None = None) -> Addresses | None:
    """Where the running stack answers: the environment first, then the folder (the last one used)."""
    folder = folder or folder_used_last()
    return with_environment(_written_addresses(folder) if is_held(folder) else None)


def kept_ports(folder: Path) -> Mapping[str, int]:
    """The ports that this folder's stack had before, so that bookmarks keep working."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        return {**DEFAULT_PORTS, **json.loads((folder / "ports.json").read_text())}
    return DEFAULT_PORTS


def keep_ports(folder: Path, ports: Mapping[str, int]) -> None:
    (folder / "ports.json").write_text(json.dumps(dict(ports), indent=2) + "\n")


def empty(folder: Path) -> None:
    """Erase a stack's data. Refused while a stack runs there, or when the folder is not a stack's."""
    from cli.stack.postgres import postgres_folder

    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "stack.lock").exists():
        raise StackProblem(f"{folder} is not a folder of Clew's: it is left as it is.")
    with held(folder):
        database = postgres_folder(folder)
        if database.exists():
            shutil.rmtree(database)
        for entry in folder.iterdir():
            if entry.name == "stack.lock":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _xdg(variable: str, fallback: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / fallback)


def _record_of_last() -> Path:
    return _xdg("XDG_STATE_HOME", ".local/state") / "clew" / "folder-used-last"


def _holder(folder: Path) -> int | None:
    with suppress(FileNotFoundError, ValueError):
        return int((folder / "stack.lock").read_text())
    return None


def _written_addresses(folder: Path) -> Addresses | None:
    with suppress(FileNotFoundError, json.JSONDecodeError, TypeError):
        return addresses_from_json((folder / "stack.json").read_text())
    return None
