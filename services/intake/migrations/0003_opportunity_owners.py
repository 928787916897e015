"""Who owns open opportunities of an account, as conversion tells it, and of the account that a lead is matched to."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
create table intake.account_opportunities (
  account_id uuid primary key,
  owners uuid[] not null,
  -- Conversion's: an older one never overwrites.
  version bigint not null
);
alter table intake.lead add column opportunity_owners uuid[] not null default '{}';
"""


def upgrade() -> None:
    op.execute(DDL)
