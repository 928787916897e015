"""Policies as messages."""

from datetime import timedelta

from clew.routing.v1 import roster_pb2 as pb
from services.routing.policy import AfterPercent, BeforeDeadline, Period, Policy, Reminder, Unwarned
from services.shared.refusals import InvalidInput


def policy_of(message: pb.Policy) -> Policy:
    """A field left out takes its default."""
    default = Policy()

    def period(name: str) -> Period:
        given: Period = getattr(default, name)
        return _period(getattr(message, name), f"policy.{name}") if message.HasField(name) else given

    return Policy(
        first_response=period("first_response"),
        protection=period("protection"),
        extension=period("extension"),
        attempt_extension=period("attempt_extension"),
        attempts_counted=message.attempts_counted if message.HasField("attempts_counted") else default.attempts_counted,
        attempt_interval=period("attempt_interval"),
        maximum=period("maximum"),
        reminders=tuple(_reminder(one, f"policy.reminders[{index}]") for index, one in enumerate(message.reminders))
        or default.reminders,
        claim_cooldown=period("claim_cooldown"),
        notice_floor=period("notice_floor"),
        calendar=message.calendar_code,
        unwarned=Unwarned.RECALL if message.unwarned == pb.UNWARNED_RECALL else Unwarned.POSTPONE,
        lock_longest=period("lock_longest"),
        locks_per_rep=message.locks_per_rep if message.HasField("locks_per_rep") else default.locks_per_rep,
        extensions_granted=message.extensions_granted
        if message.HasField("extensions_granted")
        else default.extensions_granted,
        leave_longest=period("leave_longest"),
        manager_copies=message.manager_copies,
    )


def _period(message: pb.Period, field: str) -> Period:
    counted = message.WhichOneof("period") or "elapsed"
    if counted == "working_days":
        return Period(working_days=message.working_days)
    length: timedelta = getattr(message, counted).ToTimedelta()
    # Left empty, or less than the microsecond that PostgreSQL counts in.
    if not length:
        raise InvalidInput(f"{field}.{counted}", "Say how long, or leave the whole period out for its default.")
    return Period(elapsed=length) if counted == "elapsed" else Period(working_time=length)


def _reminder(message: pb.Reminder, field: str) -> Reminder:
    moment = message.WhichOneof("moment")
    if moment is None:
        raise InvalidInput(field, "Say when to remind: after a percentage of the time, or so long before its end.")
    if moment == "percent":
        return AfterPercent(message.percent)
    return BeforeDeadline(_period(message.before, f"{field}.before"))
