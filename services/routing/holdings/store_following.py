"""Follow-ups are kept, whatever they move."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing import tables
from services.routing.extensions.store_planning import complete_plans
from services.routing.holdings import store
from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.follow_ups import Because, Direction, Kind, Outcome, check_outcome
from services.routing.holdings.holding import Holding
from services.routing.holdings.schedule import counted, weigh
from services.routing.holdings.store_collaborating import check_takes_part
from services.routing.holdings.store_found import lock_named
from services.routing.lead import Stage
from services.routing.leads.store import ConditionsOf
from services.routing.stages.store import StageEntry, enter_by_the_way
from services.shared import database, outbox
from services.shared.callers import current_caller
from services.shared.database import text
from services.shared.ids import new_id
from services.shared.outbox import Event


@dataclass(frozen=True)
class FollowUp:
    """What a rep notes."""

    kind: Kind
    direction: Direction
    outcome: Outcome
    # By the rep's word; none for now. It moves nothing.
    occurred_at: datetime | None
    note_id: UUID | None
    evidence_ref: str


@dataclass(frozen=True)
class Noted:
    follow_up_id: UUID
    because: tuple[Because, ...]
    # With the clocks as they are after it.
    holding: Holding

    @property
    def counted(self) -> bool:
        return counted(self.because)


async def log_follow_up(
    db: AsyncConnection, holding_id: UUID, follow_up: FollowUp, conditions_of: ConditionsOf
) -> Noted:
    """Keep it and move what it moves; a first response makes the lead SAL.

    Raises HoldingNotFound, NotYours, InvalidInput.

    Received is when the lead is locked: a recall of the same instant is before it or after it, never both.
    """
    check_outcome(follow_up.direction, follow_up.outcome)
    lead, holding = await lock_named(db, holding_id)
    await check_takes_part(db, holding)
    received_at = await database.now(db)
    follow_up_id = new_id()
    because: tuple[Because, ...] = (Because.AFTER_THE_END,)
    if holding.open:
        entry = Entry(EntryKind.FOLLOW_UP, received_at, str(follow_up_id), follow_up.outcome, follow_up.direction)
        schedule, because = weigh(holding.policy, holding.schedule, entry, holding.time)
        # Late, it is kept and nothing is written: the reminders that were sent stay struck out.
        if schedule is not holding.schedule:
            holding = await store.write_clocks(db, holding, schedule)
    noted = Noted(follow_up_id, because, holding)
    await _keep(db, noted, follow_up, received_at)
    await complete_plans(db, lead.lead_id, current_caller().id, follow_up_id, received_at)
    await outbox.record(
        db,
        tables.event,
        Event(
            lead.lead_id,
            "follow_up_logged",
            rule_version=holding.policy_text,
            data={
                "holding_id": holding_id,
                "epoch": holding.epoch,
                "rep_code": holding.rep_code,
                "kind": follow_up.kind,
                "direction": follow_up.direction,
                "outcome": follow_up.outcome,
                "because": ", ".join(because),
                "due_at": holding.schedule.due_in_text,
            },
        ),
    )
    if Because.FIRST_RESPONSE_MET in because:
        accepted = StageEntry(Stage.SAL, "FIRST_RESPONSE", received_at, holding_id)
        await enter_by_the_way(db, lead, accepted, conditions_of)
    return noted


async def _keep(db: AsyncConnection, noted: Noted, follow_up: FollowUp, received_at: datetime) -> None:
    await db.execute(
        text(KEEP),
        {
            "follow_up_id": noted.follow_up_id,
            "holding_id": noted.holding.holding_id,
            "lead_id": noted.holding.lead_id,
            # Whoever noted it: the holder or a collaborator.
            "rep_id": current_caller().id,
            "kind": follow_up.kind,
            "direction": follow_up.direction,
            "outcome": follow_up.outcome,
            "occurred_at": follow_up.occurred_at or received_at,
            "received_at": received_at,
            "note_id": follow_up.note_id,
            "evidence_ref": follow_up.evidence_ref or None,
            "counted": noted.counted,
            "because": [str(because) for because in noted.because],
            "after_the_end": Because.AFTER_THE_END in noted.because,
        },
    )


KEEP = """
insert into routing.follow_up (follow_up_id, holding_id, lead_id, rep_id, kind, direction, outcome, occurred_at,
  received_at, note_id, evidence_ref, counted, because, after_the_end)
values (:follow_up_id, :holding_id, :lead_id, cast(:rep_id as uuid), :kind, :direction, :outcome, :occurred_at,
  :received_at, :note_id, :evidence_ref, :counted, cast(:because as text[]), :after_the_end)
"""
