-- The server's clock without a row that everybody waits for: sync.tick held the one row of sync.server until its
-- transaction ended, so that one person's long write held up all others (A5).

-- The last time that the clock gave, in microseconds since 1970. A sequence is no part of any transaction: nobody waits
-- for it, a rollback does not take it back, and it survives a restart.
create sequence sync.clock minvalue 0;
-- Two that ask at the same time can be given the same microsecond; then they differ by this, as good as always. Nothing
-- depends on it: writers of one row take turns.
create sequence sync.clock_lot minvalue 0 maxvalue 63 cycle;

-- Begins where the clock of before stopped.
create procedure sync.start_clock() language sql as $$
  select setval('sync.clock', (clock_ms + 1) * 1000) from sync.server
$$;
call sync.start_clock();

-- Next state of the server's own clock; tick() in db/clock.ts promises the same: later than every tick that was over
-- before this one began, and not behind the wall clock. The counter is the microseconds within the millisecond, times 64,
-- and a lot.
--   Where the wall clock is later than what was given last, it is taken. Where it is not (it went back, or two ask in one
-- microsecond), nextval goes on from there. Two may set the sequence at once, the earlier one last; who asks after
-- them has a later wall clock than both, because a tick that is just ahead of the wall clock waits until it is not.
create or replace function sync.tick(node text) returns text language plpgsql as $$
declare
  wall  bigint;
  given bigint;
begin
  loop
    wall := floor(extract(epoch from clock_timestamp()) * 1000000);
    if wall > (select last_value from sync.clock) then
      perform setval('sync.clock', wall);
      given := wall;
    else
      given := nextval('sync.clock');
    end if;
    -- Somebody slow has set the sequence back meanwhile.
    exit when given >= wall;
  end loop;
  loop
    wall := floor(extract(epoch from clock_timestamp()) * 1000000);
    exit when wall > given or given > wall + 1000;
  end loop;
  return lpad(to_hex(given / 1000), 12, '0')
    || '-' || lpad(to_hex((given % 1000) * 64 + nextval('sync.clock_lot')), 4, '0') || '-' || node;
end $$;
