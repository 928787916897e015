"""Requests for more time, follow-ups that a manager voided, and follow-ups that are planned."""

from alembic import op

revision = "0009"
down_revision = "0008"

DDL = """
create table routing.extension (
  extension_id uuid primary key,
  holding_id uuid not null references routing.holding,
  lead_id uuid not null,
  rep_id uuid not null references routing.rep,
  until timestamptz not null,
  reason text not null,
  requested_at timestamptz not null,
  -- Null while nobody has decided.
  granted boolean,
  decided_until timestamptz,
  decided_at timestamptz,
  decided_by text,
  decision_reason text,
  check ((granted is null) = (decided_at is null)),
  check ((granted is true) = (decided_until is not null))
);
-- One question at a time.
create unique index one_pending_extension on routing.extension (holding_id) where granted is null;
create index extension_of_rep on routing.extension (rep_id, extension_id);

create table routing.follow_up_plan (
  plan_id uuid primary key,
  holding_id uuid not null references routing.holding,
  lead_id uuid not null,
  -- Who is to follow up: the holder or a collaborator.
  rep_id uuid not null references routing.rep,
  kind text not null,
  due_at timestamptz not null,
  planned_at timestamptz not null,
  planned_by text not null,
  told_at timestamptz,
  -- By the next follow-up of the rep to this lead.
  done_at timestamptz,
  done_by uuid,
  cancelled_at timestamptz,
  check (done_at is null or cancelled_at is null)
);
create index plan_to_tell on routing.follow_up_plan (due_at)
  where told_at is null and done_at is null and cancelled_at is null;
create index plan_of_rep on routing.follow_up_plan (rep_id, due_at, plan_id)
  where done_at is null and cancelled_at is null;
create index plan_of_holding on routing.follow_up_plan (holding_id)
  where done_at is null and cancelled_at is null;

alter table routing.follow_up add column voided_at timestamptz;
alter table routing.follow_up add column voided_by text;
alter table routing.follow_up add column void_reason text;
"""


def upgrade() -> None:
    op.execute(DDL)
