-- The server's side of 0007.

call sync.attach('page', 'workspace_id');
call sync.attach('page_favourite', 'workspace_id');
call sync.attach('document_update', 'workspace_id');
call sync.attach('document_version', 'workspace_id');
call sync.attach('file', 'workspace_id');

-- Compaction replaces updates for good: nothing of them is kept. One that arrives again is stored again, which is
-- harmless, because an update counts once however often it is there (D1).
create function sync.forget() returns trigger language plpgsql as $$
begin
  delete from sync.register where "table" = tg_table_name and id = old.id;
  return old;
end $$;
create or replace trigger sync_bury after delete on document_update for each row execute function sync.forget();

create function sync.words(body text) returns tsvector immutable language plpgsql as $$
begin
  return to_tsvector('simple', body);
exception when program_limit_exceeded then
  return to_tsvector('simple', left(body, 200000));
end $$;

-- What is written in each body, for searching on the server; updates up to version are in it. Somebody hostile can make
-- a body that takes for ever to put together: too_costly counts how often that was given up, with the updates up to
-- version, and until retry_at it is not tried again. Its updates stay, and body is what it was.
create table sync.document_text (
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  document_id   uuid not null,
  version       bigint not null,
  body          text not null,
  too_costly    integer not null default 0,
  retry_at      timestamptz,
  search        tsvector not null generated always as (sync.words(body)) stored,
  primary key (workspace_id, document_id)
);
create index document_text_search on sync.document_text using gin (search);

-- Rows that are made once: an insert that comes again must not write something else into them. Arguments: the columns.
create function sync.keep() returns trigger language plpgsql as $$
declare
  was   jsonb := to_jsonb(old);
  given jsonb := to_jsonb(new);
  c     text;
begin
  foreach c in array tg_argv loop
    if given -> c is distinct from was -> c then
      raise exception 'this stays as it was made' using errcode = 'check_violation', constraint = 'row_made_once';
    end if;
  end loop;
  return new;
end $$;
create trigger made_once before update on document_update
  for each row execute function sync.keep('document_id', 'update', 'compacted');
create trigger made_once before update on document_version
  for each row execute function sync.keep('document_id', 'state', 'automatic');
create trigger made_once before update on file
  for each row execute function sync.keep('hash', 'type', 'size');

-- The bytes of files, as they came; images do not get smaller by compression.
create table sync.file_bytes (
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  hash          text not null,
  bytes         bytea storage external not null,
  at            timestamptz not null default now(),
  primary key (workspace_id, hash)
);

-- The row says that the bytes are here, whichever of the two came first. Both at the same moment can miss each other:
-- a device that asks whether they are here has it put right (api/files.ts).
create function sync.note_stored() returns trigger language plpgsql as $$
begin
  new.stored_at := (select at from sync.file_bytes where workspace_id = new.workspace_id and hash = new.hash);
  return new;
end $$;
create trigger file_stored before insert on file for each row execute function sync.note_stored();
