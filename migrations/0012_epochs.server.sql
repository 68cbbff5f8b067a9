-- How a restored database is noticed, and the order of what one device writes.

-- A database that is restored from a copy repeats what it says of itself, its identity and its versions included. So
-- each start of it, or of a program on it, begins an epoch under an id that nobody can have heard before. from_version
-- is above every version of the epochs before: whoever was told of a version at or above it in one of those was told by
-- a database that this one is an older copy of.
create table sync.epoch (
  n             bigint generated always as identity primary key,
  id            uuid not null unique default gen_random_uuid(),
  from_version  bigint not null,
  -- When the Postgres that it began on was started.
  postmaster    timestamptz not null default pg_postmaster_start_time(),
  began_at      timestamptz not null default now()
);

create function sync.begin_epoch() returns void language plpgsql as $$
begin
  -- Nobody is told of a version between the two lines.
  perform pg_advisory_xact_lock(7368702);
  insert into sync.epoch (from_version) values (nextval('sync.version'));
end $$;

-- {epoch, version}: where the database is now. seen: the highest version that the asking program knows of; a database
-- that is behind it, or whose Postgres was started anew, begins an epoch first.
create function sync.mark(seen bigint) returns jsonb language plpgsql as $$
declare
  reached bigint;
  epoch   sync.epoch;
begin
  perform pg_advisory_xact_lock_shared(7368702);
  -- In this order: an epoch that begins in between has a higher from_version.
  select s.last_value into reached from sync.version s;
  select * into epoch from sync.epoch e order by e.n desc limit 1;
  if epoch.id is null or epoch.postmaster <> pg_postmaster_start_time() or reached < seen then
    return null;
  end if;
  return jsonb_build_object('epoch', epoch.id, 'version', reached::text);
end $$;

-- The first version that is not here any more of those that somebody was told of; null: all are.
create function sync.lost_from(told_epoch uuid, told_version bigint) returns bigint language sql stable as $$
  select case
    when not exists (select from sync.epoch e where e.id = told_epoch) then 0
    else (select min(next.from_version) from sync.epoch e join sync.epoch next on next.n > e.n
      where e.id = told_epoch and next.from_version <= told_version)
  end
$$;

-- The newest clock that was admitted of this client.
alter table sync.client add column last_clock text collate "C";

-- The clock that comes next after one: the same time, one more event of this node.
create function sync.after_clock(clock text, node text) returns text immutable strict language sql as $$
  select case when substr(clock, 14, 4) < 'ffff' then left(clock, 13) || lpad(to_hex(('x' || substr(clock, 14, 4))::bit(16)::int + 1), 4, '0')
    else lpad(to_hex(sync.clock_ms(clock) + 1), 12, '0') || '-0000' end || '-' || node
$$;

-- M2: a clock more than 60 s ahead of the server becomes the server's own time. M4: of one client, in the order in
-- which it wrote: outpost.admitted is the newest one so far, kept in sync.client between its transactions.
create or replace function sync.admit(clock text) returns text language plpgsql as $$
declare
  last text := coalesce(nullif(current_setting('outpost.admitted', true), ''), '');
  admitted text := clock;
begin
  if sync.clock_ms(clock) > extract(epoch from clock_timestamp()) * 1000 + 60000 then
    admitted := sync.tick(right(clock, 12));
  end if;
  if current_setting('outpost.client', true) is distinct from 'ordered' then return admitted; end if;
  if admitted collate "C" <= last collate "C" then admitted := sync.after_clock(last, right(clock, 12)); end if;
  perform set_config('outpost.admitted', admitted, true);
  return admitted;
end $$;
