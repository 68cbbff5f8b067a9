-- Rules whose violation is stored and flagged: who clashes with whom, and what people decide.
-- One thing is always true: a pair of rows that clash has an open dispute, and an open dispute has a pair that clashes.

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
  person  text := nullif(current_setting('sync.person', true), '');
  clock   text := current_setting('sync.clock', true);
  r       sync.rule;
  d       sync.dispute;
  pair    record;
begin
  perform set_config('sync.clock', '', true);
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
  perform set_config('sync.clock', clock, true);
  return null;
end $$;

-- The violation that the writer of a row is told of: of its oldest open dispute, but for those known before.
create function sync.flagged(name text, which uuid, before uuid[]) returns uuid language sql stable as $$
  select v.id from sync.dispute d join public.violation v on v.case_id = d.id and (v.user_id is null or v.user_id = d.asked_by)
    where d."table" = name and d.asked_id = which and not d.closed and d.id <> all (before)
    order by d.opened, d.id limit 1
$$;

-- Whose matter a decision is: the violation's.
create function sync.resolution_audience() returns trigger language plpgsql as $$
begin
  new.private_to := (select v.user_id from violation v where v.id = new.violation_id);
  return new;
end $$;

-- Changes some columns of a row.
create function sync.write(name text, which uuid, given jsonb) returns void language plpgsql as $$
declare
  columns text := (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(given) k);
begin
  execute format('update public.%1$I set (%2$s) = (select %2$s from jsonb_populate_record(null::public.%1$I, $1)) where id = $2',
    name, columns) using given, which;
end $$;

-- Carries out one choice; raises what the constraints say. Returns the outcome of the decision.
create function sync.choose(d sync.dispute, choice text, place jsonb, person text) returns text language plpgsql as $$
declare
  r sync.rule;
  proposal jsonb := (select v.proposal from violation v where v.case_id = d.id limit 1);
  taken boolean;
begin
  select * into r from sync.rule x where x.constraint_name = d.rule;
  if choice = 'move' then
    if not d.closed then perform sync.close(d, 'moved', person); end if;
    perform sync.write(d."table", d.asked_id, place || r.holding);
  elsif choice = 'cancel' then
    if not d.closed then perform sync.close(d, 'cancelled', person); end if;
    perform sync.write(d."table", d.asked_id, r.gone);
  elsif choice = 'give_way' then
    perform sync.close(d, 'gave_way', person);
    perform sync.write(d."table", d.held_id, case when place = '{}' then r.gone else place end);
    if sync.clashes(d) then
      raise exception 'still in the way' using errcode = 'check_violation', constraint = 'still_in_the_way';
    end if;
    begin
      perform sync.write(d."table", d.asked_id, r.holding);
    exception when exclusion_violation or unique_violation then
      -- A third one holds the place as well: that is a dispute of its own.
      null;
    end;
  elsif choice = 'swap' then
    if place = '{}' then
      raise exception 'no place' using errcode = 'check_violation', constraint = 'place_missing';
    end if;
    -- Tried now, so that nobody is asked for what is not possible.
    begin
      perform sync.close(d, 'swapped', person);
      perform sync.write(d."table", d.held_id, place);
      perform sync.write(d."table", d.asked_id, r.holding);
      raise exception 'possible' using errcode = 'OP001';
    exception when sqlstate 'OP001' then null;
    end;
    update violation v set proposal = place where v.case_id = d.id;
    return 'asked';
  elsif proposal is null then
    raise exception 'no proposal' using errcode = 'check_violation', constraint = 'proposal_missing';
  elsif choice = 'agree' then
    perform sync.close(d, 'swapped', person);
    perform sync.write(d."table", d.held_id, proposal);
    perform sync.write(d."table", d.asked_id, r.holding);
  else
    update violation v set proposal = null where v.case_id = d.id;
  end if;
  return 'done';
end $$;

-- Carries out a decision that arrived: the first one wins, a later one is told so. All or nothing.
create function sync.resolve() returns trigger language plpgsql as $$
declare
  clock    text := current_setting('sync.clock', true);
  person   text := new.user_id;
  v        violation;
  d        sync.dispute;
  r        sync.rule;
  place    jsonb;
  owner    boolean;
  asks     boolean := false;
  result   text;
  why      text := '';
  code     text;
  rule     text;
  party    text;
begin
  select * into v from violation x where x.id = new.violation_id;
  select * into d from sync.dispute x where x.id = v.case_id;
  if not found then return null; end if;
  owner := v.user_id is null and exists (
    select from member m where m.workspace_id = d.workspace_id and m.user_id = person and m.role = 'owner');
  if v.user_id is not null and v.user_id <> person or not owner
    and person is distinct from (case when new.choice in ('agree', 'decline', 'give_way') then d.held_by else d.asked_by end) then
    raise exception 'not a party' using errcode = 'insufficient_privilege', constraint = 'resolution_party';
  end if;
  select * into r from sync.rule x where x.constraint_name = d.rule;
  place := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(
    case jsonb_typeof(new.detail) when 'object' then new.detail else '{}' end) where key = any (r.place));

  -- The same order of locks as an ordinary write: first the turn, then the rows.
  perform sync.serialize(d."table", x.id, place) from (select unnest(array[d.asked_id, d.held_id]) as id order by 1) x;
  select * into d from sync.dispute x where x.id = v.case_id for update;
  select * into v from violation x where x.id = new.violation_id;
  execute format('select exists (select from public.%I a where a.id = $1 and %s)', d."table", r.asks) into asks using d.asked_id;

  perform set_config('sync.clock', '', true);
  if d.closed and not (new.choice in ('move', 'cancel') and asks) then
    result := 'late';
    why := case when v.resolved_name = '' then 'This had been decided before.'
      else v.resolved_name || ' had decided this before.' end;
  else
    begin
      result := sync.choose(d, new.choice, place, person);
    exception when others then
      get stacked diagnostics code = returned_sqlstate, rule = constraint_name;
      if left(code, 2) in ('40', '53', '55', '57', '58', 'XX') then raise; end if;
      result := 'failed';
      why := case
        when exists (select from sync.rule x where x.constraint_name = rule) then 'That place has been taken meanwhile.'
        when rule = 'still_in_the_way' then 'It would still be in the way there.'
        when rule = 'place_missing' then 'A swap needs a place for the other one.'
        when rule = 'proposal_missing' then 'There is no proposal to answer any more.'
        else 'This is not possible any more.' end;
      if new.choice = 'agree' then
        update violation x set proposal = null where x.case_id = d.id;
      end if;
    end;
  end if;
  update resolution set outcome = result, sentence = why where id = new.id;

  if result in ('late', 'failed') then
    perform sync.notify(person, result, jsonb_build_object('table', d."table", 'id', v.row_id), null,
      jsonb_build_object('choice', new.choice, 'violation_id', v.id),
      jsonb_build_object('outcome', v.outcome, 'sentence', why), v.resolved_by, d.workspace_id, v.title);
  elsif result = 'done' then
    -- Everybody concerned is told but the one who decided.
    for party in select distinct x from unnest(array[d.asked_by, d.held_by]) x where x <> person loop
      select * into v from violation x where x.case_id = d.id and (x.user_id is null or x.user_id = party)
        order by x.user_id nulls last limit 1;
      perform sync.notify(party, 'decided', jsonb_build_object('table', d."table",
          'id', case when party = d.asked_by then d.asked_id else d.held_id end), null,
        jsonb_build_object('choice', new.choice, 'violation_id', v.id), jsonb_build_object('outcome', v.outcome),
        case when v.user_id is null or person in (v.asked_by, v.held_by) or person not in (d.asked_by, d.held_by)
          then person end, d.workspace_id, v.title);
    end loop;
  end if;
  perform set_config('sync.clock', clock, true);
  return null;
end $$;
create trigger sync_audience before insert on resolution for each row execute function sync.resolution_audience();
create trigger sync_resolve after insert on resolution for each row execute function sync.resolve();
