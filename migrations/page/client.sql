-- Bodies on a device: which are to be read for search again, and what was typed and never sent put together.

create function sync.mark_document() returns trigger language plpgsql as $$
declare
  u public.document_update := case when tg_op = 'DELETE' then old else new end;
begin
  insert into sync.document_dirty as d (document_id, workspace_id) values (u.document_id, u.workspace_id)
    on conflict (document_id) do update set mark = d.mark + 1;
  return null;
end $$;
create trigger document_dirty after insert or delete on document_update for each row execute function sync.mark_document();
-- Rows of the server are written as a replica's.
alter table document_update enable always trigger document_dirty;

-- Puts one row in the place of several that were written here and never sent, with their updates merged; gone: their
-- entries in the outbox, each a local transaction of its own. The counter closes up behind them (W2). The row is a new
-- one, so that whoever holds some of the old ones takes it in.
create function sync.fold_updates(gone bigint[], made uuid, merged bytea) returns void language plpgsql
set session_replication_role = replica as $$
declare
  first  sync.outbox;
  folded bigint[];
begin
  select * into strict first from sync.outbox where i = any (gone) order by i limit 1;
  select array_agg(n) into folded from sync.outbox where i = any (gone) and i <> first.i;
  first.set := first.set || jsonb_build_object('update', merged);
  perform sync.put_document_update(made,
    jsonb_build_object('id', made, 'version', 0, 'updated_at', first.at) || first.set);
  delete from public.document_update u using sync.outbox o where o.i = any (gone) and u.id = o.row_id;
  delete from sync.base b using sync.outbox o where o.i = any (gone) and b."table" = o."table" and b.row_id = o.row_id;
  insert into sync.base ("table", row_id, workspace_id, "row") values (first."table", made, first.workspace_id, null);
  delete from sync.outbox where i = any (gone) and i <> first.i;
  update sync.outbox set row_id = made, set = first.set where i = first.i;
  update sync.outbox o set n = o.n - (select count(*) from unnest(folded) f where f < o.n)
    where o.verdict is null and o.n > first.n;
  update sync.request r set n = r.n - (select count(*) from unnest(folded) f where f < r.n) where r.n > first.n;
  update sync.client set next_n = next_n - cardinality(folded), current_xid = null;
end $$;
