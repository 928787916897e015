"""The managers' queue: leads that are unassigned; and pools that put leads up for review."""

from alembic import op

revision = "0011"
down_revision = "0010"

DDL = """
alter table routing.lead
  drop constraint lead_state_check,
  add constraint lead_state_check check (state in ('QUALIFYING', 'UNASSIGNED', 'POOLED', 'HELD', 'CONVERTING',
    'CONVERTED', 'INVALID', 'DORMANT', 'VOIDED'));

-- Of the newest wait in the queue; whether it lasts, the state says.
alter table routing.lead
  add column unassigned_at timestamptz,
  add column unassigned_reason text,
  -- How often it has come into the queue.
  add column unassigned_times int not null default 0,
  -- The team whose rep was wanted.
  add column wanted_team_id uuid references routing.team,
  -- When it was routed last, how often in vain, and by which version of the rules; null where they do not matter.
  add column tried_at timestamptz,
  add column tries int not null default 0,
  add column tried_version int,
  -- When it is routed again at the latest; null where only a manager decides.
  add column retry_at timestamptz,
  add constraint unassigned_says_why check (state <> 'UNASSIGNED' or (home_pool_id is not null and pooled_at is null
    and unassigned_at is not null and unassigned_reason is not null));
-- The best first.
create index lead_in_queue on routing.lead ((coalesce(nullif(grade, ''), 'Z')), (-(fit_score + behavior_score)),
  (-reenquiries), unassigned_at, lead_id) where state = 'UNASSIGNED';
create index unassigned_at_home on routing.lead (home_pool_id) where state = 'UNASSIGNED';
create index unassigned_to_retry on routing.lead (retry_at) where state = 'UNASSIGNED' and retry_at is not null;
create index unassigned_by_rules on routing.lead (tried_version) where state = 'UNASSIGNED' and retry_at is not null;
create index unassigned_of_team on routing.lead (wanted_team_id, (coalesce(nullif(grade, ''), 'Z')),
  (-(fit_score + behavior_score)), (-reenquiries), unassigned_at, lead_id)
  where state = 'UNASSIGNED' and retry_at is not null;
create index unassigned_of_capturer on routing.lead (captured_by)
  where state = 'UNASSIGNED' and retry_at is not null and epoch = 0 and captured_by is not null;

alter table routing.pool
  add column hygiene text not null default 'DORMANT' check (hygiene in ('DORMANT', 'REVIEW'));
"""


def upgrade() -> None:
    op.execute(DDL)
