"""Notices on their way to people: how each wants to hear of them, and what became of each on each channel."""

from alembic import op

revision = "0007"
down_revision = "0006"

DDL = """
-- Of a rep, of a team's managers or of a pool's people.
create table routing.contact (
  contact_id uuid primary key,
  rep_id uuid unique references routing.rep,
  team_id uuid unique references routing.team,
  pool_id uuid unique references routing.pool,
  language text not null check (language in ('zh', 'en')),
  zone text not null,
  -- Local times; from is after to where the night lies between them.
  quiet_from time,
  quiet_to time,
  urgent_breaks_quiet boolean not null,
  digest_every interval not null check (digest_every >= interval '0'),
  updated_at timestamptz not null,
  updated_by text not null,
  constraint contact_of_one check (num_nonnulls(rep_id, team_id, pool_id) = 1),
  check ((quiet_from is null) = (quiet_to is null))
);
create table routing.contact_channel (
  contact_id uuid not null references routing.contact,
  channel text not null check (channel in ('EMAIL', 'WECOM', 'WEBHOOK')),
  address text not null,
  -- Signs what goes to a webhook. It goes in and never out.
  secret text,
  -- Empty: all.
  kinds text[] not null,
  primary key (contact_id, channel),
  check ((channel = 'WEBHOOK') = (secret is not null))
);

-- What was there before is not sent: its default is for those rows alone.
alter table routing.notice add column planned_at timestamptz default '-infinity';
alter table routing.notice alter column planned_at drop default;
create index notice_to_plan on routing.notice (notice_id) where planned_at is null;

create table routing.delivery (
  delivery_id uuid primary key,
  notice_id uuid not null references routing.notice,
  -- NONE: no channel takes the notice, and `why` says why.
  channel text not null check (channel in ('EMAIL', 'WECOM', 'WEBHOOK', 'NONE')),
  contact_id uuid references routing.contact,
  state text not null check (state in ('PENDING', 'SENT', 'FAILED', 'SKIPPED')),
  why text check (why in ('NO_ADDRESS', 'NOT_WANTED', 'CHANNEL_OFF', 'ACKNOWLEDGED')),
  -- The message that it goes with: its own id, or that of another delivery of the same digest. Fixed before the first
  -- sending, so that a repeat is known by it.
  message_id uuid,
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  -- By the real clock: a lease is a matter between processes.
  claimed_until timestamptz,
  -- A code, never the words of a server: they may quote an address.
  error text check (error ~ '^[A-Z0-9_-]{1,60}$'),
  sent_at timestamptz,
  provider_id text,
  created_at timestamptz not null,
  unique (notice_id, channel),
  check ((state = 'SKIPPED') = (why is not null)),
  check ((state = 'SENT') = (sent_at is not null))
);
create index delivery_to_send on routing.delivery (channel, next_attempt_at)
  where state = 'PENDING' and (message_id is null or message_id = delivery_id);
create index delivery_of_message on routing.delivery (message_id) where state = 'PENDING';
"""


def upgrade() -> None:
    op.execute(DDL)
