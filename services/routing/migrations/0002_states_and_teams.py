"""Leads that are dormant, voided or at rest; notices to a team's managers."""

from alembic import op

revision = "0002"
down_revision = "0001"

DDL = """
alter table routing.lead drop constraint lead_state_check;
alter table routing.lead add constraint lead_state_check check (state in
  ('QUALIFYING', 'POOLED', 'HELD', 'CONVERTING', 'CONVERTED', 'INVALID', 'DORMANT', 'VOIDED'));
-- A pooled lead with a future one is at rest: nobody is offered it. The date passes by itself.
alter table routing.lead add column resting_until timestamptz;

alter table routing.notice add column team_id uuid references routing.team;
alter table routing.notice drop constraint notice_check;
alter table routing.notice add constraint notice_to_one check (num_nonnulls(rep_id, team_id, pool_id) = 1);
-- The managers' copy of a rep's notice is one of its own.
alter table routing.notice drop constraint notice_subject_id_kind_step_due_at_key;
alter table routing.notice add constraint told_once unique nulls not distinct (subject_id, kind, step, due_at, team_id);
create index notice_of_team on routing.notice (team_id, notice_id);
"""


def upgrade() -> None:
    op.execute(DDL)
