"""Pools: members, rules of claiming, hygiene."""

from alembic import op

revision = "0005"
down_revision = "0004"

DDL = """
alter table routing.pool
  -- To outsiders a hidden pool, and every lead at home in it, does not exist.
  add column visibility text not null default 'PUBLIC' check (visibility in ('PUBLIC', 'HIDDEN')),
  -- Of its days and of its opening.
  add column time_zone text not null default 'Asia/Shanghai',
  add column new_lead_freeze interval not null default '0' check (new_lead_freeze >= '0'),
  add column daily_claim_limit int check (daily_claim_limit >= 0),
  add column opens_at time,
  add column max_holdings int default 3 check (max_holdings >= 0),
  add column max_age interval check (max_age > '0'),
  add column dwell_reminder interval check (dwell_reminder > '0'),
  add column daily_view_limit int check (daily_view_limit >= 0),
  add column closed_at timestamptz,
  -- Where the leads of a deleted pool are at home from then on; never a deleted one.
  add column successor_pool_id uuid references routing.pool,
  add constraint closed_has_successor check ((closed_at is null) = (successor_pool_id is null));

-- Without any, a public pool is open to all reps.
create table routing.pool_member (
  pool_id uuid not null references routing.pool,
  rep_id uuid references routing.rep,
  team_id uuid references routing.team,
  unique nulls not distinct (pool_id, rep_id, team_id),
  check (num_nonnulls(rep_id, team_id) = 1)
);

-- What a rep did on one day of the pool's zone, where the pool limits it.
create table routing.pool_day (
  pool_id uuid not null references routing.pool,
  rep_id uuid not null references routing.rep,
  local_date date not null,
  claims int not null default 0 check (claims >= 0),
  views int not null default 0 check (views >= 0),
  primary key (pool_id, rep_id, local_date)
);
create index pool_day_by_age on routing.pool_day (local_date);

alter table routing.lead
  -- New in its pool: until then it is assigned, never claimed.
  add column frozen_until timestamptz,
  -- Recalled: at the pool's next opening it may be claimed again.
  add column release_at timestamptz,
  -- How often it was given back or recalled since it was opened or reopened.
  add column returns int not null default 0,
  -- The `pooled_at` for which the pool's people have been told that it waits long.
  add column dwell_told_for timestamptz;
update routing.lead set returns = (
  select count(*) from routing.holding
  where holding.lead_id = lead.lead_id and end_cause in ('returned', 'reclaimed', 'recalled')
) where epoch > 0;

-- The best of a pool first: by grade, score, re-enquiries, then whoever waits longest.
drop index routing.lead_in_pool;
create index lead_in_pool on routing.lead (home_pool_id, (coalesce(nullif(grade, ''), 'Z')),
  (-(fit_score + behavior_score)), (-reenquiries), pooled_at, lead_id) where state = 'POOLED';
-- Whatever waits has a `pooled_at`. Said in this way, the index is never taken for the one above, and sorted.
create index lead_by_age on routing.lead (home_pool_id, (greatest(pooled_at, resting_until)))
  where pooled_at is not null;
create index lead_by_returns on routing.lead (home_pool_id, returns) where state = 'POOLED' and returns > 0;
create index lead_to_tell_of on routing.lead (home_pool_id, (greatest(pooled_at, resting_until)))
  where state = 'POOLED' and dwell_told_for is distinct from pooled_at;

-- Strictly after the instant; null for a pool that is always open.
create function routing.next_opening(of_pool uuid, after timestamptz) returns timestamptz language sql stable as $$
  select (day + opens_at + case when day + opens_at > local then interval '0' else interval '1 day' end)
    at time zone time_zone
  from routing.pool, lateral (select after at time zone time_zone as local) here,
    lateral (select cast(local as date) as day) today
  where pool_id = of_pool
$$;
"""


def upgrade() -> None:
    op.execute(DDL)
