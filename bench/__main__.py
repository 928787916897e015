"""`python -m bench [NAME...]`: measures, writes the tables to bench/README.md with --write."""

import argparse
import asyncio
import sys

from bench import claims, submit
from bench.comparison import Effort, Measure

COMPARISONS: dict[str, Measure] = {
    "submit": submit.measure,
    "claims": claims.measure,
}


async def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m bench")
    reading.add_argument("names", nargs="*")
    reading.add_argument("--quick", action="store_true")
    asked = reading.parse_args()
    for name in asked.names or COMPARISONS:
        found = await COMPARISONS[name](Effort(asked.quick), lambda text, name=name: print(f"{name}: {text}", file=sys.stderr))
        print(found.head)
        for row in found.rows:
            print(row)
        for t in found.targets:
            print(t.in_words())
    return 0

sys.exit(asyncio.run(main()))
