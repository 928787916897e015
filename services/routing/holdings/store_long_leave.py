"""A leave that is longer than a policy lets leads wait: the managers are told of each, and may hand it over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.policy import Policy
from services.shared.statements import run


async def tell_of_long_leave(db: AsyncConnection, rep_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """One notice for each of the rep's leads whose policy finds the leave too long."""
    longest = Policy().leave_longest.elapsed
    values = {"rep_id": rep_id, "starts_at": starts_at, "ends_at": ends_at, "longest": longest}
    await run(db, TELL, values)


TELL = """
insert into routing.notice (notice_id, subject_id, kind, step, team_id, lead_id, holding_id, due_at, reason, created_at)
select uuidv7(), h.holding_id, 'LONG_LEAVE', 'until ' || to_char(cast(:ends_at as timestamptz), 'YYYY-MM-DD'),
  rep.team_id, h.lead_id, h.holding_id, h.due_at, rep.code, clew.clew_now()
from routing.holding h join routing.rep using (rep_id)
join routing.policy on policy.code = h.policy_code and policy.version = h.policy_version
where h.rep_id = :rep_id and h.ended_at is null
  and cast(:ends_at as timestamptz) - cast(:starts_at as timestamptz)
    > coalesce(cast(policy.body->'leave_longest'->>'elapsed_seconds' as float8) * interval '1 second', :longest)
on conflict do nothing
"""
