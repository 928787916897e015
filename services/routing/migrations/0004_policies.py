"""Policies: chosen by rules, enabled, rolled out."""

from alembic import op

revision = "0004"
down_revision = "0003"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
