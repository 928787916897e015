"""Limits by grade and product, by a published table, by an override that ends."""

from alembic import op

revision = "0006"
down_revision = "0005"

DDL = """
-- What a limit counts is named by text: a grade, a product's code, a pool's id, nothing for all of a rep's holdings.
-- Collated as "C" PostgreSQL sorts it, and so locks it, as Python does.
alter table routing.holding_limit drop constraint holding_limit_scope_check;
alter table routing.holding_limit
  alter column key type text collate "C" using case when scope = 'REP' then '' else key::text end,
  add constraint holding_limit_scope_check check (scope in ('GRADE', 'POOL', 'PRODUCT', 'REP')),
  add constraint only_the_whole_rep_has_no_key check ((scope = 'REP') = (key = ''));

-- Whence a limit comes; the first of these that is there applies. Only an override ends by itself.
alter table routing.holding_limit
  add column default_limit int check (default_limit >= 0),
  add column table_limit int check (table_limit >= 0),
  add column set_limit int check (set_limit >= 0),
  add column override_limit int check (override_limit >= 0),
  add column override_until timestamptz,
  add constraint an_override_ends check ((override_limit is null) = (override_until is null));
update routing.holding_limit l set
  default_limit = case when l.scope = 'REP' and l."limit" = team.holding_limit then l."limit" end,
  set_limit = case when l.scope = 'REP' and l."limit" = team.holding_limit then null else l."limit" end
from routing.rep join routing.team using (team_id) where rep.rep_id = l.rep_id;
alter table routing.holding_limit drop column "limit";
alter table routing.holding_limit add column "limit" int
  generated always as (coalesce(override_limit, set_limit, table_limit, default_limit)) stored;
create index holding_limit_of_rep on routing.holding_limit (rep_id, scope, key);
create index override_to_end on routing.holding_limit (override_until) where override_until is not null;

-- As they were at its start, so that a holding gives back the places that it took; null for a lead without.
alter table routing.holding add column grade text, add column product text;
-- What began and what ended on a day.
create index holding_begun on routing.holding (started_at);
create index holding_ended on routing.holding (ended_at) where ended_at is not null;

-- A version is never changed, but for when its next season begins or ends.
create table routing.limit_table (
  version int primary key check (version > 0),
  lines jsonb not null,
  time_zone text not null,
  published_at timestamptz not null,
  published_by text not null,
  next_change_at timestamptz
);

-- The ledger of limits: what was done to one of a rep, or to all of them by a table.
create table routing.limit_change (
  change_id uuid primary key,
  kind text not null check (kind in
    ('SET', 'UNSET', 'OVERRIDDEN', 'OVERRIDE_ENDED', 'TABLE_PUBLISHED', 'SEASON_CHANGED')),
  rep_id uuid references routing.rep,
  scope text,
  key text,
  limit_before int,
  "limit" int,
  held int,
  until timestamptz,
  reason text,
  table_version int,
  changed int,
  actor_id text not null,
  actor_role text not null,
  changed_at timestamptz not null,
  check ((rep_id is null) = (table_version is not null))
);
create index limit_change_of_rep on routing.limit_change (rep_id, change_id);
"""


def upgrade() -> None:
    op.execute(DDL)
