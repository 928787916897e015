"""JSON logs of a process. Failures are told by kind and place: their text may quote somebody's phone number."""

import contextlib
import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
import structlog
from opentelemetry import trace

FRAMES = 30


def start(name: str, level: str) -> None:
    """Everything that this process and its libraries log goes to standard error, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named(name),
            _with_trace,
            without_texts,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: Lines(),
    )
    logging.basicConfig(handlers=[OfLibraries()], level=logging.WARNING, force=True)


class Lines:
    """Writes to standard error. A full disk or a reader that went away costs the line, never the call."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = log = msg


class OfLibraries(logging.Handler):
    """Takes what libraries log: the first line of its template, never the values that were to be put in."""

    def emit(self, record: logging.LogRecord) -> None:
        entry = structlog.get_logger()
        entry.log(record.levelno, str(record.msg).partition("\n")[0], logger=record.name, exc_info=record.exc_info)


def without_texts(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace an exception by its kind and frames, and by those of what caused it."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exception()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        entry["failure"] = list(_told(error))
    return entry


def _told(error: BaseException) -> Iterator[dict[str, Any]]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
        told: dict[str, Any] = {
            "kind": f"{type(cause).__module__}.{type(cause).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if isinstance(cause, psycopg.Error):
            # Names of ours, unlike the detail, which quotes the row.
            names = {"sqlstate": cause.sqlstate, "table": cause.diag.table_name}
            names["constraint"] = cause.diag.constraint_name
            told |= {key: value for key, value in names.items() if value}
        yield told
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _named(name: str) -> structlog.typing.Processor:
    def add(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"service": name, **entry}

    return add


def _with_trace(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = trace.format_trace_id(context.trace_id)
    return entry
