"""PostgreSQL refuses to run as root: then it gets a system user of its own, who must reach its files."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from cli.stack.problem import StackProblem

OWN_USER = "pgserver"


def system_user(*, create: bool) -> str | None:
    """The user that PostgreSQL runs as, or None when it is simply us."""
    if os.geteuid() != 0:
        return None
    for name in (OWN_USER, "postgres"):
        if _exists(name):
            return name
    if not create or shutil.which("useradd") is None:
        return "nobody" if _exists("nobody") else None
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", OWN_USER],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        raise StackProblem(
            "PostgreSQL refuses to run as root, and no system user could be made for it: "
            f"{made.stderr.strip()}. Run Clew as an ordinary user, or set CLEW_DATABASE_URL."
        )
    return OWN_USER


def can_enter(user: str, place: Path) -> bool:
    """Whether this user may walk down to a place (its missing end will be made by us)."""
    account = pwd.getpwnam(user)
    place = place.resolve()
    for step in (place, *place.parents):
        if not step.exists():
            continue
        found = step.stat()
        if found.st_uid == account.pw_uid:
            allowed = found.st_mode & 0o100
        elif found.st_gid == account.pw_gid:
            allowed = found.st_mode & 0o010
        else:
            allowed = found.st_mode & 0o001
        if not allowed:
            return False
    return True


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
