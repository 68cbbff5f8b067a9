-- Subscriptions to the calendar of a resource: a secret address each, of which only the hash is kept.
-- One is good as long as whoever made it is a member of the workspace.
create table sync.resource_feed (
  id            uuid primary key default gen_random_uuid(),
  workspace_id  uuid not null,
  resource_id   uuid not null,
  secret_hash   bytea not null unique,
  user_id       text not null,
  created_at    timestamptz not null default now(),
  read_at       timestamptz,
  constraint resource_feed_resource_exists foreign key (workspace_id, resource_id)
    references resource (workspace_id, id) on delete cascade
);
create index resource_feed_resource on sync.resource_feed (resource_id);
