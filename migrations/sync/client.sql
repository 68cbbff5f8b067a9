-- The device's machinery: capture of local writes, the outbox, and the merge of server rows with it.
-- Applied anew whenever this folder or the definitions change; nothing in here holds data.
--
-- public.<table> is the merged state: server rows with unconfirmed local changes on top. sync.base keeps what
-- the server said, only for rows that have such changes. sync.<table> is a view of the server's truth; pglite-sync
-- writes to it, its INSTEAD OF triggers put rows into sync.incoming, and at the end of each of pglite-sync's
-- transactions sync.apply_<table> merges them. Functions that write merged rows run with
-- session_replication_role = replica: the server has already checked those rows, their parents may still be on
-- the way, and they must not be captured. Once per batch, not per row: the setting empties the plan cache.

-- The clock of the next local change; db/sync/clock.ts has the twin.
create function sync.tick() returns text language plpgsql as $$
declare
  wall bigint := floor(extract(epoch from clock_timestamp()) * 1000);
  c sync.client;
begin
  update sync.client set
    clock_counter = case when wall + offset_ms > clock_ms then 0
                         when clock_counter < 65535 then clock_counter + 1 else 0 end,
    clock_ms = case when wall + offset_ms > clock_ms then wall + offset_ms
                    when clock_counter < 65535 then clock_ms else clock_ms + 1 end
  returning * into c;
  return lpad(to_hex(c.clock_ms), 12, '0') || '-' || lpad(to_hex(c.clock_counter), 4, '0') || '-' || right(c.client_id::text, 12);
end $$;

-- The counter of the running transaction; rolled back with it, so that there is no gap (W2).
create function sync.current_n() returns bigint language plpgsql as $$
declare
  c sync.client;
begin
  select * into c from sync.client;
  if c.current_xid is distinct from pg_current_xact_id() then
    update sync.client set current_xid = pg_current_xact_id(), current_n = next_n, next_n = next_n + 1 returning * into c;
  end if;
  return c.current_n;
end $$;

-- Records one local change: the columns that changed and the values they had.
-- Arguments: the scope column ('workspace_id' or 'id'), and columns that only the server sets (a text[]).
create function sync.capture() returns trigger language plpgsql as $$
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

create function sync.read_only() returns trigger language plpgsql as $$
begin
  raise exception '% is changed on the server only', tg_table_name
    using errcode = 'insufficient_privilege', constraint = 'read_only_table';
end $$;

-- Notes what a merge has written: of rows that are still there the columns that changed, '*' where rows came or went or
-- it is not known. Live queries are spared by it (client/sync/engine.ts). A setting, so that it goes back with the
-- transaction and costs no write.
create function sync.note(name text, changed text[]) returns void language plpgsql as $$
declare
  noted jsonb := coalesce(nullif(current_setting('sync.noted', true), ''), '{}');
begin
  if noted -> name @> to_jsonb(changed) then return; end if;
  perform set_config('sync.noted', jsonb_set(noted, array[name], coalesce(noted -> name, '[]') || to_jsonb(changed))::text, false);
end $$;

-- What was noted since the last time: columns by table.
create function sync.take_notes() returns jsonb language plpgsql as $$
declare
  noted jsonb := coalesce(nullif(current_setting('sync.noted', true), ''), '{}');
begin
  perform set_config('sync.noted', '', false);
  return noted;
end $$;

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
          where s."table" = %1$L and a.id <> t.id and (%2$s) and to_jsonb(a) @> %3$L
            and exists (select from sync.outbox o where o."table" = %1$L and o.row_id = a.id and o.verdict is null)
        $q$, name, k.clash, k.holding) using which, truth loop
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
create function sync.settle(name text, id uuid, reached numeric default null) returns void language plpgsql as $$
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

-- The read path of a table and workspace has come to a WAL position.
create function sync.confirm(name text, workspace uuid, reached numeric) returns void language plpgsql
set session_replication_role = replica as $$
declare
  r uuid;
begin
  for r in select distinct row_id from sync.outbox
    where "table" = name and workspace_id = workspace and lsn <= reached loop
    perform sync.settle(name, r, reached);
  end loop;
  -- A parked row may have waited for the place of one of these (R5).
  if found and exists (select from sync.incoming i where i."table" = name union all select from sync.yielded y where y."table" = name) then
    execute format('select sync.apply_%s(false)', name);
  end if;
end $$;

-- Takes answers: [{n, verdicts}], the verdicts in the order of the transaction's operations. Refused operations leave
-- the outbox for sync.refused, with what they hang on; flagged ones stand as the server stored them; all but the
-- refused wait for the read path. Returns the tables that changed.
create function sync.answer(answers jsonb, at_lsn numeric) returns setof text language plpgsql
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

-- A refetch has brought all rows of a table and workspace: the others leave (R3: in the same transaction).
create function sync.sweep(name text, scope text, workspace uuid) returns void language plpgsql as $$
begin
  execute format('insert into sync.incoming ("table", row_id)
    select %1$L, id from sync.%1$I where %2$I = $1 on conflict do nothing', name, scope) using workspace;
end $$;

create function sync.keep_sent() returns trigger language plpgsql as $$
declare
  written jsonb := old.set;
begin
  -- A flagged change stands in the outbox as the server stored it; kept is what was asked for.
  if old.verdict ->> 'status' = 'flagged' then
    select old.set || k.holding into written from sync.rule k where k."table" = old."table" and old.set @> k.patch limit 1;
  end if;
  insert into sync.sent (i, "table", row_id, workspace_id, kind, set, was, clock, version, client_id, n)
    select old.i, old."table", old.row_id, old.workspace_id, old.kind, coalesce(written, old.set), old.was, old.clock,
      old.version, c.client_id, old.n from sync.client c
    on conflict (i) do nothing;
  return null;
end $$;
create trigger keep_sent after delete on sync.outbox
  for each row when (old.version is not null) execute function sync.keep_sent();
-- What is confirmed is taken out as a replica.
alter table sync.outbox enable always trigger keep_sent;

-- Puts what the server took from a version on back into the outbox, before everything else and in its order, with the
-- clocks that it had: whatever of it the server does have, it has already. Returns how many changes.
create function sync.put_back(lost_from bigint) returns integer language plpgsql as $$
declare
  name text;
  many integer;
begin
  insert into sync.outbox (i, n, "table", row_id, workspace_id, kind, set, was, clock, at)
    overriding system value
    select s.i, dense_rank() over (order by s.first) - 1000000000, s."table", s.row_id, s.workspace_id, s.kind, s.set, s.was, s.clock, s.at
    from (select *, min(x.i) over (partition by x.client_id, x.n) as first from sync.sent x where x.version >= lost_from) s;
  get diagnostics many = row_count;
  delete from sync.sent x where x.version >= lost_from;
  update sync.outbox o set verdict = null, version = null, lsn = null where o.version >= lost_from;
  -- What the server has of these rows is what is here, until it says otherwise.
  for name in select distinct o."table" from sync.outbox o where o.n < 0 loop
    execute format($f$
      insert into sync.base ("table", row_id, workspace_id, "row")
        select distinct on (o.row_id) %1$L, o.row_id, o.workspace_id, to_jsonb(t) - 'search'
          from sync.outbox o left join public.%1$I t on t.id = o.row_id where o."table" = %1$L and o.n < 0
        on conflict do nothing $f$, name);
  end loop;
  return many;
end $$;

-- What was sent this long ago is not needed any more: nobody goes back to an older copy than that unasked. The newest
-- are kept even so, up to a number that a device can spare.
create function sync.prune_sent() returns void language sql as $$
  delete from sync.sent where at < now() - interval '14 days'
    or i <= (select s.i from sync.sent s order by s.i desc offset 20000 limit 1)
$$;
