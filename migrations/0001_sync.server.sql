-- Tables that only the server has: clocks and counters of the merge, disputes.
-- Schema sync exists on both sides and holds different things; only public is the same (S1).

-- Which database this is. A client that finds another one starts over with a new client id (W2).
create table sync.server (
  one  boolean primary key default true check (one),
  id   uuid not null default gen_random_uuid()
);
insert into sync.server default values;

-- One sequence for all rows: a row that is deleted and made again still gets a higher version.
create sequence sync.version;

-- Each client's counter; it moves in the transaction that applies the client's transaction (W2).
create table sync.client (
  id       uuid primary key,
  user_id  text not null,
  last_n   bigint not null default 0,
  seen_at  timestamptz not null default now(),
  -- The newest clock that was admitted of this client.
  last_clock  text collate "C"
);

-- Answers kept until the client has them, so that a repeated request gets the same verdicts (W3).
create table sync.answer (
  client_id  uuid not null references sync.client (id) on delete cascade,
  n          bigint not null,
  hash       text not null,
  verdicts   jsonb not null,
  primary key (client_id, n)
);

-- The clocks of one row: db/sync/merge.ts explains the columns. grave holds the values of a row that is deleted, so
-- that changes that come later, or a restore, merge into what was there.
create table sync.register (
  "table"       text not null,
  id            uuid not null,
  workspace_id  uuid not null,
  alive         boolean not null,
  life          text collate "C" not null,
  base          text collate "C" not null,
  clocks        jsonb not null default '{}',
  author        text,
  authors       jsonb not null default '{}',
  grave         jsonb,
  primary key ("table", id)
);
create index register_workspace on sync.register (workspace_id);

-- For api/host/purge.ts: what has been deleted long ago is found without reading all clocks.
create index register_graves on sync.register (life) where not alive;

-- The server's clock (sync.tick): the last time that it gave, in microseconds since 1970. A sequence and not a row: one
-- person's long write holds up nobody else (A5), a rollback does not take it back, and it survives a restart.
create sequence sync.clock minvalue 0;

-- Two that ask at the same time can be given the same microsecond; then they differ by this, as good as always. Nothing
-- depends on it: writers of one row take turns.
create sequence sync.clock_lot minvalue 0 maxvalue 63 cycle;

-- A database that is restored from a copy repeats what it says of itself, its identity and its versions included. So
-- each start of it, or of a program on it, begins an epoch under an id that nobody can have heard before. from_version
-- is above every version of the epochs before: whoever was told of a version at or above it in one of those was told by
-- a database that this one is an older copy of.
create table sync.epoch (
  n             bigint generated always as identity primary key,
  id            uuid not null unique default gen_random_uuid(),
  from_version  bigint not null,
  -- When the Postgres that it began on was started.
  postmaster    timestamptz not null default pg_postmaster_start_time(),
  began_at      timestamptz not null default now()
);

-- Filled from db/sync/definitions.ts. may_*: who may (sync.may). owner: what says whose a row is.
-- hidden: rows of others that are not seen. signed: columns that the server writes when a row is made. first: columns
-- of which what was there first stays. imported: where it is to be seen that a row was imported. signs: the column that
-- names the member who changes.
create table sync.access (
  "table"      text primary key,
  may_insert   text not null,
  may_update   text not null,
  may_delete   text not null,
  owner        text,
  hidden       text,
  imported     text,
  signs        text,
  insertable   text[] not null,
  updatable    text[] not null,
  silent       text[] not null,
  signed       text[] not null,
  first        text[] not null
);

-- Rules that flag; filled from the definitions of the tables (db/sync/definitions.ts). A row that breaks the constraint
-- is stored with patch instead. asks, clash and meets are SQL over a (the row that asks) and b (the one
-- that holds): which rows ask, whether the two clash, what both want.
create table sync.rule (
  constraint_name  text primary key,
  "table"          text not null,
  patch            jsonb not null,
  -- Column whose equal values compete: writers of one value take turns.
  key              text not null,
  -- Columns that decide whether a row clashes, and who may see it.
  decides          text[] not null,
  asks             text not null,
  clash            text not null,
  meets            text not null,
  -- Column of the account whose row it is, and SQL over t: whether only that person may see it.
  person           text not null,
  hidden           text not null,
  -- Columns that a violation tells of a row, columns that say where it is, and what makes it hold or give up its place.
  shown            text[] not null,
  place            text[] not null,
  holding          jsonb not null,
  gone             jsonb not null
);

-- Who clashes with whom, all of it: violations are what each of them may see. id is the violations' case_id.
create table sync.dispute (
  id            uuid primary key,
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  rule          text not null,
  "table"       text not null,
  asked_id      uuid not null,
  held_id       uuid not null,
  asked_by      text,
  held_by       text,
  opened        timestamptz not null default clock_timestamp(),
  closed        boolean not null default false
);
create unique index dispute_pair on sync.dispute (rule, asked_id, held_id) where not closed;
create index dispute_held on sync.dispute (held_id) where not closed;
