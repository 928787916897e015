"""What a module inside a service may import. The rules between packages are import-linter's, in
pyproject.toml; these go by a module's name, so that a new rule module is bound without being listed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).resolve().parents[2] / "services"

# Every other module of a service is a rule module, named by its subject.
EDGES = {"servicer", "store", "tables", "access", "settings", "__main__", "__init__"}
NOT_FOR_RULES = {"sqlalchemy", "psycopg", "alembic", "grpc", "grpc_status", "clew", "temporalio"}


def modules() -> list[Path]:
    return [
        path
        for path in sorted(SERVICES.rglob("*.py"))
        if path.relative_to(SERVICES).parts[0] != "shared" and "migrations" not in path.parts
    ]


def kind(path: Path) -> str:
    """servicer_holdings.py is a servicer, store_sweep.py a store, deadlines.py a rule module."""
    first = path.stem.partition("_")[0]
    if first in {"servicer", "store"}:
        return first
    return path.stem if path.stem in EDGES else "rule"


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, at the top, inside functions and for type checkers alike."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def breaches(kind_of_importer: str, source: str) -> list[str]:
    """A servicer stands above the store, the store above rules and tables; rules know nothing but rules."""
    above = {"rule": {"servicer", "store", "tables"}, "tables": {"servicer", "store"}, "store": {"servicer"}}
    found = []
    for line, name in imported(source):
        root, *rest = name.split(".")
        if kind_of_importer == "rule" and root in NOT_FOR_RULES:
            found.append(f"line {line} imports {name}: a rule module is pure")
        elif root == "services" and rest[:1] != ["shared"]:
            kinds = {kind(Path(part)) for part in rest[1:]}
            if kinds & above.get(kind_of_importer, set()):
                found.append(f"line {line} imports {name}, which stands above it")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SERVICES).as_posix())
def test_a_module_imports_only_what_stands_below_it(path: Path) -> None:
    assert not breaches(kind(path), path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("deadlines.py", "from sqlalchemy import select"),
        ("deadlines.py", "import grpc.aio"),
        ("deadlines.py", "def late():\n    from clew.lead.v1 import lead_pb2"),
        ("deadlines.py", "from services.routing import store"),
        ("deadlines.py", "from services.routing.tables import holdings"),
        ("store_sweep.py", "from services.routing.servicer_holdings import HoldingServicer"),
    ],
)
def test_an_import_that_breaks_the_order_is_found(module: str, source: str) -> None:
    assert breaches(kind(Path(module)), source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("deadlines.py", "from datetime import timedelta\nfrom services.routing import calendars"),
        ("deadlines.py", "from services.shared.refusals import Refusal"),
        ("store_sweep.py", "from sqlalchemy import select\nfrom services.routing.tables import holdings"),
        ("servicer.py", "import grpc\nfrom services.routing import store, deadlines"),
    ],
)
def test_an_import_of_what_stands_below_is_allowed(module: str, source: str) -> None:
    assert not breaches(kind(Path(module)), source)
