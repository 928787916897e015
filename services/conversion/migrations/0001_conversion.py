"""Conversion's tables: conversions, and the accounts, contacts and opportunities that they make."""

from alembic import op

from services.shared.outbox import EVENT_DDL
from services.shared.requests import REQUEST_DDL

revision = "0001"
down_revision = None

DDL = """
-- Companies' names stay in intake: an account knows its organisation by id.
create table conversion.account (
  account_id uuid primary key,
  organisation_id uuid,
  owner_id uuid not null,
  industry text not null default '',
  company_size int not null default 0,
  region text not null default '',
  city text not null default '',
  country text not null default '',
  created_at timestamptz not null default clew.clew_now()
);
-- One account per organisation, whoever converts at once.
create unique index one_account_per_organisation on conversion.account (organisation_id)
  where organisation_id is not null;

create table conversion.collaborator (
  account_id uuid not null references conversion.account,
  rep_id uuid not null,
  since timestamptz not null default clew.clew_now(),
  primary key (account_id, rep_id)
);

create table conversion.contact (
  contact_id uuid primary key,
  account_id uuid not null references conversion.account,
  person_id uuid not null,
  created_at timestamptz not null default clew.clew_now()
);

create table conversion.opportunity (
  opportunity_id uuid primary key,
  account_id uuid not null references conversion.account,
  owner_id uuid not null,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  product text not null,
  created_at timestamptz not null default clew.clew_now()
);
create index opportunity_of_account on conversion.opportunity (account_id);

create table conversion.conversion (
  conversion_id uuid primary key,
  lead_id uuid not null,
  holding_id uuid not null,
  epoch bigint not null,
  state text not null check (state in ('REQUESTED', 'COMMITTED', 'COMPLETED', 'REFUSED', 'ABANDONED')),
  -- Reserved when asked for; from the commit on what they are.
  account_id uuid not null,
  contact_id uuid not null,
  opportunity_id uuid not null,
  account_choice text not null check (account_choice in ('MATCHED', 'EXISTING', 'NEW')),
  opportunity_choice text not null check (opportunity_choice in ('EXISTING', 'NEW')),
  amount_minor bigint not null default 0,
  currency text not null default 'CNY',
  product text not null default '',
  account_created boolean,
  converter_id text not null,
  by_manager boolean not null,
  reason text,
  requested_at timestamptz not null,
  committed_at timestamptz,
  completed_at timestamptz,
  changed_at timestamptz not null,
  nudged_at timestamptz,
  nudges int not null default 0,
  check ((committed_at is not null) = (state in ('COMMITTED', 'COMPLETED'))),
  check ((committed_at is not null) = (account_created is not null))
);
-- One conversion per lead that is neither refused nor abandoned: this index decides, whoever asks.
create unique index one_conversion_per_lead on conversion.conversion (lead_id)
  where state not in ('REFUSED', 'ABANDONED');
create index conversion_of_lead on conversion.conversion (lead_id, requested_at);
create index conversion_pending on conversion.conversion (changed_at) where state in ('REQUESTED', 'COMMITTED');
"""


def upgrade() -> None:
    op.execute(DDL)
    op.execute(EVENT_DDL("conversion"))
    op.execute(REQUEST_DDL("conversion"))
