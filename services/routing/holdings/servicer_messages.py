"""Holdings and schedules as messages; other parts of routing show them too."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from clew.routing.v1 import holdings_pb2 as pb
from services.routing.holdings.holding import Holding
from services.routing.holdings.schedule import Schedule, counted


def holding_message(holding: Holding) -> pb.Holding:
    schedule = holding.schedule
    return pb.Holding(
        holding_id=str(holding.holding_id),
        lead_id=str(holding.lead_id),
        epoch=holding.epoch,
        rep_id=str(holding.rep_id),
        rep_code=holding.rep_code,
        origin=f"HOLDING_ORIGIN_{holding.origin}",
        started_at=holding.started_at,
        policy_version=holding.policy_text,
        due_at=None if schedule.nothing_due else schedule.due_at,
        due_cause=f"DUE_CAUSE_{schedule.due_cause}",
        first_responded_at=schedule.first_responded_at,
        ended_at=holding.ended_at,
        end_cause=holding.end_cause or "",
        conversion_id=str(holding.conversion_id or ""),
        lease_until=holding.lease_until,
        taken_from_pool_code=holding.taken_from_pool_code,
    )


def schedule_message(
    schedule: Schedule,
    holding_id: UUID,
    *,
    wake_at: datetime | None = None,
    reminded_of: Set[str] = frozenset(),
) -> pb.Schedule:
    """What the clocks say, and of an open holding what comes next and which reminders have been sent."""
    return pb.Schedule(
        holding_id=str(holding_id),
        policy_version=schedule.policy_version,
        started_at=schedule.started_at,
        first_response_due_at=schedule.first_response_due_at,
        first_responded_at=schedule.first_responded_at,
        protected_until=schedule.protected_until,
        maximum_at=schedule.maximum_at,
        due_at=None if schedule.nothing_due else schedule.due_at,
        due_cause=f"DUE_CAUSE_{schedule.due_cause}",
        wake_at=None if schedule.nothing_due else wake_at,
        reminders=[
            pb.ReminderTime(step=reminder.step, at=reminder.at, sent=reminder.step in reminded_of)
            for reminder in schedule.reminders
        ],
        attempts_counted=schedule.attempts_counted,
        because=schedule.because,
        calendar_version=schedule.calendar_version,
        locked_until=schedule.locked_until,
        passed_over=[
            pb.PassedOver(starts_at=stop.start, ends_at=stop.end, why=stop.why) for stop in schedule.passed_over
        ],
        provisional_years=schedule.provisional_years,
        entries=[
            pb.ScheduleEntry(
                kind=told.entry.kind,
                at=told.entry.at,
                id=told.entry.id,
                counted=counted(told.because),
                because=told.because,
                until=told.entry.until,
                words=told.words,
            )
            for told in schedule.told
        ],
    )
