-- How far first loads have come that are under way: the part of the shape's log that is being stored (its handle and the
-- offset before it), how many of its messages are stored, and the highest WAL position of a row so far. A load that was
-- interrupted goes on from there.
create table sync.loading (
  key         text primary key,
  handle      text not null,
  log_offset  text not null,
  done        integer not null,
  lsn         text not null
);
