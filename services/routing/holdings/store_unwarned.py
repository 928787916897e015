"""Due, and never warned: the worker and routing were away when the last reminder should have been written.

Where the policy says so the holder is reminded now and the holding is due a notice floor later, once. The recall
(store_recall.py) leaves these out, so whichever step of the sweep comes first, nobody loses a lead unwarned.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings.entries import Entry, EntryKind
from services.routing.holdings.schedule import compute_schedule
from services.routing.holdings.store import HOLDINGS, holding_of
from services.routing.holdings.store_recall import BUT_FOR, THIS_ONE, UNWARNED, One, Which, asked_for
from services.routing.holdings.store_rewriting import Rewritten, rewrite_many
from services.routing.holdings.store_time import know_calendars
from services.routing.ledger import DoneBy
from services.routing.notices.notice import NoticeKind
from services.shared import database
from services.shared.callers import current_caller
from services.shared.database import text


async def postpone(db: AsyncConnection, which: Which, done_by: DoneBy) -> list[UUID]:
    """Remind and postpone what is due and unwarned. Returns the holdings that this postponed."""
    question = FIND_ONE if isinstance(which, One) else FIND_OVERDUE
    found = (await db.execute(text(question), asked_for(which, done_by))).all()
    if not found:
        return []
    steps = {row.holding_id: row.step for row in found}
    rows = (
        await db.execute(
            text(f"{HOLDINGS} where h.holding_id = any(cast(:holding_ids as uuid[]))"), {"holding_ids": list(steps)}
        )
    ).all()
    await know_calendars(db, rows)
    now = await database.now(db)
    rewritten = []
    for holding in map(holding_of, rows):
        until = holding.policy.notice_floor.after(now, holding.time)
        entries = (*holding.schedule.entries, Entry(EntryKind.UNWARNED, now, until=until))
        schedule = compute_schedule(holding.policy, holding.policy_text, holding.started_at, entries, holding.time)
        step = steps[holding.holding_id]
        rewritten.append(Rewritten(holding, schedule, notice=NoticeKind.REMINDER, step=step))
    await rewrite_many(
        db,
        rewritten,
        verb="Postpone",
        event="holding_postponed",
        reason=EntryKind.UNWARNED,
        at=now,
        caller=current_caller(),
        by_run=done_by is DoneBy.TIMER,
    )
    return list(steps)


FIND = f"""
select h.holding_id, h.reminder_steps[cardinality(h.reminder_steps)] as step
from routing.holding h join routing.lead l using (lead_id)
where h.ended_at is null and h.lease_until is null and {UNWARNED}
  and h.due_at <= (select clew.clew_now()) - cast(:grace as interval) {{which}}
for no key update of l, h skip locked
"""  # composed of parts
FIND_ONE = FIND.format(which=THIS_ONE)
FIND_OVERDUE = FIND.format(which=f"{BUT_FOR} order by h.due_at limit :at_most")
