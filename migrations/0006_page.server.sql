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
  search        tsvector not null generated always as (words(body)) stored,
  primary key (workspace_id, document_id)
);
create index document_text_search on sync.document_text using gin (search);

-- The bytes of files, as they came; images do not get smaller by compression.
create table sync.file_bytes (
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  hash          text not null,
  bytes         bytea storage external not null,
  at            timestamptz not null default now(),
  primary key (workspace_id, hash)
);
