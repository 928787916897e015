"""How many examples of a state machine are run, and which.

The suite runs the same ones each time, so that what makes it red is the change and nothing else, and it does not
shrink them: on a real database that takes minutes. New ones are drawn when they are asked for, as many as wanted, and
what they find is shrunk: CLEW_RANDOM_EXAMPLES=600 (CONTRIBUTING.md).
"""

import os

from hypothesis import HealthCheck, Phase, settings

RANDOM_EXAMPLES = int(os.environ.get("CLEW_RANDOM_EXAMPLES", "0"))


def examples(number: int, *, steps: int) -> settings:
    """The suite's `number`, each of so many steps; or as many random ones as the environment asks for."""
    return settings(
        max_examples=RANDOM_EXAMPLES or number,
        stateful_step_count=steps,
        derandomize=not RANDOM_EXAMPLES,
        phases=[Phase.reuse, Phase.generate, Phase.shrink] if RANDOM_EXAMPLES else [Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def seconds(number: float) -> float:
    """The suite's patience with a machine; random examples are stopped by whoever asked for them."""
    return 0 if RANDOM_EXAMPLES else number
