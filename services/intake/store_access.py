"""Who sees a lead and its person, as the lead's run tells it. What is older than what is known changes nothing."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake import tables
from services.intake.store import Lead, lock_lead
from services.shared import outbox
from services.shared.database import text
from services.shared.hidden_leads import Access
from services.shared.outbox import Event


async def set_access(db: AsyncConnection, told: Access, holder_code: str) -> int:
    """Returns the epoch that is known now. Raises LeadNotFound."""
    lead = await lock_lead(db, told.lead_id)
    if not is_newer(told, lead):
        return lead.access_epoch
    await db.execute(text(SET), {**vars(told), "holder_code": holder_code})
    data = {"holder_code": holder_code, "epoch": told.epoch}
    if told.version:
        data |= {"hidden": told.hidden, "collaborators": len(told.collaborator_ids)}
    await outbox.record(db, tables.event, Event(told.lead_id, "access_set", data=data))
    return told.epoch


def is_newer(told: Access, lead: Lead) -> bool:
    """All three only ever grow, so that they put everything that a run can tell in one order."""
    known = lead.access_epoch, lead.access_version, lead.holder_id is None
    return (told.epoch, told.version or lead.access_version, told.holder_id is None) > known


# A worker of an older release tells who holds the lead and no version: what is hidden stays so.
SET = """
update intake.lead set holder_id = :holder_id, holder_code = :holder_code, access_epoch = :epoch,
  hidden = case when :version >= access_version then :hidden else hidden end,
  access_version = greatest(:version, access_version), collaborator_ids = cast(:collaborator_ids as uuid[])
where lead_id = :lead_id
"""
