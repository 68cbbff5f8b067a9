-- Tables that only a device has: what it wrote and has not had confirmed, and what it knows of the server.
-- Schema sync exists on both sides and holds different things; only public is the same (S1).

-- One row, made when the database is first opened (a prepared database must not carry an identity).
create table sync.client (
  one            boolean primary key default true check (one),
  client_id      uuid not null,
  server_id      uuid,
  next_n         bigint not null default 1,
  acknowledged   bigint not null default 0,
  current_xid    xid8,
  current_n      bigint,
  clock_ms       bigint not null default 0,
  clock_counter  integer not null default 0,
  -- Server time minus device time, as last heard.
  offset_ms      bigint not null default 0,
  -- The newest mark that the server gave this device (db/sync/wire.ts): the epoch and version of its database.
  epoch          uuid,
  epoch_version  bigint
);

-- Local changes that the server has not confirmed, in order. n counts local transactions without a gap.
-- verdict null: not answered. Answered: version is what the server made of it, lsn a WAL position not before it;
-- the change stays on top of the server's row until the read path has come that far (R2).
create table sync.outbox (
  i             bigint generated always as identity primary key,
  n             bigint not null,
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  kind          text not null,
  set           jsonb not null,
  was           jsonb not null,
  clock         text not null,
  at            timestamptz not null default now(),
  verdict       jsonb,
  version       bigint,
  lsn           numeric
);
create index outbox_row on sync.outbox ("table", row_id, i);
create index outbox_unanswered on sync.outbox (n, i) where verdict is null;

-- What the server said of a row that has local changes; "row" null: the server has no such row.
create table sync.base (
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  "row"         jsonb,
  primary key ("table", row_id)
);

-- Operations that the server did not store, kept until the person discards them (W1). What hangs on a refused row is held
-- with it: held_by is that row's entry. i is the order of the refusals.
create table sync.refused (
  id            uuid primary key default gen_random_uuid(),
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  kind          text not null,
  set           jsonb not null,
  was           jsonb not null,
  refusal       text not null,
  rule          text,
  sentence      text not null,
  at            timestamptz not null default now(),
  held_by       uuid references sync.refused (id) on delete set null,
  i             bigint generated always as identity
);

-- Server rows on their way into the tables; "row" null: deleted. Empty between transactions, but for rows that could
-- not be applied (R5): those are parked here with the error and tried again with each batch of their table.
create table sync.incoming (
  "table"   text not null,
  row_id    uuid not null,
  "row"     jsonb,
  error     text,
  at        timestamptz not null default now(),
  primary key ("table", row_id)
);

-- Requests of tabs that took effect, so that one repeated to a new leader does so once.
create table sync.request (
  id  uuid primary key,
  n   bigint,
  at  timestamptz not null default now()
);

-- Changes that the server has taken, kept for a while: a server that is restored from an older copy is sent again what
-- it has not heard of (client/sync/start-over.ts).
create table sync.sent (
  i             bigint primary key,
  "table"       text not null,
  row_id        uuid not null,
  workspace_id  uuid not null,
  kind          text not null,
  set           jsonb not null,
  was           jsonb not null,
  clock         text not null,
  version       bigint not null,
  -- Together they name the local transaction.
  client_id     uuid not null,
  n             bigint not null,
  at            timestamptz not null default now()
);
create index sent_at on sync.sent (at);

-- Rules that the server flags; filled from the definitions of the tables (db/sync/definitions.ts). clash is SQL over a and b: when the constraint would
-- refuse the two. holding: what a row looks like that patch is laid over.
create table sync.rule (
  constraint_name  text primary key,
  "table"          text not null,
  patch            jsonb not null,
  holding          jsonb not null,
  clash            text not null
);

-- Rows that are shown with a rule's patch because a server row is in their way; the outbox keeps what was written.
create table sync.yielded (
  "table"          text not null,
  row_id           uuid not null,
  constraint_name  text not null,
  primary key ("table", row_id)
);
