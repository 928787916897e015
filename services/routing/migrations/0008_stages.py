"""Stages, collaborators."""

from alembic import op

revision = "0008"
down_revision = "0007"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
