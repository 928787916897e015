"""Working calendars and leave."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
create table routing.calendar (
  code text not null,
  version int not null,
  body jsonb not null,
  primary key (code, version)
);
create table routing.leave (
  leave_id uuid primary key,
  rep_id uuid not null references routing.rep,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  cancelled_at timestamptz
);
"""


def upgrade() -> None:
    op.execute(DDL)
