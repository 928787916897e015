"""Routing's tables: roster, policies and rules, leads, holdings with their limits, decisions, notices."""

from alembic import op

from services.shared.outbox import EVENT_DDL
from services.shared.requests import REQUEST_DDL

revision = "0001"
down_revision = None

DDL = """
create table routing.team (
  team_id uuid primary key,
  code text not null unique,
  name text not null,
  holding_limit int not null check (holding_limit >= 0),
  created_at timestamptz not null default clew.clew_now()
);

create table routing.rep (
  rep_id uuid primary key,
  code text not null unique,
  display_name text not null,
  team_id uuid not null references routing.team,
  active boolean not null default true,
  -- Any assignment moves it, whoever made it: round robin gives to whoever waited longest.
  last_assigned_at timestamptz,
  created_at timestamptz not null default clew.clew_now()
);
create index rep_by_team on routing.rep (team_id);

-- A policy version is never changed: publishing inserts the next one.
create table routing.policy (
  code text not null,
  version int not null check (version > 0),
  body jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null,
  primary key (code, version)
);

create table routing.pool (
  pool_id uuid primary key,
  code text not null unique,
  name text not null,
  policy_code text not null,
  created_at timestamptz not null default clew.clew_now()
);

create table routing.assignment_rules (
  version int primary key check (version > 0),
  rules jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null
);

create table routing.lead (
  lead_id uuid primary key,
  state text not null check (state in ('QUALIFYING', 'POOLED', 'HELD', 'CONVERTING', 'CONVERTED', 'INVALID')),
  version bigint not null default 1,
  -- LeadFacts as JSON, intake's part; the score's columns complete it.
  facts jsonb not null,
  facts_version bigint not null,
  score_version bigint not null default 0,
  fit_score int not null default 0,
  behavior_score int not null default 0,
  grade text not null default '',
  maturities int not null default 0,
  reenquiries int not null default 0,
  captured_by uuid,
  account_owner uuid,
  home_pool_id uuid references routing.pool,
  -- Of the newest holding; the next one takes epoch + 1.
  epoch bigint not null default 0,
  -- Due for RouteLead: QUALIFYING, or pooled and newly mature.
  route_due boolean not null default true,
  -- Only while it is due for routing: when the run should have dealt with it. Holdings have their own.
  wake_at timestamptz,
  nudged_at timestamptz,
  nudges int not null default 0,
  pooled_at timestamptz,
  invalid_reason text,
  converter_id uuid references routing.rep (rep_id),
  opened_at timestamptz not null default clew.clew_now(),
  constraint pooled_has_home check (state <> 'POOLED' or (home_pool_id is not null and pooled_at is not null))
);
create index lead_in_pool on routing.lead (home_pool_id, (coalesce(nullif(grade, ''), 'Z')), pooled_at, lead_id)
  where state = 'POOLED';
create index lead_out_of_pool on routing.lead (home_pool_id) where state in ('HELD', 'CONVERTING');
create index lead_to_wake on routing.lead (wake_at) where wake_at is not null;

create table routing.holding (
  holding_id uuid primary key,
  lead_id uuid not null references routing.lead,
  epoch bigint not null,
  rep_id uuid not null references routing.rep,
  origin text not null check (origin in ('CLAIMED', 'ASSIGNED', 'RULE', 'CAPTURED', 'TRANSFERRED')),
  taken_from_pool_id uuid references routing.pool,
  policy_code text not null,
  policy_version int not null,
  started_at timestamptz not null,
  -- The schedule (holdings/schedule.py) as it is shown and goes to the ledger, and what SQL needs of it.
  -- Every transaction that moves a clock rewrites them together.
  schedule jsonb not null,
  first_responded_at timestamptz,
  due_at timestamptz not null,
  due_cause text not null check (due_cause in ('FIRST_RESPONSE', 'PROTECTION', 'MAXIMUM')),
  -- Those not yet sent, ascending, each with the name of its step.
  reminders timestamptz[] not null,
  reminder_steps text[] not null,
  -- The next of: a reminder, the deadline; while it is leased the lease's end.
  wake_at timestamptz,
  -- Of the pinned policy version. At the end it fixes from when on the rep may claim the lead again.
  claim_cooldown interval not null,
  may_claim_again_at timestamptz,
  conversion_id uuid,
  lease_until timestamptz,
  nudged_at timestamptz,
  nudges int not null default 0,
  ended_at timestamptz,
  end_cause text check (
    end_cause in ('returned', 'reclaimed', 'recalled', 'transferred', 'converted', 'disqualified')
  ),
  end_reason text,
  foreign key (policy_code, policy_version) references routing.policy (code, version),
  unique (lead_id, epoch),
  check ((ended_at is null) = (end_cause is null)),
  check ((ended_at is null) = (wake_at is not null)),
  check ((conversion_id is null) = (lease_until is null) or ended_at is not null)
);
-- One open holding per lead: this index decides, whoever asks.
create unique index one_open_holding on routing.holding (lead_id) where ended_at is null;
create index holding_to_wake on routing.holding (wake_at) where ended_at is null;
create index holding_of_rep on routing.holding (rep_id, due_at, holding_id) where ended_at is null;
create index holding_by_due on routing.holding (due_at, holding_id) where ended_at is null;
-- The claim cooldown looks over a lead's whole history.
create index holding_history on routing.holding (lead_id, rep_id);

-- held counts open holdings of the rep: all of them (scope REP, key = nil uuid), or those taken from one pool
-- (scope POOL). A row is there from a rep's first holding of its kind on, with or without a limit, so that no
-- count is ever missed.
create table routing.holding_limit (
  scope text not null check (scope in ('POOL', 'REP')),
  key uuid not null,
  rep_id uuid not null references routing.rep,
  held int not null check (held >= 0),
  "limit" int check ("limit" >= 0),
  primary key (scope, key, rep_id)
);

create table routing.follow_up (
  follow_up_id uuid primary key,
  holding_id uuid not null references routing.holding,
  lead_id uuid not null,
  rep_id uuid not null,
  kind text not null,
  direction text not null,
  outcome text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  note_id uuid,
  evidence_ref text,
  counted boolean not null,
  because text[] not null,
  after_the_end boolean not null
);
create index follow_up_of_holding on routing.follow_up (holding_id, received_at);

-- The ledger: every decision with the version, the candidates and the schedule that led to it.
create table routing.decision (
  decision_id uuid primary key,
  lead_id uuid not null,
  verb text not null,
  from_state text,
  to_state text not null,
  holding_id uuid,
  epoch bigint,
  rep_id uuid,
  actor_id text not null,
  actor_role text not null,
  reason text,
  rule_version text,
  candidates jsonb not null default '[]',
  due_at timestamptz,
  decided_at timestamptz not null,
  done_by text check (done_by in ('TIMER', 'SWEEP')),
  schedule jsonb
);
create index decision_of_lead on routing.decision (lead_id, decided_at, decision_id);

create table routing.notice (
  notice_id uuid primary key,
  -- What it is about: a holding, or the lead when there is none.
  subject_id uuid not null,
  kind text not null,
  step text not null default '',
  rep_id uuid references routing.rep,
  pool_id uuid references routing.pool,
  lead_id uuid not null,
  holding_id uuid,
  due_at timestamptz,
  reason text,
  created_at timestamptz not null,
  acknowledged_at timestamptz,
  -- The deadline is part of it: one that has moved is reminded of anew.
  unique nulls not distinct (subject_id, kind, step, due_at),
  check ((rep_id is null) <> (pool_id is null))
);
create index notice_of_rep on routing.notice (rep_id, notice_id);
create index notice_of_pool on routing.notice (pool_id, notice_id);

-- The policy and the pool that exist always. An empty body means: all defaults.
insert into routing.policy (code, version, body, published_by) values ('standard', 1, '{}', 'clew');
insert into routing.pool (pool_id, code, name, policy_code)
  values ('00000000-0000-7000-8000-000000000001', 'default', '公海', 'standard');
"""


def upgrade() -> None:
    op.execute(DDL)
    op.execute(EVENT_DDL("routing"))
    op.execute(REQUEST_DDL("routing"))
