-- The server's side of 0010.

-- The nearest value within the bounds. A booking keeps its length, of a second at least.
create function sync.near(at timestamptz) returns timestamptz immutable strict language sql as $$
  select least(greatest(at, '1900-01-01 00:00:00+00'), '2199-12-31 23:59:59.999+00')
$$;

create function sync.near(d date) returns date immutable strict language sql as $$
  select least(greatest(d, '1900-01-01'), '2199-12-31')
$$;

create function sync.near(span tstzrange) returns tstzrange immutable strict language sql as $$
  select case
    when lower(span) < '1900-01-01 00:00:00+00' then
      tstzrange('1900-01-01 00:00:00+00', '1900-01-01 00:00:00+00'::timestamptz + lasts)
    when lower(span) + lasts > '2200-01-01 00:00:00+00' then
      tstzrange('2200-01-01 00:00:00+00'::timestamptz - lasts, '2200-01-01 00:00:00+00')
    else tstzrange(lower(span), lower(span) + lasts) end
  from (select greatest(upper(span) - lower(span), interval '1 second') as lasts) x
$$;

-- A row with the given columns within the bounds. A booking that had to move holds its time no longer: another one may.
create function sync.near(r jsonb, columns text[]) returns jsonb stable language plpgsql as $$
declare
  c    text;
  span tstzrange;
begin
  foreach c in array columns loop
    continue when r ->> c is null;
    if c = 'due_on' then
      r := jsonb_set(r, array[c], to_jsonb(sync.near((r ->> c)::date)));
    elsif c = 'during' then
      span := sync.near((r ->> c)::tstzrange);
      if span <> (r ->> c)::tstzrange and r ->> 'status' = 'confirmed' then
        r := jsonb_set(r, '{status}', '"tentative"');
      end if;
      r := jsonb_set(r, array[c], to_jsonb(span));
    else
      r := jsonb_set(r, array[c], to_jsonb(sync.near((r ->> c)::timestamptz)));
    end if;
  end loop;
  return r;
exception when others then
  -- What a deleted row left may be no value of its column at all.
  return r;
end $$;

-- Brings a row that is written into the bounds. Arguments: its columns.
create function sync.fit() returns trigger language plpgsql as $$
begin
  return jsonb_populate_record(new, sync.near(to_jsonb(new), tg_argv));
end $$;

-- Brings the rows that are there into the bounds: those that break a constraint of 0010_bounds.sql.
create function sync.fit_rows() returns void language plpgsql as $$
declare
  c record;
begin
  for c in select r.relname as name, array_agg(a.attname::text) as fields,
        string_agg(pg_get_expr(k.conbin, k.conrelid), ' and ') as holds,
        string_agg(format('validate constraint %I', k.conname), ', ') as validates
      from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_attribute a on a.attrelid = r.oid and a.attnum = k.conkey[1]
      where k.connamespace = 'public'::regnamespace and k.contype = 'c' and not k.convalidated
        and k.conname = r.relname || '_' || a.attname || '_range' group by r.relname loop
    execute format('update public.%1$I t set (%2$s) = (select %2$s from jsonb_populate_record(t, sync.near(to_jsonb(t), %3$L))) where not (%4$s)',
      c.name, (select string_agg(case f when 'during' then 'during, status' else quote_ident(f) end, ', ') from unnest(c.fields) f),
      c.fields, c.holds);
    execute format('alter table public.%I %s', c.name, c.validates);
  end loop;
end $$;

create procedure sync.fit_all() language plpgsql as $$
begin
  perform sync.fit_rows();
  -- What deleted rows left behind: otherwise nobody could bring them back.
  update sync.register set grave = sync.near(grave, '{due_on,during,created_at,deleted_at,resolved_at}') where grave is not null
    and grave is distinct from sync.near(grave, '{due_on,during,created_at,deleted_at,resolved_at}');
end $$;
call sync.fit_all();

-- When a row was made is no person's word: a device with a clock that is out of its mind is not refused for it.
create procedure sync.fit_made(name text) language plpgsql as $$
begin
  execute format('create trigger sync_fit before insert or update on public.%I for each row
    when (new.created_at < ''1900-01-01 00:00:00+00'' or new.created_at >= ''2200-01-01 00:00:00+00'')
    execute function sync.fit(''created_at'')', name);
end $$;
call sync.fit_made('project');
call sync.fit_made('label');
call sync.fit_made('task');
call sync.fit_made('task_label');
call sync.fit_made('comment');
call sync.fit_made('resource');
call sync.fit_made('booking');
call sync.fit_made('resolution');
call sync.fit_made('stock_item');
call sync.fit_made('stock_place');
call sync.fit_made('page');
call sync.fit_made('page_favourite');
call sync.fit_made('document_update');
call sync.fit_made('document_version');
call sync.fit_made('file');

-- For api/purge.ts: what has been deleted long ago is found without reading all clocks.
create index register_graves on sync.register (life) where not alive;

-- Bytes that are being collected at this moment, because no row named them, are not taken for stored.
create or replace function sync.note_stored() returns trigger language plpgsql as $$
begin
  new.stored_at := (select at from sync.file_bytes where workspace_id = new.workspace_id and hash = new.hash for key share);
  return new;
end $$;

-- Whether a row that nothing is known of could have been here before, and been deleted so long ago that what it left was
-- purged: an insert with this clock must not bring it back in silence. A deletion is later than the insert that it deletes,
-- and purging waits a day longer (kept.grave of api/purge.ts).
create function sync.may_be_purged(clock text) returns boolean stable language sql as $$
  select sync.clock_ms(clock) < extract(epoch from now() - interval '364 days') * 1000
$$;

-- As in 0008, and asks back before it makes a row that may have been here before. Tables whose rows people do not delete
-- take what comes, however late.
create or replace function sync.apply_all(person text, ops jsonb) returns jsonb language plpgsql as $$
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
  perform set_config('outpost.clock', '', true);
  return to_jsonb(verdicts);
end $$;
