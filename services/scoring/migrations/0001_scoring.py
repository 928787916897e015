"""Scoring's tables: rule versions, leads with their scores, contributions, engagements."""

from alembic import op

from services.shared.outbox import EVENT_DDL
from services.shared.requests import REQUEST_DDL

revision = "0001"
down_revision = None

DDL = """
-- A version is never changed: publishing inserts the next one.
create table scoring.rules (
  version int primary key check (version > 0),
  body jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null
);

-- A lead is known here from its first score or engagement on.
create table scoring.lead (
  lead_id uuid primary key,
  -- LeadFacts as JSON, as it was scored last; null while only engagements are known.
  facts jsonb,
  rules_version int not null default 0,
  fit_score int not null default 0,
  behavior_score int not null default 0,
  grade text not null default 'D',
  mature boolean not null default false,
  maturities int not null default 0,
  -- Grows with each change that routing must take; 0 before the first score.
  version bigint not null default 0,
  taken_version bigint not null default 0,
  changed_at timestamptz not null default clew.clew_now(),
  scored_at timestamptz,
  nudged_at timestamptz,
  nudges int not null default 0
);
create index lead_untaken on scoring.lead (changed_at) where version > taken_version;

-- The addends of the present score.
create table scoring.contribution (
  lead_id uuid not null references scoring.lead,
  part text not null check (part in ('fit', 'behavior')),
  rule_id text not null,
  points int not null,
  engagements int not null,
  because text not null,
  primary key (lead_id, part, rule_id)
);

create table scoring.engagement (
  engagement_id uuid primary key,
  lead_id uuid not null references scoring.lead,
  kind text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  source_event_id text
);
create unique index engagement_once on scoring.engagement (lead_id, kind, source_event_id)
  where source_event_id is not null;
create index engagement_of_lead on scoring.engagement (lead_id, kind);
"""


def upgrade() -> None:
    op.execute(DDL)
    op.execute(EVENT_DDL("scoring"))
    op.execute(REQUEST_DDL("scoring"))
