"""Limits by policy, overrides."""

from alembic import op

revision = "0006"
down_revision = "0005"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
