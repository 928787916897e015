"""Notices on their way to people."""

from alembic import op

revision = "0007"
down_revision = "0006"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
