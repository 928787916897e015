"""The worker process and its one configuration."""

import os
import subprocess
import sys


def test_every_missing_setting_is_named_at_once() -> None:
    wanted = ("CLEW_INTAKE_ADDRESS", "CLEW_SCORING_ADDRESS", "CLEW_ROUTING_ADDRESS", "CLEW_CONVERSION_ADDRESS")
    environment = {name: value for name, value in os.environ.items() if name not in (*wanted, "TEMPORAL_ADDRESS")}

    ended = subprocess.run(
        [sys.executable, "-m", "workflows"], env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    for name in (*wanted, "TEMPORAL_ADDRESS"):
        assert name in ended.stderr
