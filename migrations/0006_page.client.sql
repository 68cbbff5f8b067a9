-- What is written in each body, made in the background from its updates (client/page/store/document-texts.ts), also of
-- pages that nobody opened here (D3). Somebody hostile can make a body that takes for ever to put together: too_costly
-- counts how often that was given up; it has no words, and until retry_at it is not tried again.
create table sync.document_text (
  document_id   uuid primary key,
  workspace_id  uuid not null,
  body          text not null,
  too_costly    integer not null default 0,
  retry_at      timestamptz,
  search        tsvector not null generated always as (words(body)) stored
);
create index document_text_search on sync.document_text using gin (search);

-- Bodies whose text is to be made again. mark rises with each change, so that one that comes meanwhile is not missed.
create table sync.document_dirty (
  document_id   uuid primary key,
  workspace_id  uuid not null,
  mark          bigint not null default 1
);
