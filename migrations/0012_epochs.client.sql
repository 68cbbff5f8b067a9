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

-- Puts what the server took from a version on back into the outbox, before everything else and in its order, with the
-- clocks that it had: whatever of it the server does have, it has already. Returns how many changes.
create function sync.put_back(lost_from bigint) returns integer language plpgsql as $$
declare
  name text;
  many integer;
begin
  insert into sync.outbox (i, n, "table", row_id, workspace_id, kind, set, was, clock, at)
    overriding system value
    select s.i, dense_rank() over (order by s.first) - 1000000000, s."table", s.row_id, s.workspace_id, s.kind, s.set, s.was, s.clock, s.at
    from (select *, min(x.i) over (partition by x.client_id, x.n) as first from sync.sent x where x.version >= lost_from) s;
  get diagnostics many = row_count;
  delete from sync.sent x where x.version >= lost_from;
  update sync.outbox o set verdict = null, version = null, lsn = null where o.version >= lost_from;
  -- What the server has of these rows is what is here, until it says otherwise.
  for name in select distinct o."table" from sync.outbox o where o.n < 0 loop
    execute format($f$
      insert into sync.base ("table", row_id, workspace_id, "row")
        select distinct on (o.row_id) %1$L, o.row_id, o.workspace_id, to_jsonb(t) - 'search'
          from sync.outbox o left join public.%1$I t on t.id = o.row_id where o."table" = %1$L and o.n < 0
        on conflict do nothing $f$, name);
  end loop;
  return many;
end $$;

-- What was sent this long ago is not needed any more: nobody goes back to an older copy than that unasked. The newest
-- are kept even so, up to a number that a device can spare.
create function sync.prune_sent() returns void language sql as $$
  delete from sync.sent where at < now() - interval '14 days'
    or i <= (select s.i from sync.sent s order by s.i desc offset 20000 limit 1)
$$;
