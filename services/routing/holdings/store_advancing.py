"""A step of one holding, asked for by the lead's run when its timer has gone off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.holdings import store
from services.routing.holdings.schedule import LONGEST_SLEEP
from services.routing.holdings.store_recall import One, recall, remind
from services.routing.holdings.store_unwarned import postpone
from services.routing.leads.store import lock_lead
from services.routing.ledger import DoneBy
from services.shared.database import text


class Effect(StrEnum):
    """What a step did."""

    REMINDED = "REMINDED"
    RECALLED = "RECALLED"
    NOT_DUE = "NOT_DUE"
    ENDED = "ENDED"


@dataclass(frozen=True)
class Advanced:
    effect: Effect
    # When to ask again; none once the holding has ended.
    wake_at: datetime | None
    wake_in: timedelta | None


async def advance_holding(db: AsyncConnection, holding_id: UUID) -> Advanced:
    """Do what is due by the database's clock, or say when something will be. Raises HoldingNotFound."""
    await lock_lead(db, await store.lead_of(db, holding_id))
    this = One(holding_id)
    # The reminder first: each looks by a later clock, and a deadline that passes between two looks is the next one's.
    if await remind(db, this, DoneBy.TIMER):
        effect = Effect.REMINDED
    elif await recall(db, this, DoneBy.TIMER):
        return Advanced(Effect.RECALLED, None, None)
    else:
        effect = Effect.REMINDED if await postpone(db, this, DoneBy.TIMER) else Effect.NOT_DUE
    question = "select wake_at, wake_at - clew.clew_now() from routing.holding where holding_id = :holding_id"
    wake_at, wake_in = (await db.execute(text(question), {"holding_id": holding_id})).one()
    if wake_at is None:
        return Advanced(Effect.ENDED, None, None)
    return Advanced(effect, wake_at, min(max(wake_in, timedelta(0)), LONGEST_SLEEP))
