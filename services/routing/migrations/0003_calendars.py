"""Working calendars and leave."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
select 1;
"""


def upgrade() -> None:
    op.execute(DDL)
