"""What routing tells those who watch it: pools and the managers' queue, limits, notices on their way, what is overdue.

Each question goes along an index and ends its count somewhere, or looks at a table that grows with the reps and not
with the leads.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.notices.contact import Channel
from services.routing.notices.notice import NoticeKind
from services.routing.queue.store import REASONS
from services.shared.database import text
from services.shared.gauges import COUNTED_TO, ask_overdue
from services.shared.telemetry import meter

pool_depth = meter.create_gauge("clew.pool.depth", unit="{lead}", description="Leads that wait in a pool, by its code.")
queue_depth = meter.create_gauge(
    "clew.queue.depth", unit="{lead}", description="Leads that wait in the managers' queue, by the reason."
)
places_used = meter.create_gauge(
    "clew.limit.used", unit="{lead}", description="Open holdings that count against a limit, by its scope and team."
)
places = meter.create_gauge(
    "clew.limit.places", unit="{lead}", description="Open holdings that the limits allow, by their scope and team."
)
reps_full = meter.create_gauge(
    "clew.limit.full", unit="{rep}", description="Reps who have reached a limit, by its scope and their team."
)
unacknowledged = meter.create_gauge(
    "clew.notices.unacknowledged",
    unit="{notice}",
    description="Notices of the last 24 hours that nobody has acknowledged, by kind.",
)
undelivered = meter.create_gauge(
    "clew.notices.undelivered",
    unit="{delivery}",
    description="Of the notices of the last 24 hours: on which channel, and in which state (PENDING, FAILED, SKIPPED), "
    "they have not been sent. SKIPPED on NONE: nobody has said how to reach those whom they are for.",
)
delivery_age = meter.create_gauge(
    "clew.deliveries.age", unit="s", description="How long the delivery that is most overdue is so, by channel."
)


async def ask_pools(db: AsyncConnection) -> None:
    for code, depth in await db.execute(text(POOLS), {"counted_to": COUNTED_TO}):
        pool_depth.set(depth, {"pool": code})


async def ask_queue(db: AsyncConnection) -> None:
    """Each reason, also the one that no lead waits for."""
    rows = await db.execute(text(QUEUE), {"counted_to": COUNTED_TO})
    depths = {row.reason: row.leads for row in rows}
    for reason in REASONS:
        queue_depth.set(depths.get(reason, 0), {"reason": reason})


async def ask_limits(db: AsyncConnection) -> None:
    for row in await db.execute(text(LIMITS)):
        of_team = {"scope": row.scope, "team": row.team}
        places_used.set(row.used, of_team)
        places.set(row.places, of_team)
        reps_full.set(row.full, of_team)


async def ask_notices(db: AsyncConnection) -> None:
    """Each kind, also the one that nobody was told of today: a gauge that is not set stays as it was."""
    rows = await db.execute(text(NOTICES), {"counted_to": COUNTED_TO})
    unread = {row.kind: row.unread for row in rows}
    for kind in NoticeKind:
        unacknowledged.set(unread.get(kind, 0), {"kind": kind})


async def ask_deliveries(db: AsyncConnection) -> None:
    rows = await db.execute(text(UNDELIVERED), {"counted_to": COUNTED_TO})
    found = {(row.channel, row.state): row.deliveries for row in rows}
    for channel in (*Channel, "NONE"):
        for state in ("PENDING", "FAILED", "SKIPPED"):
            undelivered.set(found.get((channel, state), 0), {"channel": channel, "state": state})
    for row in await db.execute(text(DELIVERY_AGES), {"channels": list(Channel)}):
        delivery_age.set(max(row.age, 0.0), {"channel": row.channel})


async def ask_what_is_overdue(db: AsyncConnection) -> None:
    await ask_overdue(db, OVERDUE)


# A pool's leads lie together in the partial index `lead_in_pool`.
POOLS = """
select pool.code, depth.leads from routing.pool pool cross join lateral (
  select count(*) as leads from (
    select from routing.lead where state = 'POOLED' and home_pool_id = pool.pool_id limit :counted_to
  ) waiting
) depth
"""

# They lie together in the partial index `lead_in_queue`.
QUEUE = """
select reason, count(*) as leads from (
  select unassigned_reason as reason from routing.lead where state = 'UNASSIGNED' limit :counted_to
) waiting group by reason
"""

# One row per rep, and one per rep and pool. What has no limit is not counted on either side.
LIMITS = """
select l.scope, team.code as team, sum(l.held)::int as used, sum(l."limit")::int as places,
  count(distinct l.rep_id) filter (where l.held >= l."limit") as full
from routing.holding_limit l join routing.rep using (rep_id) join routing.team using (team_id)
where l."limit" is not null group by l.scope, team.code
"""

# Ids grow with time, so that the primary key finds a day's notices without an index of their own.
NOTICES = """
select kind, count(*) filter (where acknowledged_at is null) as unread from (
  select kind, acknowledged_at from routing.notice
  where notice_id >= (select uuidv7(interval '-24 hours')) order by notice_id desc limit :counted_to
) today group by kind
"""

# By their ids too.
UNDELIVERED = """
select channel, state, count(*) as deliveries from (
  select channel, state from routing.delivery
  where delivery_id >= (select uuidv7(interval '-24 hours')) order by delivery_id desc limit :counted_to
) today where state <> 'SENT' group by channel, state
"""

DELIVERY_AGES = """
select channel, coalesce((
  select extract(epoch from (select clew.clew_now()) - next_attempt_at)::float8 from routing.delivery d
  where d.channel = one.channel and state = 'PENDING' and (message_id is null or message_id = delivery_id)
  order by next_attempt_at limit 1
), 0) as age
from unnest(cast(:channels as text[])) as one (channel)
"""

# The run's timer has come first, the sweep a second later: what is still there after 5 s, neither could do.
OVERDUE = """
with instant as materialized (select clew.clew_now() - interval '5 seconds' as past)
select 'LEAD_TO_ROUTE', count(*) from (
  select from routing.lead where wake_at < (select past from instant) limit :counted_to
) lead
union all
select case when leased then 'LEASE' else 'HOLDING' end, count(found) from (values (true), (false)) kind (leased)
left join (
  select true as found, lease_until is not null as leased from routing.holding
  where ended_at is null and wake_at < (select past from instant) limit :counted_to
) holding using (leased) group by leased
"""
