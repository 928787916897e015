"""Leads that are hidden, and who sees a lead's person beside its holder."""

from alembic import op

revision = "0002"
down_revision = "0001"

DDL = """
alter table intake.lead
  -- As the lead's run told it, up to this version.
  add column hidden boolean not null default false,
  add column access_version bigint not null default 0,
  add column collaborator_ids uuid[] not null default '{}';
"""


def upgrade() -> None:
    op.execute(DDL)
