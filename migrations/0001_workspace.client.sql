-- The device's side of 0001: capture of local writes, the outbox, and the merge of server rows with it.
-- Schema sync exists on both sides and holds different things; only public is the same (S1).
--
-- public.<table> is the merged state: server rows with unconfirmed local changes on top. sync.base keeps what
-- the server said, only for rows that have such changes. sync.<table> is a view of the server's truth; pglite-sync
-- writes to it, its INSTEAD OF triggers put rows into sync.incoming, and at the end of each of pglite-sync's
-- transactions sync.apply_<table> merges them. Functions that write merged rows run with
-- session_replication_role = replica: the server has already checked those rows, their parents may still be on
-- the way, and they must not be captured. Once per batch, not per row: the setting empties the plan cache.

create schema if not exists sync;

-- One row, made when the database is first opened (a prepared database must not carry an identity).
create table sync.client (
  one            boolean primary key default true check (one),
  client_id      uuid not null,
  server_id      uuid,
  next_n         bigint not null default 1,
  acknowledged   bigint not null default 0,
  current_xid    xid8,
  current_n      bigint,
  clock_ms       bigint not null default 0,
  clock_counter  integer not null default 0,
  -- Server time minus device time, as last heard.
  offset_ms      bigint not null default 0
);

-- Local changes that the server has not confirmed, in order. n counts local transactions without a gap.
-- verdict null: not answered. Answered: version is what the server made of it, lsn a WAL position not before it;
-- the change stays on top of the server's row until the read path has come that far (R2).
create table sync.outbox (
  i             bigint generated always as identity primary key,
  n             bigint not null,
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  kind          text not null,
  set           jsonb not null,
  was           jsonb not null,
  clock         text not null,
  at            timestamptz not null default now(),
  verdict       jsonb,
  version       bigint,
  lsn           numeric
);
create index outbox_row on sync.outbox ("table", row_id, i);
create index outbox_unanswered on sync.outbox (n, i) where verdict is null;

-- What the server said of a row that has local changes; "row" null: the server has no such row.
create table sync.base (
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  "row"         jsonb,
  primary key ("table", row_id)
);

-- Operations that the server did not store, kept until the person discards them (W1).
create table sync.refused (
  id            uuid primary key default gen_random_uuid(),
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  kind          text not null,
  set           jsonb not null,
  was           jsonb not null,
  refusal       text not null,
  rule          text,
  sentence      text not null,
  at            timestamptz not null default now()
);

-- Server rows on their way into the tables; "row" null: deleted. Empty between transactions, but for rows that could
-- not be applied (R5): those are parked here with the error and tried again with each batch of their table.
create table sync.incoming (
  "table"   text not null,
  row_id    uuid not null,
  "row"     jsonb,
  error     text,
  at        timestamptz not null default now(),
  primary key ("table", row_id)
);

-- Requests of tabs that took effect, so that one repeated to a new leader does so once.
create table sync.request (
  id  uuid primary key,
  n   bigint,
  at  timestamptz not null default now()
);

-- The clock of the next local change; db/clock.ts has the twin.
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
-- Arguments: the scope column ('workspace_id' or 'id').
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
    given := after - '{id,version,updated_at}'::text[];
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

-- Drops the confirmed changes of a row, oldest first, and writes the merged row: the server's, with what is left on top.
-- A change is confirmed when the read path has reached its version, or seen the row gone after a delete, or has come
-- past reached (a WAL position) without a trace of it: then the row is gone by another hand.
create function sync.settle(name text, id uuid, reached numeric default null) returns void language plpgsql as $$
declare
  base   sync.base;
  merged jsonb;
  op     sync.outbox;
begin
  select * into base from sync.base b where b."table" = name and b.row_id = settle.id;
  if not found then return; end if;
  for op in select * from sync.outbox o where o."table" = name and o.row_id = settle.id order by i loop
    exit when op.verdict is null;
    exit when not coalesce(
      case when base."row" is not null then (base."row" ->> 'version')::bigint >= op.version else op.kind = 'delete' end
      or op.lsn <= reached, false);
    delete from sync.outbox o where o.i = op.i;
  end loop;
  merged := base."row";
  for op in select * from sync.outbox o where o."table" = name and o.row_id = settle.id order by i loop
    if op.kind = 'delete' then
      merged := null;
    elsif op.kind = 'insert' then
      merged := coalesce(merged, jsonb_build_object('id', settle.id, 'version', 0, 'updated_at', op.at)) || op.set;
    elsif merged is not null then
      merged := merged || op.set;
    end if;
  end loop;
  -- Read by found: the loop that just ended tells whether anything is left.
  if not found then
    delete from sync.base b where b."table" = name and b.row_id = settle.id;
  end if;
  execute format('select sync.put_%s($1, $2)', name) using settle.id, merged;
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
end $$;

-- Takes answers: [{n, verdicts}], the verdicts in the order of the transaction's operations. Refused operations
-- leave the outbox for sync.refused; the others wait for the read path. Returns the tables that changed.
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
  delete from sync.outbox o using answered t where o.i = t.i and t.verdict ->> 'status' = 'refused';
  update sync.outbox o set verdict = t.verdict, version = (t.verdict ->> 'version')::bigint, lsn = at_lsn
    from answered t where o.i = t.i;
  for a in select distinct "table", row_id from answered loop
    perform sync.settle(a."table", a.row_id);
  end loop;
  update sync.client set acknowledged = greatest(acknowledged, (select max((v ->> 'n')::bigint) from jsonb_array_elements(answers) v));
  -- A parked row may have waited for just this: its place is free now (R5).
  for a in select distinct x."table" from sync.incoming x loop
    execute format('select sync.apply_%s(false)', a."table");
    return next a."table";
  end loop;
  return query select distinct t."table" from answered t;
end $$;

-- A refetch has brought all rows of a table and workspace: the others leave (R3: in the same transaction).
create function sync.sweep(name text, scope text, workspace uuid) returns void language plpgsql as $$
begin
  execute format('insert into sync.incoming ("table", row_id)
    select %1$L, id from sync.%1$I where %2$I = $1 on conflict do nothing', name, scope) using workspace;
end $$;

-- Makes a table part of sync: the view of server truth, its triggers, the function that writes a merged row, capture.
create procedure sync.attach(name text, scope text, writable boolean) language plpgsql as $$
declare
  columns text;
  t_columns text;
  assignments text;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum), string_agg('t.' || quote_ident(attname), ', ' order by attnum),
    string_agg(format('%1$I = excluded.%1$I', attname), ', ' order by attnum) filter (where attname <> 'id')
    into columns, t_columns, assignments
    from pg_attribute where attrelid = format('public.%I', name)::regclass and attnum > 0 and not attisdropped and attgenerated = '';
  execute format($f$
    create view sync.%1$I as
      select %2$s from public.%1$I t
        where not exists (select from sync.base b where b."table" = %4$L and b.row_id = t.id)
          and not exists (select from sync.incoming i where i."table" = %4$L and i.row_id = t.id)
      union all
      select %3$s from sync.base b, jsonb_populate_record(null::public.%1$I, b."row" - 'id') t
        where b."table" = %4$L and b."row" is not null
          and not exists (select from sync.incoming i where i."table" = %4$L and i.row_id = b.row_id)
      union all
      select %5$s from sync.incoming i, jsonb_populate_record(null::public.%1$I, i."row" - 'id') t
        where i."table" = %4$L and i."row" is not null
  $f$, name, t_columns, replace(t_columns, 't.id', 'b.row_id as id'), name, replace(t_columns, 't.id', 'i.row_id as id'));
  execute format($f$
    create function sync.stage_%1$s() returns trigger language plpgsql as $p$
    begin
      if tg_op = 'DELETE' then
        insert into sync.incoming ("table", row_id) values (%1$L, old.id)
          on conflict ("table", row_id) do update set "row" = null, error = null;
        return old;
      end if;
      -- An echo of an older version must not mix its columns into the newer row.
      if tg_op = 'UPDATE' and new.version < old.version then return new; end if;
      insert into sync.incoming ("table", row_id, "row") values (%1$L, new.id, to_jsonb(new))
        on conflict ("table", row_id) do update set "row" = excluded."row", error = null;
      return new;
    end $p$
  $f$, name);
  execute format('create trigger stage instead of insert or update or delete on sync.%1$I
    for each row execute function sync.stage_%1$s()', name);
  execute format($f$
    create function sync.put_%1$s(which uuid, truth jsonb) returns void language plpgsql as $p$
    #variable_conflict use_column
    begin
      if truth is null then
        delete from public.%1$I t where t.id = which;
      else
        insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, truth)
          on conflict (id) do update set %3$s;
      end if;
    end $p$
  $f$, name, columns, assignments);
  -- Merges what is in sync.incoming. Never fails: a row that cannot be applied stays there, parked (R5).
  -- Versions of a row only rise, so an older one is an echo, except in a refetch (the server may be another one).
  execute format($f$
    create function sync.apply_%1$s(refetch boolean) returns void language plpgsql
    set session_replication_role = replica as $p$
    #variable_conflict use_column
    declare
      r uuid;
      seen bigint;
    begin
      -- What is changed here from now on is later than anything seen (hybrid logical clock).
      select ceil(extract(epoch from max((i."row" ->> 'updated_at')::timestamptz)) * 1000) into seen
        from sync.incoming i where i."table" = %1$L and i.error is null;
      update sync.client set clock_ms = seen + 1, clock_counter = 0 where clock_ms <= seen;

      for r in select i.row_id from sync.incoming i join sync.base b using ("table", row_id) where i."table" = %1$L loop
        begin
          update sync.base b set "row" = i."row" from sync.incoming i
            where b."table" = %1$L and b.row_id = r and i."table" = %1$L and i.row_id = r
              and (refetch or i."row" is null or b."row" is null
                or (b."row" ->> 'version')::bigint <= (i."row" ->> 'version')::bigint);
          delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
          perform sync.settle(%1$L, r);
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

      -- One by one: parked rows, and all of a batch that did not go in at once.
      for r in select i.row_id from sync.incoming i where i."table" = %1$L and i.error is not null
          and not exists (select from sync.base b where b."table" = %1$L and b.row_id = i.row_id)
          order by i.at, i.row_id loop
        begin
          perform sync.put_%1$s(r, (select i."row" from sync.incoming i where i."table" = %1$L and i.row_id = r));
          delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
        exception when others then
          update sync.incoming i set error = sqlerrm where i."table" = %1$L and i.row_id = r;
        end;
      end loop;
    end $p$
  $f$, name, columns, assignments, replace(t_columns, 't.', 'p.'));
  if writable then
    execute format('create trigger sync_capture after insert or update or delete on public.%I
      for each row execute function sync.capture(%L)', name, scope);
  else
    execute format('create trigger sync_read_only before insert or update or delete on public.%I
      for each row execute function sync.read_only()', name);
  end if;
end $$;

call sync.attach('workspace', 'id', false);
call sync.attach('member', 'workspace_id', false);
call sync.attach('project', 'workspace_id', true);
call sync.attach('label', 'workspace_id', true);
call sync.attach('task', 'workspace_id', true);
call sync.attach('task_label', 'workspace_id', true);
call sync.attach('comment', 'workspace_id', true);
call sync.attach('notice', 'workspace_id', true);
