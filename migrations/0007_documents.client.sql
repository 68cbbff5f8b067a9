-- The device's side of 0007, and the text of bodies for search.

call sync.attach('page', 'workspace_id', true);
call sync.attach('page_favourite', 'workspace_id', true);
call sync.attach('document_update', 'workspace_id', true);
call sync.attach('document_version', 'workspace_id', true);
call sync.attach('file', 'workspace_id', true);
create or replace trigger sync_capture after insert or update or delete on public.file
  for each row execute function sync.capture('workspace_id', '{stored_at}');
call sync.make_apply('page');
call sync.make_apply('page_favourite');
call sync.make_apply('document_update');
call sync.make_apply('document_version');
call sync.make_apply('file');

-- The words of a text; of one that has more than a tsvector holds, those at its beginning.
create function sync.words(body text) returns tsvector immutable language plpgsql as $$
begin
  return to_tsvector('simple', body);
exception when program_limit_exceeded then
  return to_tsvector('simple', left(body, 200000));
end $$;

-- What is written in each body, made in the background from its updates (client/store/document-texts.ts), also of
-- pages that nobody opened here (D3). Somebody hostile can make a body that takes for ever to put together: too_costly
-- counts how often that was given up; it has no words, and until retry_at it is not tried again.
create table sync.document_text (
  document_id   uuid primary key,
  workspace_id  uuid not null,
  body          text not null,
  too_costly    integer not null default 0,
  retry_at      timestamptz,
  search        tsvector not null generated always as (sync.words(body)) stored
);
create index document_text_search on sync.document_text using gin (search);

-- Bodies whose text is to be made again. mark rises with each change, so that one that comes meanwhile is not missed.
create table sync.document_dirty (
  document_id   uuid primary key,
  workspace_id  uuid not null,
  mark          bigint not null default 1
);

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
