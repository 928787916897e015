"""Record histories for the replay test: python -m workflows.record_histories

Lets the stories of tests/workflows/stories.py happen on a real Temporal server, with fake services, and keeps each
history that no kept one equals in tests/workflows/histories/. Old ones stay: they stand for runs that are still open.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDING = ROOT / "tests" / "workflows" / "recording.py"


def main() -> None:
    sys.exit(subprocess.call([sys.executable, "-m", "pytest", "--quiet", str(RECORDING)], cwd=ROOT))


if __name__ == "__main__":
    main()
