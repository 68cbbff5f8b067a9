-- Pages and their bodies. Title, icon and place are ordinary fields; the body is a Yjs document whose id is the page's.
-- Runs byte for byte on the server's Postgres and on the browser's PGlite.

-- A tree. Pages are not removed by people: deleted_at puts one (and what is under it) into the bin, because somebody may be
-- writing in it at this moment.
create table page (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  parent_id     uuid,
  title         text not null default '',
  icon          text not null default '',
  position      text not null,
  archived      boolean not null default false,
  deleted_at    timestamptz,
  -- The member who put it into the bin last.
  deleted_by    uuid,
  author_id     uuid,
  source        text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  search        tsvector not null generated always as (setweight(to_tsvector('simple', title), 'A')) stored,
  constraint page_title_length check (char_length(title) <= 500),
  constraint page_icon_length check (char_length(icon) <= 16),
  constraint page_position_shape check (position ~ '^[0-9A-Za-z]{1,200}$'),
  constraint page_source_length check (char_length(source) <= 1000),
  constraint page_not_in_itself check (parent_id <> id),
  constraint page_in_workspace unique (workspace_id, id),
  constraint page_parent_exists foreign key (workspace_id, parent_id)
    references page (workspace_id, id) on delete set null (parent_id),
  constraint page_deleted_at_range check (deleted_at >= '1900-01-01 00:00:00+00'
    and deleted_at < '2200-01-01 00:00:00+00'),
  constraint page_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index page_tree on page (workspace_id, parent_id, position, id);
create index page_search on page using gin (search);

-- id is chosen from (person, page) (uuid v5), so that two devices that star one page make one row.
create table page_favourite (
  id            uuid primary key,
  workspace_id  uuid not null,
  user_id       text not null,
  page_id       uuid not null,
  position      text not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint page_favourite_once unique (user_id, page_id),
  constraint page_favourite_position_shape check (position ~ '^[0-9A-Za-z]{1,200}$'),
  constraint page_favourite_page_exists foreign key (workspace_id, page_id)
    references page (workspace_id, id) on delete cascade,
  constraint page_favourite_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);

-- A body is all updates of its document together, in any order, any of them any number of times (D1). Rows are made and
-- never changed. The server now and then replaces some of them by one that holds the same (compaction, D2).
-- No foreign key: what was typed into a page is kept whatever becomes of the page.
create table document_update (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  document_id   uuid not null,
  update        bytea not null,
  compacted     integer not null default 0,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint document_update_length check (octet_length(update) between 1 and 8000000),
  constraint document_update_compacted_range check (compacted >= 0),
  constraint document_update_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index document_update_document on document_update (document_id, created_at);

-- A state of a body that can be looked at and brought back. automatic: made by the app, not named by a person.
create table document_version (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  document_id   uuid not null,
  name          text not null default '',
  automatic     boolean not null default false,
  state         bytea not null,
  author_id     uuid,
  author        text not null default '',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint document_version_name_length check (char_length(name) <= 200),
  constraint document_version_author_length check (char_length(author) <= 200),
  constraint document_version_length check (octet_length(state) between 1 and 8000000),
  constraint document_version_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index document_version_document on document_version (document_id, created_at);

-- A file, by the SHA-256 of its contents. The bytes travel by HTTP, and lie in the server's and the device's file stores.
-- id is chosen from (workspace, hash) (uuid v5).
create table file (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  hash          text not null,
  name          text not null default '',
  type          text not null,
  size          integer not null,
  -- Since when the server has the bytes; null: they are still on the way. The server writes it.
  stored_at     timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint file_hash_shape check (hash ~ '^[0-9a-f]{64}$'),
  constraint file_name_length check (char_length(name) <= 300),
  constraint file_type_shape check (type ~ '^[a-z]+/[A-Za-z0-9.+-]{1,100}$'),
  constraint file_size_range check (size between 1 and 10000000),
  constraint file_once unique (workspace_id, hash),
  constraint file_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);

-- The words of a text; of one that has more than a tsvector holds, those at its beginning.
create function words(body text) returns tsvector immutable language plpgsql as $$
begin
  return to_tsvector('simple', body);
exception when program_limit_exceeded then
  return to_tsvector('simple', left(body, 200000));
end $$;
