-- The words of rows, for search, made in the background (client/search/device.ts).
create table sync.words (
  row_id   uuid primary key,
  "table"  text not null,
  words    tsvector not null
);
create index words_words on sync.words using gin (words);

-- Rows whose words are to be made, or made again.
create table sync.unread (
  row_id   uuid primary key,
  "table"  text not null
);
insert into sync.unread
  select id, 'task' from task
  union all select id, 'comment' from comment
  union all select id, 'booking' from booking
  union all select id, 'page' from page;
