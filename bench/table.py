"""Tables of `bench/README.md`: each between two markers, rewritten by who measured it anew, the others left."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.comparison import Comparison
from cli.stack.postgres import packaged_programs

README = Path(__file__).with_name("README.md")


class NoMarkers(Exception):
    """The document has no place for this table."""


def in_markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the first column is text, the others are figures and stand to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def section(found: Comparison, where_and_when: str) -> str:
    """What stands between the markers of a comparison."""
    targets = "\n".join(f"- {target.in_words()}" for target in found.targets)
    parts = [found.measured.strip(), in_markdown(found.head, found.rows), targets, where_and_when]
    return "\n\n".join(part for part in parts if part)


def rewritten(document: str, name: str, text: str) -> str:
    """The document with this text between the markers of that name. Raises NoMarkers."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not between.search(document):
        raise NoMarkers(f"{README.name} has no {begin} ... {end}")
    return between.sub(lambda _: f"{begin}\n{text}\n{end}", document)


def machine() -> str:
    """What it was measured on, without saying whose machine it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = f"{platform.system()} {re.split('[^0-9.]', platform.release())[0]}"
    program = str(packaged_programs() / "postgres")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    versions = f"Python {platform.python_version()}, PostgreSQL {said.split()[-1]}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {kernel}, {versions}"


def where_and_when(rounds: str) -> str:
    return f"Measured {datetime.now(UTC):%Y-%m-%d}, {rounds}: {machine()}."
