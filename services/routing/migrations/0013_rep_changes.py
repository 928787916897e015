"""Who said when that a rep takes leads or takes none."""

from alembic import op

revision = "0013"
down_revision = "0012"

DDL = """
create table routing.rep_change (
  change_id uuid primary key,
  rep_id uuid not null references routing.rep,
  active boolean not null,
  actor_id text not null,
  actor_role text not null,
  changed_at timestamptz not null
);
create index rep_change_of_rep on routing.rep_change (rep_id, change_id);
"""


def upgrade() -> None:
    op.execute(DDL)
