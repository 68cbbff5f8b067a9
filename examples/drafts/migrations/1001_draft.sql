-- The one synced table of this site. 0001 and the machinery around it are the core's (migrations/ of the repository).
create table draft (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  title         text not null default '',
  body          text not null default '',
  published_at  timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint draft_title_length check (char_length(title) <= 200),
  constraint draft_body_length check (octet_length(body) <= 400000),
  constraint draft_created_at_range check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00')
);
