"""Each lead knows whether it is hidden, and how often that has changed: what its run tells the other services."""

from alembic import op

revision = "0010"
down_revision = "0009"

DDL = """
alter table routing.lead
  -- At home in a hidden pool, as its run is told. What routing itself answers, it reads from the pool.
  add column hidden boolean not null default false,
  -- Grows with each change of who sees the lead beside its holder: it is hidden or shown, a collaborator comes or
  -- goes. 0 for nearly all: nobody has to be told.
  add column access_version bigint not null default 0,
  -- The change came about beside the lead's run, which has to be woken.
  add column access_untold boolean not null default false;
create index lead_access_untold on routing.lead (lead_id) where access_untold;

alter table routing.pool
  -- Its visibility has changed: which leads, in the order of their ids, have followed. Null when all have.
  add column followed_to uuid;

-- Here, since a lead's home is changed in many places and by statements for many at once: none of them can forget it.
-- The lock is the foreign key's, taken a moment earlier. Whoever changes a pool's visibility waits for it, so that no
-- lead comes home by a visibility that has passed.
create function routing.follow_pool() returns trigger language plpgsql as $$
declare
  now_hidden boolean;
begin
  select visibility = 'HIDDEN' into now_hidden from routing.pool where pool_id = new.home_pool_id for key share;
  if coalesce(now_hidden, false) <> new.hidden then
    new.hidden := not new.hidden;
    new.access_version := new.access_version + 1;
    new.access_untold := true;
  end if;
  return new;
end
$$;
create trigger lead_follows_pool before update of home_pool_id on routing.lead
  for each row when (new.home_pool_id is distinct from old.home_pool_id) execute function routing.follow_pool();
create trigger new_lead_follows_pool before insert on routing.lead
  for each row when (new.home_pool_id is not null) execute function routing.follow_pool();

-- What is hidden already, or has collaborators, is told by now.
update routing.lead set hidden = true, access_version = 1, access_untold = true
where home_pool_id in (select pool_id from routing.pool where visibility = 'HIDDEN');
update routing.lead set access_version = 1, access_untold = true
where not hidden and exists (
  select from routing.collaborator c join routing.holding h using (holding_id)
  where h.lead_id = lead.lead_id and h.ended_at is null and c.until is null
);
"""


def upgrade() -> None:
    op.execute(DDL)
