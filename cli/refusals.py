"""A refused or failed call, as a person or a program should see it."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import grpc
import grpc.aio
import typer
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from rich.text import Text

from cli.calling import NoStack, Unusable
from cli.output import complaints

EXIT_CODES = {
    grpc.StatusCode.FAILED_PRECONDITION: 1,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 1,
    grpc.StatusCode.ALREADY_EXISTS: 1,
    grpc.StatusCode.INVALID_ARGUMENT: 2,
    grpc.StatusCode.NOT_FOUND: 3,
    grpc.StatusCode.PERMISSION_DENIED: 4,
    grpc.StatusCode.UNAUTHENTICATED: 4,
}
COULD_NOT_REACH = 5

NEXT_STEPS = {
    "CLAIM_COOLDOWN": "Claim another lead, or wait until the cooldown ends.",
    "NOT_A_MEMBER": "`clew pool list` shows the pools; a manager sets their members: `clew pool members`.",
    "LEAD_FROZEN": "Claim another lead, or wait until it is free.",
    "NOTHING_TO_CLAIM": "`clew pool list` shows where leads wait.",
    "HOLDING_LIMIT_REACHED": "Return or convert one of yours first: `clew inbox` shows them.",
    "ALREADY_HELD": "`clew pool show CODE` lists leads that are free.",
    "NOT_READY_YET": "A new lead takes a moment. Try again; if it stays so, there is no such lead.",
    "REASON_NOT_ALLOWED": "`clew holding reasons` lists the reasons and what each makes of the lead.",
    "HOLDING_ENDED": "`clew lead timeline LEAD` shows how it ended.",
    "LEAVE_OVERLAPS": "`clew leave list --rep CODE` shows it, `clew leave cancel` takes it back.",
    "INTERNAL": "The service's log has the incident.",
    "DATABASE_UNAVAILABLE": "Nothing was half done. Try again in a moment.",
}


@dataclass(frozen=True)
class Refusal:
    """What a failed call says of itself."""

    status: grpc.StatusCode
    reason: str
    message: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[tuple[str, str], ...] = ()


def refusal_of(error: grpc.aio.AioRpcError) -> Refusal:
    """Read the status and its details out of a failed call."""
    code = error.code()
    status = rpc_status.from_call(cast(grpc.Call, error))
    info, violations = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details if status else ():
        detail.Unpack(info)
        detail.Unpack(violations)
    return Refusal(
        status=code,
        reason=info.reason or code.name,
        message=error.details() or code.name,
        metadata=dict(info.metadata),
        fields=tuple((violation.field, violation.description) for violation in violations.field_violations),
    )


@contextmanager
def complaining(*, as_json: bool) -> Iterator[None]:
    """Turn every expected failure into one clear message and an exit code."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        refusal = refusal_of(error)
        say(refusal, as_json=as_json)
        raise typer.Exit(EXIT_CODES.get(refusal.status, COULD_NOT_REACH)) from None
    except (Unusable, NoStack) as error:
        if as_json:
            sys.stderr.write(json.dumps({"error": {"message": str(error)}}, ensure_ascii=False) + "\n")
        else:
            complaints.print(Text(str(error)))
        raise typer.Exit(COULD_NOT_REACH if isinstance(error, NoStack) else 2) from None


def say(refusal: Refusal, *, as_json: bool) -> None:
    if as_json:
        told = {
            "status": refusal.status.name,
            "reason": refusal.reason,
            "message": refusal.message,
            "metadata": dict(refusal.metadata),
            "fields": [{"field": name, "description": text} for name, text in refusal.fields],
        }
        sys.stderr.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
        return
    complaints.print(Text.assemble(("Refused ", "bold red"), (f"{refusal.reason}: ", "bold"), refusal.message))
    for name, text in refusal.fields:
        # One field's text is the message already.
        complaints.print(Text(f"  {name}" if text in refusal.message else f"  {name}: {text}"))
    if refusal.reason in NEXT_STEPS:
        complaints.print(Text(NEXT_STEPS[refusal.reason], style="dim"))
