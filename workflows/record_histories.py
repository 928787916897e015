"""Record histories for the replay test: python -m workflows.record_histories [--new-version]

Lets the stories of tests/workflows/stories.py happen on a real Temporal server, with fake services, and keeps each
history that no kept one equals in tests/workflows/histories/<version>/, the highest. `--new-version` begins the next:
what is kept of the one before stands for runs that are still open.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDING = ROOT / "tests" / "workflows" / "recording.py"
HISTORIES = ROOT / "tests" / "workflows" / "histories"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m workflows.record_histories")
    parser.add_argument("--new-version", action="store_true", help="begin the next version's folder")
    if parser.parse_args().new_version:
        last = max((int(folder.name) for folder in HISTORIES.iterdir()), default=0)
        (HISTORIES / str(last + 1)).mkdir()
    sys.exit(subprocess.call([sys.executable, "-m", "pytest", "--quiet", str(RECORDING)], cwd=ROOT))


if __name__ == "__main__":
    main()
