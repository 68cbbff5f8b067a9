-- Who may do what, decided under the lock of the row (A4): an operation is judged by what it would do to the row that is
-- there, however it is written.

-- The twin of may() in db/sync/access.ts. standing: whose the row is for the one who asks, 'own', 'other' or 'nobody'.
create function sync.may(who text, role text, standing text) returns boolean immutable language sql as $$
  select case
    when role is null or who = 'nobody' then false
    when who = 'reader' then standing = 'own'
    when role = 'guest' then false
    when who = 'writers' then true
    when who = 'self' then standing = 'own'
    else standing <> 'other' or (who = 'unless-other-or-owner' and role = 'owner')
  end
$$;

create function sync.as_uuid(given text) returns uuid immutable language sql as $$
  select case when pg_input_is_valid(given, 'uuid') then given::uuid end
$$;

-- The time that an import gives, unless it is still to come. What is no time stays for the table to refuse.
create function sync.past(given jsonb) returns jsonb stable language sql as $$
  select case when pg_input_is_valid(given #>> '{}', 'timestamptz')
    then to_jsonb(least((given #>> '{}')::timestamptz, clock_timestamp())) else coalesce(given, to_jsonb(clock_timestamp())) end
$$;

-- Judges one operation as it came: {kind, table, id, set, was, clock}. Takes the locks of sync.apply in their order, and
-- keeps them. Returns {op}: as sync.apply takes it, with only what this person may write, signed; {verdict}: there is
-- nothing to be done; or {kind, rule} of a refusal. The caller has locked the person's memberships.
create function sync.judge(person text, op jsonb) returns jsonb language plpgsql as $$
declare
  name      text := op ->> 'table';
  row_id    uuid := (op ->> 'id')::uuid;
  making    boolean := op ->> 'kind' = 'insert';
  given     jsonb := case when op ->> 'kind' = 'delete' then '{}' else op -> 'set' end;
  unknown   jsonb := jsonb_build_object('kind', case when op ->> 'kind' = 'insert' then 'forbidden' else 'unknown-row' end);
  forbidden jsonb := '{"kind": "forbidden"}';
  workspace uuid;
  a         sync.access;
  m         member;
  r         sync.register;
  fresh     boolean;
  there     jsonb;
  said      jsonb;
  others    boolean;
  source    text;
  standing  text;
  changes   boolean;
  fields    text[];
  differs   text[];
  code      text;
  rule      text;
begin
  select * into strict a from sync.access x where x."table" = name;
  if making then
    workspace := sync.as_uuid(given ->> 'workspace_id');
  else
    select x.workspace_id into workspace from sync.register x where x."table" = name and x.id = row_id;
  end if;
  select * into m from member x where x.workspace_id = workspace and x.user_id = person;
  if not found then return unknown; end if;
  if not sync.may(case op ->> 'kind' when 'insert' then a.may_insert when 'update' then a.may_update else a.may_delete end,
      m.role, 'own') then
    return forbidden;
  end if;

  perform sync.serialize(name, row_id, given);
  if making then
    insert into sync.register ("table", id, workspace_id, alive, life, base, grave)
      values (name, row_id, workspace, false, '', '', '{}') on conflict do nothing;
  end if;
  select * into r from sync.register x where x."table" = name and x.id = row_id for update;
  if not found then return unknown; end if;
  if r.workspace_id <> workspace then return forbidden; end if;
  fresh := r.life = '';
  if r.alive then
    execute format('select to_jsonb(t) - ''search'' from public.%I t where id = $1 for update', name) into there using row_id;
  else
    there := r.grave;
  end if;

  if a.owner like '%.%' then
    execute format('select exists (select from public.%I t where t.%I = $1 and t.user_id <> $2)',
      split_part(a.owner, '.', 1), split_part(a.owner, '.', 2)) into others using row_id, person;
  end if;
  standing := case
    when fresh then 'own'
    when a.owner like '%.%' then case when others then 'other' else 'nobody' end
    when a.owner is null or there ->> a.owner is null then 'nobody'
    when there ->> a.owner = case a.owner when 'user_id' then person else m.id::text end then 'own'
    else 'other' end;
  if standing = 'other' and (a.hidden = 'always' or a.hidden = 'private' and (there ->> 'private')::boolean) then
    return unknown;
  end if;
  changes := sync.may(a.may_update, m.role, standing);

  if a.signs is not null and given ->> a.signs <> m.id::text then
    given := given - a.signs;
  end if;
  if op ->> 'kind' = 'update' then
    if not changes then return forbidden; end if;
    if exists (select from jsonb_object_keys(given) k where k <> all (a.updatable)) then
      return '{"kind": "unknown-column"}';
    end if;
    fields := a.updatable;
  elsif not making then
    -- A row that is gone already is not deleted by this.
    if r.alive and not sync.may(a.may_delete, m.role, standing) then return forbidden; end if;
  else
    if exists (select from jsonb_object_keys(given) k where k <> all (a.insertable)) then
      return '{"kind": "unknown-column"}';
    end if;
    -- Whose a row is does not change, also when it is made again; and nobody makes one in another's name.
    if 'user_id' = any (a.insertable)
        and given ->> 'user_id' is distinct from (case when fresh then person else there ->> 'user_id' end) then
      return forbidden;
    end if;
    if 'author_id' = any (a.signed) and given ->> 'author_id' is distinct from there ->> 'author_id' and exists (
        select from member x where x.id = sync.as_uuid(given ->> 'author_id') and x.user_id <> person) then
      return forbidden;
    end if;

    if fresh then
      fields := a.insertable;
      source := given ->> 'source';
      if a.imported like '%.%' then
        execute format('select t.source from public.%I t where t.id = $1 and t.workspace_id = $2 and t.author_id is null',
          split_part(a.imported, '.', 1)) into source using sync.as_uuid(given ->> split_part(a.imported, '.', 2)), workspace;
      end if;
      if a.imported is not null and given ->> 'author_id' is null and coalesce(source, '') <> '' then
        given := given || jsonb_build_object('author_id', null, 'created_at', sync.past(given -> 'created_at'));
      else
        -- A name that is no name is left for the table to refuse: what sent it is broken.
        given := given || (select coalesce(jsonb_object_agg(s, case
            when s = 'author_id' then to_jsonb(m.id)
            when s <> 'author' then to_jsonb(clock_timestamp())
            when char_length(given ->> 'author') > 200 then given -> 'author'
            else to_jsonb(left(m.name, 200)) end), '{}')
          from unnest(a.signed) s);
      end if;
    elsif r.alive then
      -- It would change the row that is there. Saying once more what is there changes nothing.
      begin
        execute format('select to_jsonb(jsonb_populate_record(null::public.%I, $1))', name) into said using given;
      exception when others then
        get stacked diagnostics code = returned_sqlstate, rule = constraint_name;
        if left(code, 2) in ('40', '53', '55', '57', '58', 'XX') then raise; end if;
        return jsonb_build_object('state', code, 'rule', nullif(rule, ''));
      end;
      differs := array(select k from jsonb_object_keys(given) k where k <> all (a.signed || a.first)
        and said -> k is distinct from there -> k and not (changes and k = any (a.updatable)));
      if cardinality(differs) > 0 then
        if changes or a.may_update = 'nobody' then return '{"kind": "invalid", "rule": "row_made_once"}'; end if;
        return forbidden;
      end if;
      if standing = 'other' and not changes then
        return jsonb_build_object('verdict', jsonb_build_object('status', 'applied', 'version', there ->> 'version'));
      end if;
      fields := case when changes then a.updatable else '{}' end;
    else
      -- It would bring a deleted row back. What the server wrote of it stays; what is another's comes back as it was, by
      -- the hand of who deleted it or may delete it.
      if standing = 'other' and r.author is distinct from person and not sync.may(a.may_delete, m.role, standing) then
        return forbidden;
      end if;
      fields := case when standing <> 'other' then array(select x from unnest(a.insertable) x where x <> all (a.signed))
        when changes then a.updatable else '{}' end;
    end if;
    if not fresh then
      given := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(given) where key = any (fields));
    end if;
  end if;
  return jsonb_build_object('op', op || jsonb_build_object(
    'set', given, 'workspace_id', r.workspace_id, 'fields', to_jsonb(fields), 'silent', to_jsonb(a.silent)));
end $$;
