"""Working calendars and leave."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
-- A version is never changed: an import inserts the next one.
create table routing.calendar (
  code text not null,
  version int not null check (version > 0),
  name text not null,
  -- The calendar that this one adds to; null when it stands alone.
  extends text,
  -- As it was imported, so that it can be made anew when the one that it extends changes; and what came of it.
  imported jsonb not null,
  body jsonb not null,
  published_at timestamptz not null default clew.clew_now(),
  published_by text not null,
  primary key (code, version)
);

-- Approved leaves of one rep do not overlap: who approves one locks the rep.
create table routing.leave (
  leave_id uuid primary key,
  rep_id uuid not null references routing.rep,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'APPROVED' check (state in ('APPROVED', 'CANCELLED')),
  approved_at timestamptz not null default clew.clew_now(),
  approved_by text not null,
  cancelled_at timestamptz,
  cancelled_by text,
  check (starts_at < ends_at),
  check ((state = 'CANCELLED') = (cancelled_at is not null)),
  check ((cancelled_at is null) = (cancelled_by is null))
);
create index leave_of_rep on routing.leave (rep_id, starts_at) where state = 'APPROVED';
create index leave_by_start on routing.leave (starts_at, leave_id);
"""


def upgrade() -> None:
    op.execute(DDL)
