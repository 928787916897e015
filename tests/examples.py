"""Callers for tests, as metadata of a call."""

from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata

Metadata = tuple[tuple[str, str], ...]


def as_rep(rep_id: object) -> Metadata:
    return caller_metadata(Caller(str(rep_id), Role.REP))


def as_manager(code: str = "wang") -> Metadata:
    return caller_metadata(Caller(code, Role.MANAGER))


def as_marketer(code: str = "zhao") -> Metadata:
    return caller_metadata(Caller(code, Role.MARKETER))


def as_administrator(code: str = "admin") -> Metadata:
    return caller_metadata(Caller(code, Role.ADMINISTRATOR))


def as_service(code: str = "workflows") -> Metadata:
    return caller_metadata(Caller(code, Role.SERVICE))
