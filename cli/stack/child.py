"""Become another program that cannot outlive its parent.

Run as a file, before the real program: `python -I -S child.py PARENT SIGNAL USER PROGRAM ARGUMENT…`.
Linux sends SIGNAL to this process when its parent dies, even by kill -9. The request is forgotten
when a process changes its user, so the user (- for none) is changed first; it survives exec.
"""

import ctypes  # before the user changes: the new one may not be able to read Python's own files
import os
import pwd
import sys


def main() -> None:
    parent, death_signal, user, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    if user != "-":
        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    main()
