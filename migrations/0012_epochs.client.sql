-- The newest mark that the server gave this device (db/wire.ts): the epoch and version of its database.
alter table sync.client add column epoch uuid;
alter table sync.client add column epoch_version bigint;

-- Changes that the server has taken, kept for a while: a server that is restored from an older copy is sent again what
-- it has not heard of (client/store/journal.ts).
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

create function sync.keep_sent() returns trigger language plpgsql as $$
declare
  written jsonb := old.set;
begin
  -- A flagged change stands in the outbox as the server stored it; kept is what was asked for.
  if old.verdict ->> 'status' = 'flagged' then
    select old.set || k.holding into written from sync.rule k where k."table" = old."table" and old.set @> k.patch limit 1;
  end if;
  insert into sync.sent (i, "table", row_id, workspace_id, kind, set, was, clock, version, client_id, n)
    select old.i, old."table", old.row_id, old.workspace_id, old.kind, coalesce(written, old.set), old.was, old.clock,
      old.version, c.client_id, old.n from sync.client c
    on conflict (i) do nothing;
  return null;
end $$;
create trigger keep_sent after delete on sync.outbox
  for each row when (old.version is not null) execute function sync.keep_sent();
-- What is confirmed is taken out as a replica.
alter table sync.outbox enable always trigger keep_sent;
