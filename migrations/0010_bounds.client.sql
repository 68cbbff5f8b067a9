-- The device's side of 0010.
--
-- Rows of the server, and what was written here before there were bounds, are brought into them as they are shown: in a
-- batch, one row more or less must not stop the others (R5). An unsent change is sent as it was written: the server refuses
-- it, and its writer mends it. What is written here from now on is refused at once.

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
create function sync.fit_rows() returns void language plpgsql
set session_replication_role = replica as $$
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
end $$;
call sync.fit_all();

-- created_at is fitted in any case: it is the device's clock, and no person's word.
create procedure sync.fit_table(name text, fields text[]) language plpgsql as $$
declare
  outside text;
begin
  execute format('create trigger sync_fit before insert or update on public.%I for each row
    when (new.created_at < ''1900-01-01 00:00:00+00'' or new.created_at >= ''2200-01-01 00:00:00+00'')
    execute function sync.fit(''created_at'')', name);
  execute format('alter table public.%I enable always trigger sync_fit', name);
  if fields = '{}' then return; end if;
  select string_agg(case f
      when 'due_on' then $q$new.due_on not between '1900-01-01' and '2199-12-31'$q$
      when 'during' then $q$(not new.during <@ tstzrange('1900-01-01 00:00:00+00', '2200-01-01 00:00:00+00')
        or upper(new.during) - lower(new.during) < interval '1 second')$q$
      else format($q$(new.%1$I < '1900-01-01 00:00:00+00' or new.%1$I >= '2200-01-01 00:00:00+00')$q$, f) end, ' or ')
    into outside from unnest(fields) f;
  execute format('create trigger sync_fit_server before insert or update on public.%I for each row when (%s)
    execute function sync.fit(%s)', name, outside, (select string_agg(quote_literal(f), ', ') from unnest(fields) f));
  execute format('alter table public.%I enable replica trigger sync_fit_server', name);
end $$;
call sync.fit_table('project', '{}');
call sync.fit_table('label', '{}');
call sync.fit_table('task', '{due_on}');
call sync.fit_table('task_label', '{}');
call sync.fit_table('comment', '{}');
call sync.fit_table('resource', '{}');
call sync.fit_table('booking', '{during}');
call sync.fit_table('resolution', '{}');
call sync.fit_table('stock_item', '{}');
call sync.fit_table('stock_place', '{}');
call sync.fit_table('page', '{deleted_at}');
call sync.fit_table('page_favourite', '{}');
call sync.fit_table('document_update', '{}');
call sync.fit_table('document_version', '{}');
call sync.fit_table('file', '{}');
call sync.fit_table('notice', '{resolved_at}');
