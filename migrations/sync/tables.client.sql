-- What each synced table gets on the device, made from the catalog and the definitions.

-- Makes a table part of sync, from what the catalog says of it: the view of server truth with its triggers, the function
-- that writes a merged row, the one that merges what has come, and capture.
-- A row that was written before a column was added lacks it: then it has the column's default. unsent: columns that the
-- server alone sets.
create function sync.attach(name text, scope text, writable boolean, unsent text[]) returns void language plpgsql as $$
declare
  columns text;
  t_columns text;
  assignments text;
  blank text;
  col text;
  otherwise text;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum), string_agg('t.' || quote_ident(attname), ', ' order by attnum),
    string_agg(format('%1$I = excluded.%1$I', attname), ', ' order by attnum) filter (where attname <> 'id')
    into columns, t_columns, assignments
    from pg_attribute where attrelid = format('public.%I', name)::regclass and attnum > 0 and not attisdropped and attgenerated = '';
  select string_agg(case when a.attgenerated = '' then coalesce(pg_get_expr(d.adbin, d.adrelid), 'null') else 'null' end, ', ' order by a.attnum)
    into blank
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = format('public.%I', name)::regclass and a.attnum > 0 and not a.attisdropped;
  execute format($f$
    create function sync.blank_%1$s() returns public.%1$I stable language sql as $p$ select row(%2$s)::public.%1$I $p$
  $f$, name, blank);
  execute format($f$
    create view sync.%1$I as
      select %2$s from public.%1$I t
        where not exists (select from sync.base b where b."table" = %4$L and b.row_id = t.id)
          and not exists (select from sync.incoming i where i."table" = %4$L and i.row_id = t.id)
      union all
      select %3$s from sync.base b, jsonb_populate_record(sync.blank_%1$s(), b."row" - 'id') t
        where b."table" = %4$L and b."row" is not null
          and not exists (select from sync.incoming i where i."table" = %4$L and i.row_id = b.row_id)
      union all
      select %5$s from sync.incoming i, jsonb_populate_record(sync.blank_%1$s(), i."row" - 'id') t
        where i."table" = %4$L and i."row" is not null
  $f$, name, t_columns, replace(t_columns, 't.id', 'b.row_id as id'), name, replace(t_columns, 't.id', 'i.row_id as id'));
  -- A server that does not know a column yet says nothing of it.
  for col, otherwise in select a.attname, pg_get_expr(d.adbin, d.adrelid) from pg_attribute a
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = format('public.%I', name)::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' loop
    execute format('alter view sync.%I alter column %I set default %s', name, col, otherwise);
  end loop;
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
    declare
      before jsonb := (select to_jsonb(t) - 'search' from public.%1$I t where t.id = which);
      after jsonb := (select to_jsonb(p) - 'search' from jsonb_populate_record(sync.blank_%1$s(), truth) p);
    begin
      if truth is null then
        delete from public.%1$I t where t.id = which;
      elsif before is distinct from after then
        insert into public.%1$I as t (%2$s) select %2$s from jsonb_populate_record(sync.blank_%1$s(), truth)
          on conflict (id) do update set %3$s returning to_jsonb(t) - 'search' into after;
      end if;
      perform sync.note(%1$L, case when truth is null or before is null then '{*}'
        else array(select a.key from jsonb_each(after) a where a.value is distinct from before -> a.key) end);
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
      before jsonb;
      progress boolean;
      blank public.%1$I := sync.blank_%1$s();
    begin
      perform sync.note(%1$L, '{}');
      -- What is changed here from now on is later than anything seen (hybrid logical clock).
      select ceil(extract(epoch from max((i."row" ->> 'updated_at')::timestamptz)) * 1000) into seen
        from sync.incoming i where i."table" = %1$L and i.error is null;
      update sync.client set clock_ms = seen + 1, clock_counter = 0 where clock_ms <= seen;

      -- Unanswered rows make way first, so that the batch goes in at once.
      if exists (select from sync.base b where b."table" = %1$L) then perform sync.make_way(%1$L); end if;

      for r in select i.row_id from sync.incoming i join sync.base b using ("table", row_id) where i."table" = %1$L loop
        begin
          update sync.base b set "row" = i."row" from sync.incoming i
            where b."table" = %1$L and b.row_id = r and i."table" = %1$L and i.row_id = r
              and (refetch or i."row" is null or b."row" is null
                or (b."row" ->> 'version')::bigint <= (i."row" ->> 'version')::bigint);
          delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
          perform sync.settle_row(%1$L, r, null);
        exception when others then
          update sync.incoming i set error = sqlerrm where i."table" = %1$L and i.row_id = r;
        end;
      end loop;

      begin
        delete from public.%1$I t using sync.incoming i
          where i."table" = %1$L and i."row" is null and t.id = i.row_id and i.error is null;
        if found then perform sync.note(%1$L, '{*}'); end if;
        insert into public.%1$I as t (%2$s)
          select %4$s from sync.incoming i, jsonb_populate_record(blank, i."row") p
          where i."table" = %1$L and i."row" is not null and i.error is null
          on conflict (id) do update set %3$s where refetch or t.version <= excluded.version;
        if found then perform sync.note(%1$L, '{*}'); end if;
        delete from sync.incoming i where i."table" = %1$L and i.error is null;
      exception when others then
        update sync.incoming i set error = 'not tried' where i."table" = %1$L and i.error is null;
      end;

      -- One by one: parked rows, and all of a batch that did not go in at once. Their old versions make room first,
      -- because two may have changed places; then again as long as one finds its place.
      if exists (select from sync.incoming i where i."table" = %1$L and i.error is not null) then
        select jsonb_object_agg(t.id, to_jsonb(t) - 'search') into before from public.%1$I t join sync.incoming i on t.id = i.row_id
          where i."table" = %1$L and not exists (select from sync.base b where b."table" = %1$L and b.row_id = i.row_id);
        delete from public.%1$I t where before ? t.id::text;
        perform sync.note(%1$L, '{*}');
        loop
          progress := false;
          for r in select i.row_id from sync.incoming i where i."table" = %1$L
              and not exists (select from sync.base b where b."table" = %1$L and b.row_id = i.row_id)
              order by i.at, i.row_id loop
            begin
              perform sync.put_%1$s(r, (select i."row" from sync.incoming i where i."table" = %1$L and i.row_id = r));
              delete from sync.incoming i where i."table" = %1$L and i.row_id = r;
              progress := true;
            exception when others then
              update sync.incoming i set error = sqlerrm where i."table" = %1$L and i.row_id = r;
            end;
          end loop;
          exit when not progress;
        end loop;
        -- What is still parked shows as it was, where that fits.
        for r in select i.row_id from sync.incoming i where i."table" = %1$L and before ? i.row_id::text order by i.at, i.row_id loop
          begin
            perform sync.put_%1$s(r, before -> r::text);
          exception when others then null;
          end;
        end loop;
      end if;
      perform sync.restore_yielded(%1$L);
    end $p$
  $f$, name, columns, assignments, replace(t_columns, 't.', 'p.'));
  if not writable then
    execute format('create trigger sync_read_only before insert or update or delete on public.%I
      for each row execute function sync.read_only()', name);
    return;
  end if;
  execute format('create trigger sync_capture after insert or update or delete on public.%I
    for each row execute function sync.capture(%L, %L)', name, scope, unsent);
  execute format('create trigger sync_fit before insert or update on public.%I for each row
    when (new.created_at < ''1900-01-01 00:00:00+00'' or new.created_at >= ''2200-01-01 00:00:00+00'')
    execute function sync.fit()', name);
  execute format('alter table public.%I enable always trigger sync_fit', name);
end $$;

-- Makes everything that depends on which tables there are and what is said of them (db/sync/definitions.ts).
create function sync.build(definitions jsonb) returns void language plpgsql as $$
declare
  t jsonb;
begin
  delete from sync.rule;
  insert into sync.rule select * from jsonb_populate_recordset(null::sync.rule, definitions -> 'rules');
  for t in select value from jsonb_array_elements(definitions -> 'tables') loop
    perform sync.attach(t ->> 'name', t ->> 'scope', (t ->> 'writable')::boolean,
      array(select jsonb_array_elements_text(t -> 'unsent')));
  end loop;
end $$;
