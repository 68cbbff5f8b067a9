-- The device's side of 0003: rows that are not answered yet yield to server rows that they clash with, refused work
-- holds what hangs on it, and the wall clock of a time zone for SQL.

-- Rules that the server flags (its twin is sync.rule there; a test compares them with db/violation-rules.ts). clash is
-- SQL over a and b: when the constraint would refuse the two. holding: what a row looks like that patch is laid over.
create table sync.rule (
  constraint_name  text primary key,
  "table"          text not null,
  patch            jsonb not null,
  holding          jsonb not null,
  clash            text not null
);
insert into sync.rule values ('booking_no_overlap', 'booking', '{"status": "conflicted"}', '{"status": "confirmed"}',
  $$a.resource_id = b.resource_id and a.during && b.during and a.status = 'confirmed' and b.status = 'confirmed'$$);

-- Rows that are shown with a rule's patch because a server row is in their way; the outbox keeps what was written.
create table sync.yielded (
  "table"          text not null,
  row_id           uuid not null,
  constraint_name  text not null,
  primary key ("table", row_id)
);

-- What hangs on a refused row is held with it: held_by is that row's entry. i is the order of the refusals.
alter table sync.refused add column held_by uuid references sync.refused (id) on delete set null;
alter table sync.refused add column i bigint generated always as identity;

-- Unanswered rows that clash with a row of the server's make way for it; truth null: for all that is incoming.
-- Returns how many.
create function sync.make_way(name text, which uuid default null, truth jsonb default null) returns integer language plpgsql as $$
declare
  k     sync.rule;
  r     uuid;
  moved integer := 0;
begin
  for k in select * from sync.rule x where x."table" = make_way.name loop
    for r in execute format($q$
        select distinct a.id from sync.base s join public.%1$I a on a.id = s.row_id,
            (select $1 as id, $2 as row where $2 is not null
             union all select i.row_id, i."row" from sync.incoming i where $2 is null and i."table" = %1$L and i."row" is not null) t,
            jsonb_populate_record(null::public.%1$I, t.row) b
          where s."table" = %1$L and a.id <> t.id and (%2$s)
            and exists (select from sync.outbox o where o."table" = %1$L and o.row_id = a.id and o.verdict is null)
        $q$, name, k.clash) using which, truth loop
      insert into sync.yielded values (name, r, k.constraint_name) on conflict do nothing;
      execute format('select sync.put_%1$s($1, (select to_jsonb(t) - ''search'' from public.%1$I t where t.id = $1) || $2)', name)
        using r, k.patch;
      moved := moved + 1;
    end loop;
  end loop;
  return moved;
end $$;

-- Drops the confirmed changes of a row and writes the merged row, as settle does; fails if the row does not fit.
create function sync.settle_row(name text, id uuid, reached numeric) returns void language plpgsql as $$
declare
  base   sync.base;
  merged jsonb;
  op     sync.outbox;
  k      sync.rule;
  left_over boolean;
  broken text;
begin
  select * into base from sync.base b where b."table" = name and b.row_id = settle_row.id;
  if not found then
    delete from sync.yielded y where y."table" = name and y.row_id = settle_row.id;
    return;
  end if;
  for op in select * from sync.outbox o where o."table" = name and o.row_id = settle_row.id order by i loop
    exit when op.verdict is null;
    exit when not coalesce(
      case when base."row" is not null then (base."row" ->> 'version')::bigint >= op.version else op.kind = 'delete' end
      or op.lsn <= reached, false);
    delete from sync.outbox o where o.i = op.i;
  end loop;
  merged := base."row";
  for op in select * from sync.outbox o where o."table" = name and o.row_id = settle_row.id order by i loop
    if op.kind = 'delete' then
      merged := null;
    elsif op.kind = 'insert' then
      merged := coalesce(merged, jsonb_build_object('id', settle_row.id, 'version', 0, 'updated_at', op.at)) || op.set;
    elsif merged is not null then
      merged := merged || op.set;
    end if;
  end loop;
  left_over := found;
  if not left_over then
    delete from sync.base b where b."table" = name and b.row_id = settle_row.id;
  end if;
  begin
    execute format('select sync.put_%s($1, $2)', name) using settle_row.id, merged;
    delete from sync.yielded y where y."table" = name and y.row_id = settle_row.id;
  exception when unique_violation or exclusion_violation or check_violation then
    get stacked diagnostics broken = constraint_name;
    select * into k from sync.rule x where x.constraint_name = broken and x."table" = name;
    if not found then raise; end if;
    if left_over then
      insert into sync.yielded values (name, settle_row.id, k.constraint_name) on conflict do nothing;
      merged := merged || k.patch;
    elsif sync.make_way(name, settle_row.id, merged) = 0 then
      raise;
    end if;
    execute format('select sync.put_%s($1, $2)', name) using settle_row.id, merged;
  end;
end $$;

-- Never fails: a row that does not fit is parked as if it had just come from the server (R5).
create or replace function sync.settle(name text, id uuid, reached numeric default null) returns void language plpgsql as $$
begin
  perform sync.settle_row(name, id, reached);
exception when others then
  insert into sync.incoming ("table", row_id, "row", error)
    select b."table", b.row_id, b."row", sqlerrm from sync.base b where b."table" = name and b.row_id = settle.id
    on conflict ("table", row_id) do update set error = excluded.error;
end $$;

-- Rows that yielded take their place again where it has become free.
create function sync.restore_yielded(name text) returns void language plpgsql as $$
declare
  r uuid;
begin
  for r in select y.row_id from sync.yielded y where y."table" = name order by y.row_id loop
    perform sync.settle(name, r);
  end loop;
end $$;

-- Takes answers: [{n, verdicts}], the verdicts in the order of the transaction's operations. Refused operations leave
-- the outbox for sync.refused, with what they hang on; flagged ones stand as the server stored them; all but the
-- refused wait for the read path. Returns the tables that changed.
create or replace function sync.answer(answers jsonb, at_lsn numeric) returns setof text language plpgsql
set session_replication_role = replica as $$
declare
  a  record;
begin
  create temporary table if not exists answered (i bigint primary key, "table" text, row_id uuid, verdict jsonb);
  delete from answered;
  insert into answered
    select o.i, o."table", o.row_id, x.verdicts -> (o.k - 1)
    from jsonb_to_recordset(answers) as x (n bigint, verdicts jsonb)
    join (select *, (row_number() over (partition by n order by i))::int as k from sync.outbox
          where n in (select (v ->> 'n')::bigint from jsonb_array_elements(answers) v)) o using (n)
    where o.verdict is null;
  insert into sync.refused ("table", row_id, workspace_id, kind, set, was, refusal, rule, sentence)
    select o."table", o.row_id, o.workspace_id, o.kind, o.set, o.was,
      t.verdict ->> 'kind', t.verdict ->> 'rule', t.verdict ->> 'sentence'
    from sync.outbox o join answered t using (i) where t.verdict ->> 'status' = 'refused' order by i;
  if found then perform sync.hold(); end if;
  delete from sync.outbox o using answered t where o.i = t.i and t.verdict ->> 'status' = 'refused';
  update sync.outbox o set verdict = t.verdict, version = (t.verdict ->> 'version')::bigint, lsn = at_lsn
    from answered t where o.i = t.i;
  for a in select t.i, k.patch, k.holding from answered t join sync.rule k on k."table" = t."table"
      where t.verdict ->> 'status' = 'flagged' loop
    update sync.outbox o set set = o.set || a.patch where o.i = a.i and o.kind <> 'delete'
      and sync.merged_until(o."table", o.row_id, o.i) @> a.holding;
  end loop;
  for a in select distinct "table", row_id from answered loop
    perform sync.settle(a."table", a.row_id);
  end loop;
  update sync.client set acknowledged = greatest(acknowledged, (select max((v ->> 'n')::bigint) from jsonb_array_elements(answers) v));
  -- A parked row may have waited for just this: its place is free now (R5).
  for a in select x."table" from sync.incoming x union select y."table" from sync.yielded y loop
    execute format('select sync.apply_%s(false)', a."table");
    return next a."table";
  end loop;
  return query select distinct t."table" from answered t;
end $$;

-- The row as the server has it with the local changes up to one.
create function sync.merged_until(name text, which uuid, last bigint) returns jsonb language plpgsql as $$
declare
  merged jsonb := coalesce((select b."row" from sync.base b where b."table" = name and b.row_id = which), '{}');
  given  jsonb;
begin
  for given in select o.set from sync.outbox o where o."table" = name and o.row_id = which and o.i <= last order by o.i loop
    merged := merged || given;
  end loop;
  return merged;
end $$;

-- Ties refused work to the refused row that it hangs on: a foreign key that points at it, or a change of that row.
create function sync.hold() returns void language plpgsql as $$
begin
  update sync.refused c set held_by = p.id
    from sync.refused p
    where c.held_by is null and c.id <> p.id and p.kind = 'insert' and (
      c.refusal = 'unknown-row' and c."table" = p."table" and c.row_id = p.row_id
      or c.refusal = 'parent-missing' and exists (
        select from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
          where f.contype = 'f' and f.conrelid = format('public.%I', c."table")::regclass
            and f.confrelid = format('public.%I', p."table")::regclass
            and a.attname <> 'workspace_id' and c.set ->> a.attname = p.row_id::text));
end $$;

-- Merges what is in sync.incoming for one table. Never fails: a row that cannot be applied stays there, parked (R5).
-- Versions of a row only rise, so an older one is an echo, except in a refetch (the server may be another one).
create procedure sync.make_apply(name text) language plpgsql as $$
declare
  columns text;
  p_columns text;
  assignments text;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum), string_agg('p.' || quote_ident(attname), ', ' order by attnum),
    string_agg(format('%1$I = excluded.%1$I', attname), ', ' order by attnum) filter (where attname <> 'id')
    into columns, p_columns, assignments
    from pg_attribute where attrelid = format('public.%I', name)::regclass and attnum > 0 and not attisdropped and attgenerated = '';
  execute format($f$
    create or replace function sync.apply_%1$s(refetch boolean) returns void language plpgsql
    set session_replication_role = replica as $p$
    #variable_conflict use_column
    declare
      r uuid;
      seen bigint;
      before jsonb;
      progress boolean;
    begin
      -- What is changed here from now on is later than anything seen (hybrid logical clock).
      select ceil(extract(epoch from max((i."row" ->> 'updated_at')::timestamptz)) * 1000) into seen
        from sync.incoming i where i."table" = %1$L and i.error is null;
      update sync.client set clock_ms = seen + 1, clock_counter = 0 where clock_ms <= seen;

      -- Unanswered rows make way first, so that the batch goes in at once.
      if exists (select from sync.base b where b."table" = %1$L) then perform sync.make_way(%1$L); end if;

      for r in select i.row_id from sync.incoming i join sync.base b using ("table", row_id) where i."table" = %1$L loop
        begin
          update sync.base b set "row" = i."row" from sync.incoming i
            where b."table" = %1$L and b.row_id = r and i."table" = %1$L and i.row_id = r
              and (refetch or i."row" is null or b."row" is null
                or (b."row" ->> 'version')::bigint <= (i."row" ->> 'version')::bigint);
          delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
          perform sync.settle_row(%1$L, r, null);
        exception when others then
          update sync.incoming i set error = sqlerrm where i."table" = %1$L and i.row_id = r;
        end;
      end loop;

      begin
        delete from public.%1$I t using sync.incoming i
          where i."table" = %1$L and i."row" is null and t.id = i.row_id and i.error is null;
        insert into public.%1$I as t (%2$s)
          select %4$s from sync.incoming i, jsonb_populate_record(null::public.%1$I, i."row") p
          where i."table" = %1$L and i."row" is not null and i.error is null
          on conflict (id) do update set %3$s where refetch or t.version <= excluded.version;
        delete from sync.incoming i where i."table" = %1$L and i.error is null;
      exception when others then
        update sync.incoming i set error = 'not tried' where i."table" = %1$L and i.error is null;
      end;

      -- One by one: parked rows, and all of a batch that did not go in at once. Their old versions make room first,
      -- because two may have changed places; then again as long as one finds its place.
      if exists (select from sync.incoming i where i."table" = %1$L and i.error is not null) then
        select jsonb_object_agg(t.id, to_jsonb(t) - 'search') into before from public.%1$I t join sync.incoming i on t.id = i.row_id
          where i."table" = %1$L and not exists (select from sync.base b where b."table" = %1$L and b.row_id = i.row_id);
        delete from public.%1$I t where before ? t.id::text;
        loop
          progress := false;
          for r in select i.row_id from sync.incoming i where i."table" = %1$L
              and not exists (select from sync.base b where b."table" = %1$L and b.row_id = i.row_id)
              order by i.at, i.row_id loop
            begin
              perform sync.put_%1$s(r, (select i."row" from sync.incoming i where i."table" = %1$L and i.row_id = r));
              delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
              progress := true;
            exception when others then
              update sync.incoming i set error = sqlerrm where i."table" = %1$L and i.row_id = r;
            end;
          end loop;
          exit when not progress;
        end loop;
        -- What is still parked shows as it was, where that fits.
        for r in select i.row_id from sync.incoming i where i."table" = %1$L and before ? i.row_id::text order by i.at, i.row_id loop
          begin
            perform sync.put_%1$s(r, before -> r::text);
          exception when others then null;
          end;
        end loop;
      end if;
      perform sync.restore_yielded(%1$L);
    end $p$
  $f$, name, columns, assignments, p_columns);
end $$;

-- Records one local change: the columns that changed and the values they had.
-- Arguments: the scope column ('workspace_id' or 'id'), and columns that only the server sets (a text[]).
create or replace function sync.capture() returns trigger language plpgsql as $$
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - '{search}'::text[] end;
  after  jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - '{search}'::text[] end;
  given  jsonb;
  was    jsonb := '{}';
  row_id uuid := coalesce(after, before) ->> 'id';
  scope  uuid := coalesce(after, before) ->> tg_argv[0];
begin
  if tg_op = 'INSERT' then
    given := after - '{id,version,updated_at}'::text[] - coalesce(tg_argv[1], '{}')::text[];
  elsif tg_op = 'DELETE' then
    given := '{}';
    was := before;
  else
    if after -> 'id' <> before -> 'id' or after -> tg_argv[0] <> before -> tg_argv[0] then
      raise exception 'a row keeps its id and workspace' using errcode = 'check_violation', constraint = 'row_identity_fixed';
    end if;
    select coalesce(jsonb_object_agg(a.key, a.value), '{}'), coalesce(jsonb_object_agg(a.key, before -> a.key), '{}')
      into given, was from jsonb_each(after) a
      where a.value is distinct from before -> a.key and a.key not in ('version', 'updated_at');
    if given = '{}' then return null; end if;
  end if;
  insert into sync.base ("table", row_id, workspace_id, "row") values (tg_table_name, row_id, scope, before)
    on conflict do nothing;
  insert into sync.outbox (n, "table", row_id, workspace_id, kind, set, was, clock)
    values (sync.current_n(), tg_table_name, row_id, scope, lower(tg_op), given, was, sync.tick());
  return null;
end $$;

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

call sync.attach('resource', 'workspace_id', true);
call sync.attach('booking', 'workspace_id', true);
call sync.attach('violation', 'workspace_id', false);
call sync.attach('resolution', 'workspace_id', true);
create or replace trigger sync_capture after insert or update or delete on public.resolution
  for each row execute function sync.capture('workspace_id', '{outcome,sentence,private_to}');
call sync.make_apply('workspace');
call sync.make_apply('member');
call sync.make_apply('project');
call sync.make_apply('label');
call sync.make_apply('task');
call sync.make_apply('task_label');
call sync.make_apply('comment');
call sync.make_apply('notice');
call sync.make_apply('resource');
call sync.make_apply('booking');
call sync.make_apply('violation');
call sync.make_apply('resolution');
