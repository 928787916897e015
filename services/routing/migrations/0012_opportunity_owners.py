"""Who owns open opportunities of the account that a lead is matched to: nothing is due for one of them who holds it."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("alter table routing.lead add column opportunity_owners uuid[] not null default '{}'")
