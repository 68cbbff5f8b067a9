-- The server's side of 0003: rules whose violation is stored and flagged, who clashes with whom, what people decide.
-- One thing is always true: a pair of rows that clash has an open dispute, and an open dispute has a pair that clashes.

-- Rules that flag, as data; db/violation-rules.ts has the entry for people (a test compares them). A row that breaks
-- the constraint is stored with patch instead. asks, clash and meets are SQL over a (the row that asks) and b (the one
-- that holds): which rows ask, whether the two clash, what both want.
create table sync.rule (
  constraint_name  text primary key,
  "table"          text not null,
  patch            jsonb not null,
  -- Column whose equal values compete: writers of one value take turns.
  key              text not null,
  -- Columns that decide whether a row clashes, and who may see it.
  decides          text[] not null,
  asks             text not null,
  clash            text not null,
  meets            text not null,
  -- Column of the account whose row it is, and SQL over t: whether only that person may see it.
  person           text not null,
  hidden           text not null,
  -- Columns that a violation tells of a row, columns that say where it is, and what makes it hold or give up its place.
  shown            text[] not null,
  place            text[] not null,
  holding          jsonb not null,
  gone             jsonb not null
);
insert into sync.rule values ('booking_no_overlap', 'booking', '{"status": "conflicted"}', 'resource_id',
  '{resource_id,during,status,private,user_id}', $$a.status in ('tentative', 'conflicted')$$,
  $$a.resource_id = b.resource_id and a.during && b.during and b.status = 'confirmed'$$, $$a.during * b.during$$,
  'user_id', 't.private', '{title,during,resource_id,status}', '{resource_id,during}',
  '{"status": "confirmed"}', '{"status": "cancelled"}');

-- Who clashes with whom, all of it: violations are what each of them may see. id is the violations' case_id.
create table sync.dispute (
  id            uuid primary key,
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  rule          text not null references sync.rule (constraint_name),
  "table"       text not null,
  asked_id      uuid not null,
  held_id       uuid not null,
  asked_by      text,
  held_by       text,
  opened        timestamptz not null default clock_timestamp(),
  closed        boolean not null default false
);
create unique index dispute_pair on sync.dispute (rule, asked_id, held_id) where not closed;
create index dispute_held on sync.dispute (held_id) where not closed;

-- Writers of one key take turns until the end of their transactions: otherwise two that do not see each other would
-- both be stored, and nobody told. Rows competes by the value they have and by the one they are given.
create function sync.serialize(name text, row_id uuid, given jsonb) returns void language plpgsql as $$
declare
  r sync.rule;
  lock bigint;
begin
  for r in select * from sync.rule x where x."table" = serialize.name order by x.constraint_name loop
    for lock in execute format('select distinct hashtextextended(%L || k, 0) as h from (
        select t.%I::text as k from public.%I t where t.id = $1 union all select $2) x where k is not null order by h',
        r.constraint_name || ':', r.key, name) using row_id, given ->> r.key loop
      perform pg_advisory_xact_lock(lock);
    end loop;
  end loop;
end $$;

create function sync.serialize_row() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform sync.serialize(tg_table_name, old.id, '{}');
    return old;
  end if;
  perform sync.serialize(tg_table_name, new.id, to_jsonb(new));
  return new;
end $$;

create function sync.member_name(workspace uuid, account text) returns text language sql stable as $$
  select coalesce((select m.name from public.member m where m.workspace_id = workspace and m.user_id = account), '')
$$;

-- Whether the pair of a dispute clashes as it stands now.
create function sync.clashes(d sync.dispute) returns boolean language plpgsql as $$
declare
  r sync.rule;
  found_one boolean;
begin
  select * into r from sync.rule x where x.constraint_name = d.rule;
  execute format('select exists (select from public.%1$I a, public.%1$I b where a.id = $1 and b.id = $2 and (%2$s) and (%3$s))',
    d."table", r.asks, r.clash) into found_one using d.asked_id, d.held_id;
  return found_one;
end $$;

-- Writes the violations of a dispute: one for all if all may see both rows, otherwise one for each party, with what
-- that person may see and no more (W5). Runs with the server's own clock.
create function sync.publish(d sync.dispute) returns void language plpgsql as $$
declare
  r        sync.rule;
  asked    jsonb;
  held     jsonb;
  meets    text;
  secret_a boolean;
  secret_h boolean;
  reader   text;
  sees_a   boolean;
  sees_h   boolean;
  v        violation;
begin
  select * into r from sync.rule x where x.constraint_name = d.rule;
  execute format('select to_jsonb(a), to_jsonb(b), (%s)::text, (select %s from public.%I t where t.id = a.id),
      (select %2$s from public.%3$I t where t.id = b.id) from public.%3$I a, public.%3$I b where a.id = $1 and b.id = $2',
    r.meets, r.hidden, d."table") into asked, held, meets, secret_a, secret_h using d.asked_id, d.held_id;
  if not secret_a and not secret_h and not exists (select from violation x where x.case_id = d.id and x.user_id is not null) then
    reader := null;
  else
    -- What all could see until now becomes the asker's alone.
    update violation x set user_id = d.asked_by where x.case_id = d.id and x.user_id is null;
    reader := d.asked_by;
  end if;
  loop
    sees_a := not secret_a or reader = d.asked_by;
    sees_h := not secret_h or reader = d.held_by;
    select x.id into v.id from violation x where x.case_id = d.id and x.user_id is not distinct from reader;
    if not found then
      v.id := gen_random_uuid();
      insert into violation (id, workspace_id, case_id, user_id, rule, "table", row_id)
        values (v.id, d.workspace_id, d.id, reader, d.rule, d."table", case when sees_a then d.asked_id else d.held_id end);
    end if;
    update violation x set
      row_id = case when sees_a then d.asked_id else d.held_id end,
      other_id = case when sees_a and sees_h then d.held_id end,
      asked_by = case when sees_a then d.asked_by end,
      asked_name = case when sees_a then sync.member_name(d.workspace_id, d.asked_by) else '' end,
      held_by = case when sees_h then d.held_by end,
      held_name = case when sees_h then sync.member_name(d.workspace_id, d.held_by) else '' end,
      title = sync.title(case when sees_a then asked else held end),
      detail = jsonb_strip_nulls(jsonb_build_object('meets', meets,
        'asked', case when sees_a then (select jsonb_object_agg(c, asked -> c) from unnest(r.shown) c) end,
        'held', case when sees_h then (select jsonb_object_agg(c, held -> c) from unnest(r.shown) c) end))
      where x.id = v.id;
    exit when reader is null or reader = d.held_by;
    reader := d.held_by;
  end loop;
end $$;

-- Closes a dispute and what people see of it. Who did it is not told to those who may not know the person's part.
create function sync.close(d sync.dispute, how text, person text) returns void language plpgsql as $$
begin
  update sync.dispute x set closed = true where x.id = d.id;
  update violation v set outcome = how, resolved_at = now(), proposal = null,
    resolved_by = case when told then person end,
    resolved_name = case when told then sync.member_name(d.workspace_id, person) else '' end
    from (select x.id, x.user_id is null or person = x.user_id or person in (x.asked_by, x.held_by)
        or person is distinct from d.asked_by and person is distinct from d.held_by as told
      from violation x where x.case_id = d.id) t
    where v.id = t.id;
end $$;

-- Keeps disputes true after each change of a row, by whatever hand: closes those whose pair does not clash any more,
-- opens those that are missing.
create function sync.recheck() returns trigger language plpgsql as $$
declare
  before  jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after   jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  which   uuid := coalesce(after, before) ->> 'id';
  person  text := nullif(current_setting('outpost.person', true), '');
  clock   text := current_setting('outpost.clock', true);
  r       sync.rule;
  d       sync.dispute;
  pair    record;
begin
  perform set_config('outpost.clock', '', true);
  for r in select * from sync.rule x where x."table" = tg_table_name loop
    continue when tg_op = 'UPDATE'
      and not exists (select from unnest(r.decides) c where before -> c is distinct from after -> c);
    for d in select * from sync.dispute x where not x.closed and x.rule = r.constraint_name
        and (x.asked_id = which or x.held_id = which) order by x.id loop
      if not sync.clashes(d) then
        perform sync.close(d, case when after is null then 'withdrawn' when after @> r.gone then 'cancelled'
          when d.asked_id = which and after @> r.holding then 'confirmed' else 'moved' end, person);
      elsif exists (select from unnest(r.decides) c where before -> c is distinct from after -> c) then
        perform sync.publish(d);
      end if;
    end loop;
    continue when after is null;
    for pair in execute format($q$
        select a.id as asked, b.id as held, a.workspace_id, to_jsonb(a) ->> %4$L as asked_by, to_jsonb(b) ->> %4$L as held_by
          from public.%1$I a join public.%1$I b on a.id <> b.id and %3$s where a.id = $1 and %2$s
        union all
        select a.id, b.id, a.workspace_id, to_jsonb(a) ->> %4$L, to_jsonb(b) ->> %4$L
          from public.%1$I b join public.%1$I a on a.id <> b.id and %3$s where b.id = $1 and %2$s
        order by 1, 2 $q$, tg_table_name, r.asks, r.clash, r.person) using which loop
      insert into sync.dispute (id, workspace_id, rule, "table", asked_id, held_id, asked_by, held_by)
        values (gen_random_uuid(), pair.workspace_id, r.constraint_name, tg_table_name, pair.asked, pair.held,
          pair.asked_by, pair.held_by)
        on conflict (rule, asked_id, held_id) where not closed do nothing returning * into d;
      if found then perform sync.publish(d); end if;
    end loop;
  end loop;
  perform set_config('outpost.clock', clock, true);
  return null;
end $$;

-- The violation that the writer of a row is told of: of its oldest open dispute, but for those known before.
create function sync.flagged(name text, which uuid, before uuid[]) returns uuid language sql stable as $$
  select v.id from sync.dispute d join public.violation v on v.case_id = d.id and (v.user_id is null or v.user_id = d.asked_by)
    where d."table" = name and d.asked_id = which and not d.closed and d.id <> all (before)
    order by d.opened, d.id limit 1
$$;

-- Applies one operation and returns its verdict: {status, version, lost, gone}, {status: flagged, version, violation},
-- or {status: refused, state: SQLSTATE, rule: constraint, kind}. The caller has checked table, columns and access.
--   op: {kind, table, id, set, was, clock, workspace_id, fields: columns an insert decides, silent: no notices for}
create or replace function sync.apply(person text, op jsonb) returns jsonb language plpgsql as $$
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
  perform set_config('outpost.clock', clock, true), set_config('outpost.person', person, true);
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

-- Makes the rules of a table hold on it: writers of one key take turns, disputes follow each change.
create procedure sync.watch(name text) language plpgsql as $$
begin
  execute format('create trigger sync_serialize before insert or update or delete on public.%I
    for each row execute function sync.serialize_row()', name);
  execute format('create trigger sync_recheck after insert or update or delete on public.%I
    for each row execute function sync.recheck()', name);
end $$;

call sync.attach('resource', 'workspace_id');
call sync.attach('booking', 'workspace_id');
call sync.attach('violation', 'workspace_id');
call sync.attach('resolution', 'workspace_id');
call sync.watch('booking');
