"""Places where a test may kill this process, as a crash between two acts would.

Nothing happens unless `CLEW_CRASH_POINTS` names a folder. A file there, named as a point, is removed by the first
process that comes by, which then dies at once: one file, one crash.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

VARIABLE = "CLEW_CRASH_POINTS"
_armed = os.environ.get(VARIABLE)

# The points there are: each is a moment when an effect is there and nobody has been told.
AFTER_COMMIT = "after_commit"
AFTER_NUDGE = "after_nudge"
AFTER_CALL = "after_call"
AFTER_SEND = "after_send"


def crash_point(name: str) -> None:
    """Die here, if a test has asked for it."""
    if _armed is not None:
        with suppress(FileNotFoundError):
            Path(_armed, name).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
