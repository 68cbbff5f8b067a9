-- The server's side of 0001: versions, clocks, the client counters, and the functions that apply operations.
-- Schema sync exists on both sides and holds different things; only public is the same (S1).

create schema if not exists sync;

-- Which database this is. A client that finds another one starts over with a new client id (W2).
create table sync.server (
  one  boolean primary key default true check (one),
  id   uuid not null default gen_random_uuid(),
  clock_ms      bigint not null default 0,
  clock_counter integer not null default 0
);
insert into sync.server default values;

-- One sequence for all rows: a row that is deleted and made again still gets a higher version.
create sequence sync.version;

-- Each client's counter; it moves in the transaction that applies the client's transaction (W2).
create table sync.client (
  id       uuid primary key,
  user_id  text not null,
  last_n   bigint not null default 0,
  seen_at  timestamptz not null default now()
);

-- Answers kept until the client has them, so that a repeated request gets the same verdicts (W3).
create table sync.answer (
  client_id  uuid not null references sync.client (id) on delete cascade,
  n          bigint not null,
  hash       text not null,
  verdicts   jsonb not null,
  primary key (client_id, n)
);

-- The clocks of one row: db/merge.ts explains the columns. grave holds the values of a row that is deleted, so
-- that changes that come later, or a restore, merge into what was there.
create table sync.register (
  "table"       text not null,
  id            uuid not null,
  workspace_id  uuid not null,
  alive         boolean not null,
  life          text collate "C" not null,
  base          text collate "C" not null,
  clocks        jsonb not null default '{}',
  author        text,
  authors       jsonb not null default '{}',
  grave         jsonb,
  primary key ("table", id)
);
create index register_workspace on sync.register (workspace_id);

-- Next state of the server's own clock; db/clock.ts has the twin.
create function sync.tick(node text) returns text language plpgsql as $$
declare
  wall bigint := floor(extract(epoch from clock_timestamp()) * 1000);
  s sync.server;
begin
  update sync.server set
    clock_counter = case when wall > clock_ms then 0 when clock_counter < 65535 then clock_counter + 1 else 0 end,
    clock_ms = case when wall > clock_ms then wall when clock_counter < 65535 then clock_ms else clock_ms + 1 end
  returning * into s;
  return lpad(to_hex(s.clock_ms), 12, '0') || '-' || lpad(to_hex(s.clock_counter), 4, '0') || '-' || node;
end $$;

create function sync.clock_ms(clock text) returns bigint immutable strict parallel safe language sql as $$
  select ('x' || lpad(left(clock, 12), 16, '0'))::bit(64)::bigint
$$;

-- M2: a clock more than 60 s ahead of the server becomes the server's own time.
create function sync.admit(clock text) returns text language sql as $$
  select case
    when sync.clock_ms(clock) <= extract(epoch from clock_timestamp()) * 1000 + 60000 then clock
    else sync.tick(right(clock, 12))
  end
$$;

-- M1, the twin of merge() in db/merge.ts. register: {alive, life, base, clocks} or null.
create function sync.merge(register jsonb, kind text, fields text[], clock text) returns jsonb
immutable language plpgsql as $$
declare
  won text[];
  decides boolean;
begin
  if register is null then
    return jsonb_build_object('won', to_jsonb(fields), 'register', jsonb_build_object(
      'alive', kind <> 'delete', 'life', clock, 'base', clock, 'clocks', '{}'::jsonb));
  end if;
  select coalesce(array_agg(f order by at), '{}') into won
    from unnest(fields) with ordinality as x (f, at)
    where clock collate "C" > coalesce(register -> 'clocks' ->> f, register ->> 'base') collate "C";
  decides := kind <> 'update' and clock collate "C" > (register ->> 'life') collate "C";
  return jsonb_build_object('won', to_jsonb(won), 'register', jsonb_build_object(
    'alive', case when decides then to_jsonb(kind = 'insert') else register -> 'alive' end,
    'life', case when decides then to_jsonb(clock) else register -> 'life' end,
    'base', register -> 'base',
    'clocks', (register -> 'clocks') || coalesce((select jsonb_object_agg(f, clock) from unnest(won) as f), '{}')));
end $$;

-- Every write raises the version. Writes that come as operations carry their clock in outpost.clock; anything else
-- (accounts, administration by SQL) is a write of the server's own, stamped here so that it merges like the rest.
create function sync.stamp() returns trigger language plpgsql as $$
declare
  clock text := nullif(current_setting('outpost.clock', true), '');
  changed text[];
begin
  new.version := nextval('sync.version');
  if clock is not null then
    if tg_op = 'UPDATE' then
      new.updated_at := greatest(old.updated_at, to_timestamp(sync.clock_ms(clock) / 1000.0));
    else
      new.updated_at := to_timestamp(sync.clock_ms(clock) / 1000.0);
    end if;
    return new;
  end if;
  clock := sync.tick('000000000000');
  new.updated_at := to_timestamp(sync.clock_ms(clock) / 1000.0);
  if tg_op = 'INSERT' then
    insert into sync.register ("table", id, workspace_id, alive, life, base)
      values (tg_table_name, new.id, (to_jsonb(new) ->> tg_argv[0])::uuid, true, clock, clock)
      on conflict ("table", id) do update set alive = true, life = clock, base = clock, clocks = '{}', grave = null;
  else
    select array_agg(n.key) into changed from jsonb_each(to_jsonb(new)) n
      where n.value is distinct from to_jsonb(old) -> n.key and n.key not in ('version', 'updated_at', 'search');
    update sync.register set
      clocks = clocks || coalesce((select jsonb_object_agg(f, clock) from unnest(changed) as f), '{}'),
      authors = authors - coalesce(changed, '{}')
      where "table" = tg_table_name and id = new.id;
  end if;
  return new;
end $$;

-- A deleted row, also one that a cascade takes, leaves its values and clocks behind.
create function sync.bury() returns trigger language plpgsql as $$
declare
  clock text := coalesce(nullif(current_setting('outpost.clock', true), ''), sync.tick('000000000000'));
begin
  update sync.register set alive = false, life = greatest(life, clock collate "C"), grave = to_jsonb(old) - '{version,updated_at,search}'::text[]
    where "table" = tg_table_name and id = old.id;
  return old;
end $$;

-- Makes a table one that operations may be applied to.
create procedure sync.attach(name text, scope text) language plpgsql as $$
begin
  execute format('create trigger sync_stamp before insert or update on public.%I
    for each row execute function sync.stamp(%L)', name, scope);
  execute format('create trigger sync_bury after delete on public.%I
    for each row execute function sync.bury()', name);
end $$;

-- A row's own name, for the Inbox.
create function sync.title(r jsonb) returns text immutable language sql as $$
  select left(coalesce(r ->> 'title', r ->> 'name', r ->> 'body', ''), 120)
$$;

-- Writes the notice of a loss for the person who lost.
create function sync.notify(for_user text, kind text, op jsonb, field text, lost jsonb, kept jsonb, by_user text,
                            workspace uuid, title text) returns void language plpgsql as $$
declare
  clock text := current_setting('outpost.clock', true);
begin
  perform set_config('outpost.clock', '', true);
  insert into notice (id, workspace_id, user_id, kind, "table", row_id, field, lost, kept, by_user, by_name, title)
    values (gen_random_uuid(), workspace, for_user, kind, op ->> 'table', (op ->> 'id')::uuid, field, lost, kept, by_user,
      coalesce((select name from member m where m.workspace_id = workspace and m.user_id = by_user), ''), title);
  perform set_config('outpost.clock', clock, true);
end $$;

-- Applies one operation and returns its verdict: {status, version, lost, gone}, or
-- {status: refused, state: SQLSTATE, rule: constraint, kind}. The caller has checked table, columns and access.
--   op: {kind, table, id, set, was, clock, workspace_id, fields: columns an insert decides, silent: no notices for}
create function sync.apply(person text, op jsonb) returns jsonb language plpgsql as $$
declare
  name    text := op ->> 'table';
  row_id  uuid := (op ->> 'id')::uuid;
  kind    text := op ->> 'kind';
  given   jsonb := op -> 'set';
  clock   text := sync.admit(op ->> 'clock');
  r       sync.register;
  merged  jsonb;
  next    jsonb;
  current jsonb;
  won     text[];
  lost    text[];
  winning jsonb;
  columns text;
  out_version bigint;
  f       text;
  author_of text;
  code    text;
  rule    text;
begin
  perform set_config('outpost.clock', clock, true);
  if kind = 'insert' then
    insert into sync.register ("table", id, workspace_id, alive, life, base, grave)
      values (name, row_id, (op ->> 'workspace_id')::uuid, false, '', '', '{}') on conflict do nothing;
  end if;
  select * into r from sync.register where "table" = name and id = row_id for update;
  if not found then
    return jsonb_build_object('status', 'refused', 'kind', 'unknown-row');
  elsif r.workspace_id <> (op ->> 'workspace_id')::uuid then
    return jsonb_build_object('status', 'refused', 'kind', 'forbidden');
  end if;

  merged := sync.merge(
    case when r.life <> '' then
      jsonb_build_object('alive', r.alive, 'life', r.life, 'base', r.base, 'clocks', r.clocks) end, kind,
    case when kind = 'insert' then (select array_agg(x) from jsonb_array_elements_text(op -> 'fields') x)
         else (select coalesce(array_agg(x), '{}') from jsonb_object_keys(given) x) end, clock);
  next := merged -> 'register';
  select coalesce(array_agg(x), '{}') into won from jsonb_array_elements_text(merged -> 'won') x where given ? x;
  select coalesce(jsonb_object_agg(key, value), '{}') into winning from jsonb_each(given) where key = any (won);

  if r.alive then
    execute format('select to_jsonb(t) - ''search'' from public.%I t where id = $1 for update', name) into current using row_id;
  else
    current := r.grave;
  end if;
  -- A field lost only if something else stands there now, and somebody would miss it.
  select coalesce(array_agg(key), '{}') into lost from jsonb_each(given)
    where key <> all (won) and not op -> 'silent' ? key and value is distinct from current -> key;

  begin
    if kind = 'delete' then
      if r.alive and not (next ->> 'alive')::boolean then
        execute format('delete from public.%I where id = $1', name) using row_id;
        update sync.register set author = person where "table" = name and id = row_id;
        out_version := nextval('sync.version');
      elsif r.alive then
        -- Somebody made it again after this delete: it stays.
        perform sync.notify(person, 'lost', op, null, null, null, r.author, r.workspace_id, sync.title(current));
        return jsonb_build_object('status', 'merged', 'version', current ->> 'version', 'lost', '[]'::jsonb, 'gone', false);
      else
        return jsonb_build_object('status', 'applied', 'version', nextval('sync.version')::text);
      end if;
    else
      if (next ->> 'alive')::boolean and r.alive then
        if winning <> '{}' then
          select string_agg(quote_ident(k), ', ') into columns from jsonb_object_keys(winning) k;
          execute format('update public.%1$I set (%2$s) = (select %2$s from jsonb_populate_record(null::public.%1$I, $1))
            where id = $2 returning version', name, columns)
            into out_version using winning, row_id;
        else
          out_version := (current ->> 'version')::bigint;
        end if;
      elsif (next ->> 'alive')::boolean then
        winning := r.grave || winning || jsonb_build_object('id', row_id);
        select string_agg(quote_ident(k), ', ') into columns from jsonb_object_keys(winning) k;
        execute format('insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1)
          returning version', name, columns) into out_version using winning;
      else
        out_version := nextval('sync.version');
      end if;
      update sync.register set
        alive = (next ->> 'alive')::boolean, life = next ->> 'life', base = next ->> 'base',
        clocks = next -> 'clocks',
        grave = case when (next ->> 'alive')::boolean then null else r.grave || winning end,
        author = case when kind = 'insert' and life <> next ->> 'life' then person else author end,
        authors = authors || coalesce((select jsonb_object_agg(w, person) from unnest(won) as w where kind = 'update'), '{}')
        where "table" = name and id = row_id;
    end if;
  exception when others then
    get stacked diagnostics code = returned_sqlstate, rule = constraint_name;
    -- Not the operation's fault: the whole transaction is tried again.
    if left(code, 2) in ('40', '53', '55', '57', '58', 'XX') then raise; end if;
    if kind = 'insert' and not r.alive and r.grave = '{}' then
      delete from sync.register where "table" = name and id = row_id and not alive and grave = '{}';
    end if;
    return jsonb_build_object('status', 'refused', 'state', code, 'rule', nullif(rule, ''));
  end;

  if kind <> 'delete' and not r.alive and not (next ->> 'alive')::boolean then
    perform sync.notify(person, 'deleted', op, null, r.grave || winning, null, r.author, r.workspace_id,
      sync.title(r.grave || winning));
    return jsonb_build_object('status', 'merged', 'version', out_version::text, 'lost', to_jsonb(lost), 'gone', true);
  end if;

  if kind <> 'delete' then
    foreach f in array lost loop
      perform sync.notify(person, 'lost', op, f, given -> f, current -> f,
        coalesce(r.authors ->> f, r.author), r.workspace_id, sync.title(current));
    end loop;
    foreach f in array won loop
      -- It replaced a value that its writer had not seen: whoever wrote that is told.
      author_of := coalesce(r.authors ->> f, r.author);
      continue when op -> 'silent' ? f or author_of is null or not (op -> 'was') ? f
        or current -> f is not distinct from op -> 'was' -> f or current -> f is not distinct from given -> f;
      perform sync.notify(author_of, 'overwritten', op, f, current -> f, given -> f, person, r.workspace_id,
        sync.title(current));
    end loop;
  end if;

  if cardinality(lost) > 0 then
    return jsonb_build_object('status', 'merged', 'version', out_version::text, 'lost', to_jsonb(lost), 'gone', false);
  end if;
  return jsonb_build_object('status', 'applied', 'version', out_version::text);
end $$;

-- Applies operations in order, each on its own (W4).
create function sync.apply_all(person text, ops jsonb) returns jsonb language plpgsql as $$
declare
  op jsonb;
  verdicts jsonb[] := '{}';
begin
  for op in select value from jsonb_array_elements(ops) loop
    verdicts := verdicts || sync.apply(person, op);
  end loop;
  perform set_config('outpost.clock', '', true);
  return to_jsonb(verdicts);
end $$;

call sync.attach('workspace', 'id');
call sync.attach('member', 'workspace_id');
call sync.attach('project', 'workspace_id');
call sync.attach('label', 'workspace_id');
call sync.attach('task', 'workspace_id');
call sync.attach('task_label', 'workspace_id');
call sync.attach('comment', 'workspace_id');
call sync.attach('notice', 'workspace_id');
