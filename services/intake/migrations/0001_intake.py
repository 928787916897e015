"""Intake's tables: submissions, persons, identity keys, leads, touchpoints, consents, reviews, notes, campaigns."""

from alembic import op

from services.shared.outbox import EVENT_DDL
from services.shared.requests import REQUEST_DDL

revision = "0001"
down_revision = None

DDL = """
create table intake.campaign (
  campaign_id uuid primary key,
  code text not null unique,
  name text not null,
  created_at timestamptz not null default clew.clew_now()
);

create table intake.person (
  person_id uuid primary key,
  name text not null,
  phone text not null,
  email text not null,
  wecom_id text not null,
  company text not null,
  credit_code text not null,
  title text not null
);

-- A company that has a credit code is one organisation; without one nobody can tell, so that it is its own.
create table intake.organisation (
  organisation_id uuid primary key,
  name text not null,
  credit_code text unique
);

-- Everything that was submitted and well-formed, whatever became of it. `person` is as it was typed, `contacts` is what
-- was read of it.
create table intake.submission (
  submission_id uuid primary key,
  business_line text not null,
  source_kind text not null,
  channel text not null,
  detail_code text not null,
  source_event_id text,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  campaign_id uuid references intake.campaign,
  captured_by uuid,
  person jsonb not null,
  contacts jsonb not null,
  attributes jsonb not null,
  consents jsonb not null,
  screening jsonb not null,
  outcome text not null check (outcome in ('CREATED', 'ATTACHED', 'IN_REVIEW', 'REJECTED')),
  lead_id uuid,
  review_id uuid,
  matches jsonb not null
);
-- A redelivered event of a source is the same submission.
create unique index submission_once on intake.submission (channel, source_event_id) where source_event_id is not null;

create table intake.lead (
  lead_id uuid primary key,
  person_id uuid not null references intake.person,
  organisation_id uuid references intake.organisation,
  business_line text not null,
  -- Intake's part of LeadFacts, as JSON with the contract's field names.
  facts jsonb not null,
  channel text not null,
  campaign_id uuid,
  captured_by uuid,
  account_owner uuid,
  -- Grows with each change that routing must take.
  version bigint not null default 1,
  taken_version bigint not null default 0,
  reenquiries int not null default 0,
  unreviewed boolean not null default false,
  -- Who sees the person, as the lead's run told it.
  holder_id uuid,
  holder_code text not null default '',
  access_epoch bigint not null default 0,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  nudged_at timestamptz,
  nudges int not null default 0
);
create index lead_untaken on intake.lead (changed_at) where version > taken_version;
create index lead_by_age on intake.lead (created_at desc, lead_id desc);
create index lead_of_campaign on intake.lead (campaign_id, created_at desc, lead_id desc) where campaign_id is not null;
create index lead_by_channel on intake.lead (channel, created_at desc, lead_id desc);
create index lead_of_organisation on intake.lead (organisation_id);
create index lead_of_person on intake.lead (person_id);

-- Keys of leads, and of the contacts and accounts that leads became: one check covers all three.
create table intake.identity_key (
  kind text not null,
  value text not null,
  business_line text not null,
  strong boolean not null,
  owner text not null check (owner in ('LEAD', 'CONTACT', 'ACCOUNT')),
  owner_id uuid not null,
  lead_id uuid not null,
  -- The rep who owns the account; only with owner ACCOUNT.
  account_owner uuid,
  primary key (kind, value, business_line, owner, owner_id)
);
-- Decides who is somebody new when the same person is submitted twice at once.
create unique index one_lead_per_strong_key on intake.identity_key (kind, value, business_line)
  where strong and owner = 'LEAD';
create index key_of_lead on intake.identity_key (lead_id);
create index key_of_customer on intake.identity_key (owner_id) where owner <> 'LEAD';

create table intake.touchpoint (
  touchpoint_id uuid primary key,
  lead_id uuid not null references intake.lead,
  submission_id uuid not null references intake.submission,
  channel text not null,
  campaign_id uuid,
  occurred_at timestamptz not null,
  received_at timestamptz not null
);
create index touchpoint_of_lead on intake.touchpoint (lead_id, occurred_at);

create table intake.consent (
  consent_id uuid primary key,
  person_id uuid not null references intake.person,
  purpose text not null,
  channel text not null,
  granted boolean not null,
  text_version text not null,
  given_at timestamptz not null,
  received_at timestamptz not null
);
create index consent_of_person on intake.consent (person_id, received_at desc);

create table intake.review (
  review_id uuid primary key,
  submission_id uuid not null unique references intake.submission,
  cause text not null check (cause in ('WEAK_MATCH', 'NAME_DIFFERS', 'SEVERAL_LEADS')),
  opened_at timestamptz not null,
  decide_by timestamptz not null,
  resolved_at timestamptz,
  resolution text check (resolution in ('NEW', 'ATTACH', 'REJECT', 'TIME_UP')),
  resolved_by text
);
create index review_open on intake.review (opened_at, review_id) where resolved_at is null;
create index review_to_decide on intake.review (decide_by) where resolved_at is null;

create table intake.note (
  note_id uuid primary key,
  lead_id uuid not null references intake.lead,
  author_id text not null,
  author_role text not null,
  body text not null,
  created_at timestamptz not null default clew.clew_now()
);
create index note_of_lead on intake.note (lead_id, created_at);

-- Each look at a person in full, and why.
create table intake.person_read (
  read_id uuid primary key,
  person_id uuid not null references intake.person,
  reader_id text not null,
  reader_role text not null,
  purpose text not null,
  read_at timestamptz not null default clew.clew_now()
);
create index read_of_person on intake.person_read (person_id, read_at);
"""


def upgrade() -> None:
    op.execute(DDL)
    op.execute(EVENT_DDL("intake"))
    op.execute(REQUEST_DDL("intake"))
