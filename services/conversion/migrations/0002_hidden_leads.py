"""Who may know of the leads that are or were hidden."""

from alembic import op

from services.shared.hidden_leads import LEAD_ACCESS_DDL

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(LEAD_ACCESS_DDL("conversion"))
