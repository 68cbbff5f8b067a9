-- Where pglite-sync keeps how far each shape has come. The plugin makes the same table itself, when the first rows are to come,
-- and is kept from it (client/sync/guard.ts): a new device has it from the beginning, one of before has made it.
create schema if not exists electric;
create table if not exists electric.subscriptions_metadata (
  key             text primary key,
  shape_metadata  jsonb not null,
  last_lsn        text not null
);
