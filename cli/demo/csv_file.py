"""A CSV file as people have it: whatever its encoding and delimiter, each record with the line it begins on."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from cli.calling import Unusable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
WORKBOOKS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}
# What is considered beside UTF-8 and UTF-16, under the names that people know.
ENCODINGS = {
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp1252": "Windows-1252",
    "shift_jis": "Shift JIS",
    "euc_kr": "EUC-KR",
}
# A title or a note often stands above the header.
LINES_BEFORE_THE_HEADER = 5

# What a header must name, and what one looks like.
A_PERSON = ("a person or a way to reach one", "姓名,手机,邮箱,公司 or name,phone,email,company")

Recognise = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Record:
    """A row of the file. Its cells may contain line ends, so the next record is not always the next line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class BadLine:
    """A record that cannot be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class CsvFile:
    """What was read: the header, the records below it that are not blank, and those that could not be read."""

    encoding: str
    delimiter: str
    header: Record
    records: tuple[Record, ...]
    bad_lines: tuple[BadLine, ...]


def read_csv(path: Path, recognise: Recognise, wanted: tuple[str, str] = A_PERSON) -> CsvFile:
    """Read a file. `recognise` says how many cells of a header it knows: by that the reading is chosen; `wanted` is
    said where it knows none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    return csv_from(content, recognise, path.name, wanted)


def csv_from(content: bytes, recognise: Recognise, name: str, wanted: tuple[str, str] = A_PERSON) -> CsvFile:
    for mark, ending in WORKBOOKS.items():
        if content.startswith(mark):
            raise Unusable(f"{name} is an Excel workbook ({ending}). Save it as “CSV UTF-8” and give that file.")
    if not content.strip():
        raise Unusable(f"{name} is empty.")
    readings = [
        _read(text, delimiter, encoding, recognise)
        for encoding, text in _decoded(content, name)
        for delimiter in DELIMITERS
    ]
    found = [reading for reading in readings if reading is not None]
    if not found:
        first_line = _decoded(content, name)[0][1].strip().partition("\n")[0].strip()
        raise Unusable(
            f"{name} has no column that names {wanted[0]}. Its first line is: {first_line[:120]!r}. "
            f"A header is needed, such as {wanted[1]}."
        )
    # The first of equals stands: encodings and delimiters come in the order of their likelihood.
    return max(found, key=lambda reading: recognise(reading.header.cells))


def _decoded(content: bytes, name: str) -> list[tuple[str, str]]:
    """The encodings that the bytes may be in, with the text by each: the likeliest first."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark) and (text := _text(content, encoding)) is not None:
            return [("UTF-8 with BOM" if encoding == "utf-8-sig" else "UTF-16", text)]
    if b"\0" in content:
        raise Unusable(f"{name} is not a text file.")
    if (text := _text(content, "utf-8")) is not None:
        return [("UTF-8", text)]
    # Of equally likely ones GB18030 first: a spreadsheet in Chinese writes it, and it contains GBK and GB2312.
    guesses = sorted(
        from_bytes(content, cp_isolation=[*ENCODINGS]), key=lambda one: (one.chaos, one.encoding != "gb18030")
    )
    texts = [(ENCODINGS[guess.encoding], _text(content, guess.encoding)) for guess in guesses]
    decoded = [(encoding, text) for encoding, text in texts if text is not None]
    if not decoded:
        raise Unusable(f"{name} is in no encoding that is known here. Save it as “CSV UTF-8” and give that file.")
    return decoded


def _text(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None


def _read(text: str, delimiter: str, encoding: str, recognise: Recognise) -> CsvFile | None:
    """The file as this delimiter divides it; None when no header is recognised then."""
    rows = list(_records(text.split("\n"), delimiter))
    header = next(
        (row for row in rows[:LINES_BEFORE_THE_HEADER] if isinstance(row, Record) and recognise(row.cells)), None
    )
    if header is None:
        return None
    below = rows[rows.index(header) + 1 :]
    width = len(header.cells)
    checked = [_checked(row, width) if isinstance(row, Record) else row for row in below]
    return CsvFile(
        encoding=encoding,
        delimiter=DELIMITERS[delimiter],
        header=header,
        records=tuple(row for row in checked if isinstance(row, Record)),
        bad_lines=tuple(row for row in checked if isinstance(row, BadLine)),
    )


def _records(lines: Sequence[str], delimiter: str) -> Iterator[Record | BadLine]:
    """Each record that is not blank. One that cannot be read costs its own line only."""
    at = 0
    while at < len(lines):
        # A reader of its own for each record, so that reading can go on one line below a bad one.
        reader = csv.reader(
            (line + "\n" for line in map(lines.__getitem__, range(at, len(lines)))), delimiter=delimiter
        )
        try:
            cells = next(reader)
        except csv.Error:
            yield BadLine(at + 1, f"a cell is longer than {csv.field_size_limit():,} characters")
            at += 1
            continue
        used = reader.line_num
        if at + used == len(lines) and _never_closed(lines[at:], delimiter):
            yield BadLine(at + 1, "a quotation mark that opens here is never closed")
            used = 1
        elif any(cell.strip() for cell in cells):
            yield Record(at + 1, tuple(cell.strip() for cell in cells))
        at += used


def _never_closed(lines: Sequence[str], delimiter: str) -> bool:
    try:
        next(csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _checked(row: Record, width: int) -> Record | BadLine:
    """As wide as the header: cells left out at the end are empty, more cells mean that one was not quoted."""
    if any(row.cells[width:]):
        return BadLine(
            row.line, f"{len(row.cells)} cells under a header of {width}: a delimiter within a cell needs quotes"
        )
    return Record(row.line, (row.cells + ("",) * width)[:width])
