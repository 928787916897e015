"""Measures, as ratios side by side: `python -m bench [NAME...]`. The tables are in bench/README.md."""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from bench import claim_next, claims, duplicates, rebasing, recall, statements, submit, table, through
from bench.comparison import Comparison, Effort, Measure
from bench.generator import GeneratorFailed
from cli.stack.problem import StackProblem

COMPARISONS: Mapping[str, Measure] = {
    "submit": submit.measure,
    "claims": claims.measure,
    "claim_next": claim_next.measure,
    "recall": recall.measure,
    "rebasing": rebasing.measure,
    "through": through.measure,
    "duplicates": duplicates.measure,
    "statements": statements.measure,
}
# An address would make us measure somebody else's.
NOT_OURS = ("CLEW_DATABASE_URL", "TEMPORAL_ADDRESS")


def arguments() -> argparse.Namespace:
    reading = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reading.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(COMPARISONS)}; default: all")
    reading.add_argument("--quick", action="store_true", help="one short round of each: shows that it works, no more")
    reading.add_argument("--write", action="store_true", help=f"keep the tables in bench/{table.README.name}")
    reading.add_argument("--json", type=Path, metavar="FILE", help="write every round to a file")
    reading.add_argument("--floors", action="store_true", help="exit with 1 when a figure is under its floor")
    asked = reading.parse_args()
    if unknown := [name for name in asked.names if name not in COMPARISONS]:
        reading.error(f"no such comparison: {', '.join(unknown)}")
    if asked.write and asked.quick:
        reading.error("a quick run shows nothing that is worth keeping: --write wants a full one")
    if named := [name for name in NOT_OURS if name in os.environ]:
        reading.error(f"unset {', '.join(named)}: what is measured is started here")
    return asked


async def measured(name: str, effort: Effort) -> Comparison:
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {name}: {text}\n")

    return await COMPARISONS[name](effort, say)


def main() -> int:
    asked = arguments()
    effort, found = Effort(asked.quick), {}
    for name in asked.names or COMPARISONS:
        found[name] = asyncio.run(measured(name, effort))
        text = table.section(found[name], table.where_and_when(found[name].how_often))
        sys.stdout.write(f"## {found[name].title}\n\n{text}\n\n")
        sys.stdout.flush()
        if asked.write:
            table.README.write_text(table.rewritten(table.README.read_text(), name, text))
    if asked.json:
        everything = {"machine": table.machine()} | {name: asdict(one) for name, one in found.items()}
        asked.json.write_text(json.dumps(everything, ensure_ascii=False, indent=2) + "\n")
    under = [target for comparison in found.values() for target in comparison.targets if target.under_floor]
    for target in under:
        sys.stdout.write(f"UNDER ITS FLOOR: {target.in_words()}\n")
    return 1 if under and asked.floors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (StackProblem, GeneratorFailed) as problem:
        sys.exit(f"bench: {problem}")
