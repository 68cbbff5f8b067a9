-- What people decide about violations: a resolution row arrives like any other and is carried out where it is inserted,
-- in the transaction that brings it. Its outcome, the violations' and the notices follow in the same one.

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
  clock    text := current_setting('outpost.clock', true);
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

  perform set_config('outpost.clock', '', true);
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
  perform set_config('outpost.clock', clock, true);
  return null;
end $$;

create trigger sync_audience before insert on resolution for each row execute function sync.resolution_audience();
create trigger sync_resolve after insert on resolution for each row execute function sync.resolve();
