-- Which rows are to be read for search, and how they are read. Marking a row costs next to nothing, so that loading and
-- writing do not wait for words; sync.read_words makes them, some at a time.

create function sync.unread_inserted() returns trigger language plpgsql as $$
begin
  insert into sync.unread (row_id, "table") select id, tg_table_name from come on conflict (row_id) do nothing;
  return null;
end $$;

create function sync.unread_updated() returns trigger language plpgsql as $$
begin
  insert into sync.unread (row_id, "table") values (new.id, tg_table_name) on conflict (row_id) do nothing;
  return null;
end $$;

create function sync.unread_deleted() returns trigger language plpgsql as $$
begin
  delete from sync.words w using gone where w.row_id = gone.id;
  delete from sync.unread u using gone where u.row_id = gone.id;
  return null;
end $$;

-- Rows of the server are written as a replica's: the triggers fire then, too.
create trigger unread_inserted after insert on task referencing new table as come
  for each statement execute function sync.unread_inserted();
create trigger unread_updated after update on task for each row
  when (old.title is distinct from new.title or old.description is distinct from new.description) execute function sync.unread_updated();
create trigger unread_deleted after delete on task referencing old table as gone
  for each statement execute function sync.unread_deleted();
alter table task enable always trigger unread_inserted;
alter table task enable always trigger unread_updated;
alter table task enable always trigger unread_deleted;

create trigger unread_inserted after insert on comment referencing new table as come
  for each statement execute function sync.unread_inserted();
create trigger unread_updated after update on comment for each row
  when (old.body is distinct from new.body) execute function sync.unread_updated();
create trigger unread_deleted after delete on comment referencing old table as gone
  for each statement execute function sync.unread_deleted();
alter table comment enable always trigger unread_inserted;
alter table comment enable always trigger unread_updated;
alter table comment enable always trigger unread_deleted;

create trigger unread_inserted after insert on booking referencing new table as come
  for each statement execute function sync.unread_inserted();
create trigger unread_updated after update on booking for each row
  when (old.title is distinct from new.title or old.notes is distinct from new.notes) execute function sync.unread_updated();
create trigger unread_deleted after delete on booking referencing old table as gone
  for each statement execute function sync.unread_deleted();
alter table booking enable always trigger unread_inserted;
alter table booking enable always trigger unread_updated;
alter table booking enable always trigger unread_deleted;

create trigger unread_inserted after insert on page referencing new table as come
  for each statement execute function sync.unread_inserted();
create trigger unread_updated after update on page for each row
  when (old.title is distinct from new.title) execute function sync.unread_updated();
create trigger unread_deleted after delete on page referencing old table as gone
  for each statement execute function sync.unread_deleted();
alter table page enable always trigger unread_inserted;
alter table page enable always trigger unread_updated;
alter table page enable always trigger unread_deleted;

-- Makes the words of so many rows, and returns of how many. Rows are taken in the order in which they were marked, from where the
-- last call of this session stopped: from the beginning, each call would pass over all that were read before.
create function sync.read_words(many integer) returns integer language plpgsql as $$
declare
  from_here tid := coalesce(nullif(current_setting('sync.words_read_to', true), ''), '(0,0)')::tid;
  to_there  tid;
  ids       uuid[];
  kinds     text[];
begin
  loop
    select array_agg(row_id), array_agg(distinct "table"), max(place) into ids, kinds, to_there
      from (select ctid as place, row_id, "table" from sync.unread where ctid > from_here limit many) marked;
    exit when ids is not null or from_here = '(0,0)';
    from_here := '(0,0)';
  end loop;
  perform set_config('sync.words_read_to', coalesce(to_there, '(0,0)')::text, false);
  if ids is null then
    if pg_relation_size('sync.unread') > 500000 then
      truncate sync.unread;
    end if;
    return 0;
  end if;
  -- Words that a power cut takes are marked as unread again with it: nothing waits for the disk.
  perform set_config('synchronous_commit', 'off', true);
  if 'task' = any (kinds) then
    insert into sync.words
      select id, 'task', setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(description, 100000)), 'B')
        from task where id = any (ids)
      on conflict (row_id) do update set words = excluded.words;
  end if;
  if 'comment' = any (kinds) then
    insert into sync.words
      select id, 'comment', to_tsvector('simple', left(body, 100000)) from comment where id = any (ids)
      on conflict (row_id) do update set words = excluded.words;
  end if;
  if 'booking' = any (kinds) then
    insert into sync.words
      select id, 'booking', setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(notes, 100000)), 'B')
        from booking where id = any (ids)
      on conflict (row_id) do update set words = excluded.words;
  end if;
  if 'page' = any (kinds) then
    insert into sync.words
      select id, 'page', setweight(to_tsvector('simple', title), 'A') from page where id = any (ids)
      on conflict (row_id) do update set words = excluded.words;
  end if;
  delete from sync.unread where row_id = any (ids);
  return cardinality(ids);
end $$;
