"""Stages with their criteria and history, collaborators, credit for who handed a lead off."""

from alembic import op

revision = "0008"
down_revision = "0007"

DDL = """
alter table routing.lead add column stage text not null default 'PROSPECT'
  check (stage in ('PROSPECT', 'MQL', 'SAL', 'SQL', 'OPPORTUNITY', 'WON', 'LOST'));

-- The whole set is published at once.
create table routing.stage_criteria (
  version int primary key check (version > 0),
  criteria jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null
);
insert into routing.stage_criteria (version, criteria, published_by)
  values (1, '[{"stage": "SQL", "facts": ["FIRST_RESPONSE_MET", "CONNECTED_FOLLOW_UP"]}]', 'clew');

-- A change to PROSPECT begins a new cycle: what happened before it meets no criterion any more.
create table routing.stage_change (
  change_id uuid primary key,
  lead_id uuid not null references routing.lead,
  from_stage text not null,
  to_stage text not null,
  changed_at timestamptz not null,
  actor_id text not null,
  actor_role text not null,
  cause text not null,
  criteria_version text,
  holding_id uuid references routing.holding
);
create index stage_change_of_lead on routing.stage_change (lead_id, changed_at, change_id);

alter table routing.team add column verifies boolean not null default false;
-- Of a holding that began by a hand-off: who handed it off. A transfer passes it on.
alter table routing.holding add column credited_rep_id uuid references routing.rep;

-- A collaboration belongs to a holding and ends with it at the latest.
create table routing.collaborator (
  holding_id uuid not null references routing.holding,
  lead_id uuid not null references routing.lead,
  rep_id uuid not null references routing.rep,
  since timestamptz not null,
  until timestamptz check (until >= since),
  added_by text not null,
  primary key (holding_id, rep_id, since)
);
create unique index one_collaboration on routing.collaborator (holding_id, rep_id) where until is null;

alter table routing.holding drop constraint holding_end_cause_check;
alter table routing.holding add constraint holding_end_cause_check check (end_cause in
  ('returned', 'reclaimed', 'recalled', 'transferred', 'converted', 'disqualified', 'unanswered', 'rejected',
   'voided'));
"""


def upgrade() -> None:
    op.execute(DDL)
