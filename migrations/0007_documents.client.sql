-- The device's side of 0007, and the text of bodies for search.

call sync.attach('page', 'workspace_id', true);
call sync.attach('page_favourite', 'workspace_id', true);
call sync.attach('document_update', 'workspace_id', true);
call sync.attach('document_version', 'workspace_id', true);
call sync.attach('file', 'workspace_id', true);
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
-- pages that nobody opened here (D3).
create table sync.document_text (
  document_id   uuid primary key,
  workspace_id  uuid not null,
  body          text not null,
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
