"""Opportunities are closed as won or lost, and intake is told who owns open ones."""

from alembic import op

revision = "0003"
down_revision = "0002"

DDL = """
alter table conversion.opportunity
  add column state text not null default 'OPEN' check (state in ('OPEN', 'WON', 'LOST')),
  add column reason text not null default '',
  add column closed_at timestamptz,
  add column closed_by text,
  add constraint closed_opportunity_says_when check ((state = 'OPEN') = (closed_at is null)),
  add constraint closed_opportunity_says_who check ((state = 'OPEN') = (closed_by is null));

-- Grows with each opportunity that is made or closed; what intake was told is `owners_told`.
alter table conversion.account
  add column opportunities_version bigint not null default 0,
  add column owners_told bigint not null default 0,
  add column opportunities_changed_at timestamptz,
  add column nudged_at timestamptz,
  add column nudges int not null default 0;
-- Whatever was converted before is told, too.
update conversion.account set opportunities_version = 1, opportunities_changed_at = clew.clew_now()
where exists (select from conversion.opportunity where opportunity.account_id = account.account_id);
create index account_untold on conversion.account (opportunities_changed_at)
  where opportunities_version > owners_told;

create index conversion_of_opportunity on conversion.conversion (opportunity_id, requested_at);
create index conversion_of_account on conversion.conversion (account_id, requested_at);
"""


def upgrade() -> None:
    op.execute(DDL)
