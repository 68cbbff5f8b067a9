-- Stock: what there is, where it lies, how much, and every movement.
-- Items and places are ordinary rows. Quantities and movements are written by the server's online actions only (C4).
-- Runs byte for byte on the server's Postgres and on the browser's PGlite.

create table stock_item (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  name          text not null,
  unit          text not null default '',
  notes         text not null default '',
  minimum       integer not null default 0,
  archived      boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint stock_item_name_length check (char_length(btrim(name)) between 1 and 120),
  constraint stock_item_unit_length check (char_length(unit) <= 20),
  constraint stock_item_notes_length check (char_length(notes) <= 2000),
  constraint stock_item_minimum_range check (minimum between 0 and 1000000000),
  constraint stock_item_in_workspace unique (workspace_id, id),
  constraint stock_item_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create unique index stock_item_name_unique on stock_item (workspace_id, lower(name));

create table stock_place (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  name          text not null,
  archived      boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint stock_place_name_length check (char_length(btrim(name)) between 1 and 120),
  constraint stock_place_in_workspace unique (workspace_id, id),
  constraint stock_place_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create unique index stock_place_name_unique on stock_place (workspace_id, lower(name));

-- How much of an item lies in a place. moved_by, moved_name and moved_at: who changed it last.
create table stock_level (
  id            uuid primary key,
  workspace_id  uuid not null,
  item_id       uuid not null,
  place_id      uuid not null,
  quantity      integer not null default 0,
  moved_by      text,
  moved_name    text not null default '',
  moved_at      timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint stock_level_quantity_range check (quantity between 0 and 1000000000),
  constraint stock_level_once unique (item_id, place_id),
  constraint stock_level_item_exists foreign key (workspace_id, item_id)
    references stock_item (workspace_id, id) on delete cascade,
  constraint stock_level_place_exists foreign key (workspace_id, place_id)
    references stock_place (workspace_id, id) on delete cascade
);

-- Taken: from_id alone. Added: to_id alone. Moved: both. id is chosen by whoever asks, so that a repeated request
-- is carried out once.
create table stock_movement (
  id            uuid primary key,
  workspace_id  uuid not null,
  item_id       uuid not null,
  from_id       uuid,
  to_id         uuid,
  quantity      integer not null,
  reason        text not null default '',
  user_id       text not null,
  author        text not null default '',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint stock_movement_quantity_range check (quantity between 1 and 1000000000),
  constraint stock_movement_places check (from_id is distinct from to_id),
  constraint stock_movement_reason_length check (char_length(reason) <= 500),
  constraint stock_movement_author_length check (char_length(author) <= 200),
  constraint stock_movement_item_exists foreign key (workspace_id, item_id)
    references stock_item (workspace_id, id) on delete cascade,
  constraint stock_movement_from_exists foreign key (workspace_id, from_id)
    references stock_place (workspace_id, id) on delete cascade,
  constraint stock_movement_to_exists foreign key (workspace_id, to_id)
    references stock_place (workspace_id, id) on delete cascade
);
create index stock_movement_item on stock_movement (item_id, created_at);
