-- The wall clock of a time zone, and when a resource is open.

-- The wall clock of a zone, and when it shows a time; a zone that is not known counts as UTC.
create function sync.wall(at timestamptz, zone text) returns timestamp stable language plpgsql as $$
begin
  return at at time zone zone;
exception when invalid_parameter_value then
  return at at time zone 'UTC';
end $$;

create function sync.instant(wall timestamp, zone text) returns timestamptz stable language plpgsql as $$
begin
  return wall at time zone zone;
exception when invalid_parameter_value then
  return wall at time zone 'UTC';
end $$;

-- The twin of isOpenFor in db/booking/opening.ts.
create function sync.is_open(zone text, opens time, closes time, open_days integer, starts timestamptz, ends timestamptz)
returns boolean stable language plpgsql as $$
declare
  first timestamp := sync.wall(starts, zone);
  last  timestamp := sync.wall(ends, zone);
  day   timestamp := date_trunc('day', first);
begin
  while day < last loop
    if open_days & (1 << (extract(isodow from day)::int - 1)) = 0 or greatest(first, day) < day + opens::interval
      or least(last, day + interval '1 day') > day + closes::interval then
      return false;
    end if;
    day := day + interval '1 day';
  end loop;
  return true;
end $$;
