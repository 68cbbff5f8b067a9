-- What each synced table gets on the server, made from the catalog and the definitions.

-- Makes a table one that operations may be applied to. grave: what is deleted leaves its values and clocks behind.
-- Where a rule of sync.rule is about the table, writers of one key take turns, and disputes follow each change.
create function sync.attach(name text, scope text, writable boolean, grave boolean) returns void language plpgsql as $$
begin
  execute format('create trigger sync_stamp before insert or update on public.%I
    for each row execute function sync.stamp(%L)', name, scope);
  execute format('create trigger sync_bury after delete on public.%I
    for each row execute function sync.%I()', name, case when grave then 'bury' else 'forget' end);
  if writable then
    execute format('create trigger sync_fit before insert or update on public.%I for each row
      when (new.created_at < ''1900-01-01 00:00:00+00'' or new.created_at >= ''2200-01-01 00:00:00+00'')
      execute function sync.fit()', name);
  end if;
  if exists (select from sync.rule r where r."table" = name) then
    execute format('create trigger sync_serialize before insert or update or delete on public.%I
      for each row execute function sync.serialize_row()', name);
    execute format('create trigger sync_recheck after insert or update or delete on public.%I
      for each row execute function sync.recheck()', name);
  end if;
end $$;

-- Makes everything that depends on which tables there are and what is said of them (db/sync/definitions.ts).
create function sync.build(definitions jsonb) returns void language plpgsql as $$
declare
  t jsonb;
begin
  delete from sync.access;
  insert into sync.access select * from jsonb_populate_recordset(null::sync.access, definitions -> 'access');
  delete from sync.rule;
  insert into sync.rule select * from jsonb_populate_recordset(null::sync.rule, definitions -> 'rules');
  for t in select value from jsonb_array_elements(definitions -> 'tables') loop
    perform sync.attach(t ->> 'name', t ->> 'scope', (t ->> 'writable')::boolean, (t ->> 'grave')::boolean);
  end loop;
end $$;
