"""Deadlines that are computed anew: what happened to a holding, whole, and what a recall asks of it."""

from alembic import op

revision = "0004"
down_revision = "0003"

DDL = """
-- Nothing is due before: the end of a lock.
alter table routing.holding add column locked_until timestamptz;
-- Due and never warned, it is postponed once (Policy.unwarned).
alter table routing.holding add column postpones boolean not null default true;

-- What the first version kept of a holding were the moves of its clocks: from now on it is all that happened.
update routing.holding set schedule = schedule - 'moves' || jsonb_build_object('told', coalesce((
  select jsonb_agg(jsonb_build_object('entry', entry, 'because', because, 'words', '') order by at)
  from (
    select received_at as at, to_jsonb(because) as because, jsonb_build_object('kind', 'FOLLOW_UP',
      'at', received_at, 'id', follow_up_id, 'outcome', outcome, 'direction', direction) as entry
    from routing.follow_up where follow_up.holding_id = holding.holding_id and not after_the_end
    union all
    select cast(move->>'at' as timestamptz), '[]', jsonb_build_object('kind', 'CONVERSION_RELEASED',
      'at', move->>'at', 'id', coalesce(move->>'conversion_id', ''))
    from jsonb_array_elements(schedule->'moves') as move where move->>'kind' = 'CONVERSION_RELEASED'
  ) as happened), '[]'))
where ended_at is null;

-- Live deadlines that are computed anew, in batches: for a policy's new version, a corrected calendar, a leave.
create table routing.rebasing (
  rebasing_id uuid primary key,
  cause text not null,
  policy_code text,
  policy_version int,
  calendar_code text,
  rep_id uuid references routing.rep,
  -- Nothing becomes due before now + notice floor.
  with_floor boolean not null,
  -- Neither a new version nor another calendar: the policy was disabled (true) or enabled again (false).
  suspend boolean,
  -- Begun when every transaction is over that may have opened a holding on the old terms: those before this one.
  fence xid8,
  asked_by text not null,
  asked_role text not null,
  asked_at timestamptz not null,
  -- Holdings up to this id are done.
  done_up_to uuid not null default '00000000-0000-0000-0000-000000000000',
  done bigint not null default 0,
  moved bigint not null default 0,
  finished_at timestamptz,
  check (num_nonnulls(policy_code, calendar_code, rep_id) = 1)
);
create index rebasing_to_do on routing.rebasing (asked_at) where finished_at is null;
-- Codes that were disabled or enabled; a policy that is not named is enabled.
create table routing.policy_switch (
  code text primary key,
  enabled boolean not null,
  changed_at timestamptz not null default clew.clew_now(),
  changed_by text not null
);
-- Which policy a holding begins under; the newest version counts.
create table routing.policy_rules (
  version int primary key check (version > 0),
  rules jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null
);
create index holding_of_policy on routing.holding (policy_code, holding_id) where ended_at is null;
"""


def upgrade() -> None:
    op.execute(DDL)
