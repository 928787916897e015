"""A file of leads as it was understood: the mapping guessed, the rows that can be used, the lines that cannot."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group
from rich.text import Text

from cli.demo.columns import Column, Field, guess_columns, recognised, unescaped, values_of
from cli.demo.csv_file import BadLine, CsvFile, csv_from, read_csv
from cli.demo.submissions import BadRow, KnownIds, Prepared, prepare
from cli.output import table


@dataclass(frozen=True)
class Row:
    line: int
    values: Mapping[Field, str]


@dataclass(frozen=True)
class LeadsFile:
    """`rows` are those that could be read; with `bad_lines` they are every row of the file."""

    name: str
    encoding: str
    delimiter: str
    columns: tuple[Column, ...]
    filled: tuple[int, ...]  # by column: in how many rows it says something
    rows: tuple[Row, ...]
    bad_lines: tuple[BadLine, ...]

    def distinct(self, field: Field) -> list[str]:
        """The values of a field, the most frequent first."""
        counted = Counter(row.values[field] for row in self.rows if field in row.values)
        return [value for value, _ in counted.most_common()]


def read_leads(path: Path) -> LeadsFile:
    return _understood(path.name, read_csv(path, recognised))


def leads_from(content: bytes, name: str) -> LeadsFile:
    return _understood(name, csv_from(content, recognised, name))


def _understood(name: str, file: CsvFile) -> LeadsFile:
    columns = guess_columns(file.header.cells)
    rows = tuple(Row(record.line, values_of(columns, record.cells)) for record in file.records)
    filled = tuple(sum(bool(unescaped(record.cells[column.index])) for record in file.records) for column in columns)
    return LeadsFile(name, file.encoding, file.delimiter, columns, filled, rows, file.bad_lines)


def prepared(file: LeadsFile, known: KnownIds) -> tuple[list[Prepared], list[BadLine]]:
    """The submissions of a file, and every line of it that is none."""
    submissions: list[Prepared] = []
    bad = list(file.bad_lines)
    for row in file.rows:
        try:
            submissions.append(prepare(row.line, row.values, known))
        except BadRow as reason:
            bad.append(BadLine(row.line, str(reason)))
    return submissions, sorted(bad, key=lambda one: one.line)


def mapping_view(file: LeadsFile) -> Group:
    """Each column of the file and what it is taken for. No example of who somebody is."""
    rows = len(file.rows) + len(file.bad_lines)
    return Group(
        Text(f"{file.name}: {rows} rows, {file.encoding}, divided by {file.delimiter}. Its columns are taken for:"),
        table(
            "",
            "Column",
            "Taken for",
            "Filled in",
            rows=[
                (
                    column.header or f"(column {column.index + 1})",
                    str(column.field) if column.field else "ignored",
                    f"{filled} rows",
                )
                for column, filled in zip(file.columns, file.filled, strict=True)
            ],
        ),
        "",
    )
