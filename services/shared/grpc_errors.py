"""One table from what went wrong to what the caller is told. What is unknown stays an incident number."""

from uuid import uuid4

import grpc
import psycopg.errors
import structlog
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.shared import refusals
from services.shared.refusals import Conflict, OutOfTime, Refusal, Unavailable

DOMAIN = "clew"
log = structlog.get_logger()

STATUSES: tuple[tuple[type[Refusal], grpc.StatusCode], ...] = (
    (refusals.InvalidInput, grpc.StatusCode.INVALID_ARGUMENT),
    (refusals.NotFound, grpc.StatusCode.NOT_FOUND),
    (refusals.NotReady, grpc.StatusCode.NOT_FOUND),
    (refusals.AlreadyExists, grpc.StatusCode.ALREADY_EXISTS),
    (refusals.Refused, grpc.StatusCode.FAILED_PRECONDITION),
    (refusals.Exhausted, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (refusals.Denied, grpc.StatusCode.PERMISSION_DENIED),
    (refusals.Unauthenticated, grpc.StatusCode.UNAUTHENTICATED),
    (refusals.Conflict, grpc.StatusCode.ABORTED),
    (refusals.Unavailable, grpc.StatusCode.UNAVAILABLE),
    (refusals.OutOfTime, grpc.StatusCode.DEADLINE_EXCEEDED),
)
BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
# A pool without a free connection too: for the caller it is the same.
NO_DATABASE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, ConnectionError)


class Internal(Refusal):
    """A defect of ours: the caller gets a number, the log gets the rest."""


def refusal_for(error: BaseException) -> Refusal:
    """What a caller is told about any failure. Only refusals speak for themselves."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, TimeoutError):
        return OutOfTime("DEADLINE_EXCEEDED", "The call's time was up. Retry with the same request id.")
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, BUSY):
            return Conflict("BUSY", "Somebody else held the row too long. Retry with the same request id.")
        if isinstance(error.orig, psycopg.errors.QueryCanceled):
            return OutOfTime("DEADLINE_EXCEEDED", "The database took too long. Retry with the same request id.")
        if error.connection_invalidated or isinstance(error.orig, NO_DATABASE):
            return _no_database()
    if isinstance(error, NO_DATABASE):
        return _no_database()
    incident = uuid4().hex[:12]
    log.error("call_failed", incident=incident, exc_info=error)
    return Internal("INTERNAL", f"A defect of ours, incident {incident}.", incident=incident)


def _no_database() -> Refusal:
    return Unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached now. Retry with the same request id.")


def code_of(refusal: Refusal) -> grpc.StatusCode:
    return next((code for kind, code in STATUSES if isinstance(refusal, kind)), grpc.StatusCode.INTERNAL)


def status_of(refusal: Refusal) -> status_pb2.Status:
    """The status with its details: ErrorInfo always, BadRequest and RetryInfo where they help."""
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.metadata)
    ]
    if refusal.fields:
        details.append(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(field=one.field, description=one.description)
                    for one in refusal.fields
                ]
            )
        )
    if refusal.retry_after is not None:
        info = error_details_pb2.RetryInfo()
        info.retry_delay.FromTimedelta(refusal.retry_after)
        details.append(info)
    packed = []
    for detail in details:
        packed.append(any_pb2.Any())
        packed[-1].Pack(detail)
    code = code_pb2.Code.Value(code_of(refusal).name)
    return status_pb2.Status(code=code, message=str(refusal), details=packed)
