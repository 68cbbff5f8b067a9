-- The server's machinery: versions, clocks, who may do what, and the functions that apply operations.
-- Applied anew whenever this folder or the definitions change; nothing in here holds data.

-- Next state of the server's own clock; tick() in db/sync/clock.ts promises the same: later than every tick that was over
-- before this one began, and not behind the wall clock. The counter is the microseconds within the millisecond, times 64,
-- and a lot.
--   Where the wall clock is later than what was given last, it is taken. Where it is not (it went back, or two ask in one
-- microsecond), nextval goes on from there. Two may set the sequence at once, the earlier one last; who asks after
-- them has a later wall clock than both, because a tick that is just ahead of the wall clock waits until it is not.
create function sync.tick(node text) returns text language plpgsql as $$
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

create function sync.clock_ms(clock text) returns bigint immutable strict parallel safe language sql as $$
  select ('x' || lpad(left(clock, 12), 16, '0'))::bit(64)::bigint
$$;

-- The clock that comes next after one: the same time, one more event of this node.
create function sync.after_clock(clock text, node text) returns text immutable strict language sql as $$
  select case when substr(clock, 14, 4) < 'ffff' then left(clock, 13) || lpad(to_hex(('x' || substr(clock, 14, 4))::bit(16)::int + 1), 4, '0')
    else lpad(to_hex(sync.clock_ms(clock) + 1), 12, '0') || '-0000' end || '-' || node
$$;

-- M2: a clock more than 60 s ahead of the server becomes the server's own time. M4: of one client, in the order in
-- which it wrote: sync.admitted is the newest one so far, kept in sync.client between its transactions.
create function sync.admit(clock text) returns text language plpgsql as $$
declare
  last text := coalesce(nullif(current_setting('sync.admitted', true), ''), '');
  admitted text := clock;
begin
  if sync.clock_ms(clock) > extract(epoch from clock_timestamp()) * 1000 + 60000 then
    admitted := sync.tick(right(clock, 12));
  end if;
  if current_setting('sync.client', true) is distinct from 'ordered' then return admitted; end if;
  if admitted collate "C" <= last collate "C" then admitted := sync.after_clock(last, right(clock, 12)); end if;
  perform set_config('sync.admitted', admitted, true);
  return admitted;
end $$;

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

-- M1, the twin of merge() in db/sync/merge.ts. register: {alive, life, base, clocks} or null.
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

-- Every write raises the version. Writes that come as operations carry their clock in sync.clock; anything else
-- (accounts, administration by SQL) is a write of the server's own, stamped here so that it merges like the rest.
create function sync.stamp() returns trigger language plpgsql as $$
declare
  clock text := nullif(current_setting('sync.clock', true), '');
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
  clock text := coalesce(nullif(current_setting('sync.clock', true), ''), sync.tick('000000000000'));
begin
  update sync.register set alive = false, life = greatest(life, clock collate "C"),
    author = coalesce(nullif(current_setting('sync.person', true), ''), author),
    grave = to_jsonb(old) - '{version,updated_at,search}'::text[]
    where "table" = tg_table_name and id = old.id;
  return old;
end $$;

-- Compaction replaces updates for good: nothing of them is kept. One that arrives again is stored again, which is
-- harmless, because an update counts once however often it is there (D1).
create function sync.forget() returns trigger language plpgsql as $$
begin
  delete from sync.register where "table" = tg_table_name and id = old.id;
  return old;
end $$;

-- Rows that are made once: an insert that comes again must not write something else into them. Arguments: the columns.
create function sync.keep() returns trigger language plpgsql as $$
declare
  was   jsonb := to_jsonb(old);
  given jsonb := to_jsonb(new);
  c     text;
begin
  foreach c in array tg_argv loop
    if given -> c is distinct from was -> c then
      raise exception 'this stays as it was made' using errcode = 'check_violation', constraint = 'row_made_once';
    end if;
  end loop;
  return new;
end $$;

-- A row's own name, for the Inbox.
create function sync.title(r jsonb) returns text immutable language sql as $$
  select left(coalesce(r ->> 'title', r ->> 'name', r ->> 'body', ''), 120)
$$;

-- Writes the notice of a loss for the person who lost.
create function sync.notify(for_user text, kind text, op jsonb, field text, lost jsonb, kept jsonb, by_user text,
                            workspace uuid, title text) returns void language plpgsql as $$
declare
  clock text := current_setting('sync.clock', true);
begin
  perform set_config('sync.clock', '', true);
  insert into notice (id, workspace_id, user_id, kind, "table", row_id, field, lost, kept, by_user, by_name, title)
    values (gen_random_uuid(), workspace, for_user, kind, op ->> 'table', (op ->> 'id')::uuid, field, lost, kept, by_user,
      coalesce((select name from member m where m.workspace_id = workspace and m.user_id = by_user), ''), title);
  perform set_config('sync.clock', clock, true);
end $$;

-- Applies one operation and returns its verdict: {status, version, lost, gone}, {status: flagged, version, violation},
-- or {status: refused, state: SQLSTATE, rule: constraint, kind}. The caller has checked table, columns and access.
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
  patch   jsonb := '{}';
  written jsonb;
  before  uuid[];
  flagging jsonb;
  violation_id uuid;
begin
  perform set_config('sync.clock', clock, true), set_config('sync.person', person, true);
  perform sync.serialize(name, row_id, given);
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

  if exists (select from sync.rule x where x."table" = name) then
    select coalesce(array_agg(d.id), '{}') into before from sync.dispute d where d."table" = name and d.asked_id = row_id and not d.closed;
  end if;
  loop
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
          if winning || patch <> '{}' then
            written := winning || patch;
            select string_agg(quote_ident(k), ', ') into columns from jsonb_object_keys(written) k;
            execute format('update public.%1$I set (%2$s) = (select %2$s from jsonb_populate_record(null::public.%1$I, $1))
              where id = $2 returning version', name, columns)
              into out_version using written, row_id;
          else
            out_version := (current ->> 'version')::bigint;
          end if;
        elsif (next ->> 'alive')::boolean then
          written := r.grave || winning || patch || jsonb_build_object('id', row_id);
          select string_agg(quote_ident(k), ', ') into columns from jsonb_object_keys(written) k;
          execute format('insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1)
            returning version', name, columns) into out_version using written;
        else
          out_version := nextval('sync.version');
        end if;
        update sync.register set
          alive = (next ->> 'alive')::boolean, life = next ->> 'life', base = next ->> 'base',
          clocks = (next -> 'clocks') || coalesce((
            select jsonb_object_agg(p, greatest(clock collate "C", coalesce(next -> 'clocks' ->> p, next ->> 'base') collate "C"))
            from jsonb_object_keys(patch) p), '{}'),
          grave = case when (next ->> 'alive')::boolean then null else r.grave || winning end,
          author = case when kind = 'insert' and life <> next ->> 'life' then person else author end,
          authors = authors || coalesce((select jsonb_object_agg(w, person) from unnest(won) as w where kind = 'update'), '{}')
          where "table" = name and id = row_id;
      end if;
      exit;
    exception when others then
      get stacked diagnostics code = returned_sqlstate, rule = constraint_name;
      -- Not the operation's fault: the whole transaction is tried again.
      if left(code, 2) in ('40', '53', '55', '57', '58', 'XX') then raise; end if;
      -- A rule that flags: the row is stored all the same, with the rule's patch.
      select x.patch into flagging from sync.rule x where x.constraint_name = rule and x."table" = op ->> 'table';
      if found and not patch @> flagging then
        patch := patch || flagging;
        continue;
      end if;
      if kind = 'insert' and not r.alive and r.grave = '{}' then
        delete from sync.register where "table" = name and id = row_id and not alive and grave = '{}';
      end if;
      return jsonb_build_object('status', 'refused', 'state', code, 'rule', nullif(rule, ''));
    end;
  end loop;

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

  if before is not null and kind <> 'delete' then
    violation_id := sync.flagged(name, row_id, case when patch = '{}' then before else '{}' end);
    if violation_id is not null then
      return jsonb_build_object('status', 'flagged', 'version', out_version::text, 'violation', violation_id);
    end if;
  end if;
  if cardinality(lost) > 0 then
    return jsonb_build_object('status', 'merged', 'version', out_version::text, 'lost', to_jsonb(lost), 'gone', false);
  end if;
  return jsonb_build_object('status', 'applied', 'version', out_version::text);
end $$;

-- Whether a row that nothing is known of could have been here before, and been deleted so long ago that what it left was
-- purged: an insert with this clock must not bring it back in silence. A deletion is later than the insert that it deletes,
-- and purging waits a day longer (kept.grave of api/host/purge.ts).
create function sync.may_be_purged(clock text) returns boolean stable language sql as $$
  select sync.clock_ms(clock) < extract(epoch from now() - interval '364 days') * 1000
$$;

-- Judges and applies operations in order, each on its own (W4): the second is judged by what the first has done.
create function sync.apply_all(person text, ops jsonb) returns jsonb language plpgsql as $$
declare
  op       jsonb;
  judged   jsonb;
  verdicts jsonb[] := '{}';
begin
  -- Whoever takes away a membership waits, or has done so.
  perform 1 from member m where m.user_id = apply_all.person order by m.id for share;
  for op in select value from jsonb_array_elements(ops) loop
    judged := null;
    if op ->> 'kind' = 'insert' and sync.may_be_purged(op ->> 'clock')
        and exists (select from sync.access a where a."table" = op ->> 'table' and a.may_delete <> 'nobody') then
      -- What is there is held, so that it is not purged now.
      perform 1 from sync.register r where r."table" = op ->> 'table' and r.id = (op ->> 'id')::uuid for update;
      if not found then
        judged := '{"kind": "invalid", "rule": "insert_too_old"}';
      end if;
    end if;
    judged := coalesce(judged, sync.judge(person, op));
    if judged ? 'op' then
      verdicts := verdicts || sync.apply(person, judged -> 'op');
    else
      delete from sync.register r where r."table" = op ->> 'table' and r.id = (op ->> 'id')::uuid and r.life = '';
      verdicts := verdicts || coalesce(judged -> 'verdict', judged || '{"status": "refused"}');
    end if;
  end loop;
  perform set_config('sync.clock', '', true);
  return to_jsonb(verdicts);
end $$;
