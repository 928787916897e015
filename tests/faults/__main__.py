"""`python -m tests.faults`: break the stack under load, and show which promises it kept."""

import argparse
import asyncio
import random
import sys
from pathlib import Path

from tests.faults.profiles import PROFILES
from tests.faults.report import print_run, write_html, write_json
from tests.faults.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of load and mix; printed")
    parser.add_argument("--only", metavar="WORD", help="only faults whose name contains it, without the mix")
    parser.add_argument("--html", type=Path, default=Path("out/faults.html"))
    parser.add_argument("--json", type=Path, help="write the figures for a program too")
    asked = parser.parse_args()
    profile = PROFILES[asked.profile]
    if asked.only is not None:
        profile = profile.only(asked.only)
    print(f"Seed {asked.seed}: `--seed {asked.seed}` draws the same load and mix again", file=sys.stderr)
    found = asyncio.run(run(profile, asked.seed, lambda line: print(line, file=sys.stderr, flush=True)))
    print_run(found)
    write_html(found, asked.html)
    if asked.json is not None:
        write_json(found, asked.json)
    return 0 if found.kept else 1


if __name__ == "__main__":
    sys.exit(main())
