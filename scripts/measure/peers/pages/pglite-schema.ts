// The table of tasks in Postgres, for the pages of PGlite and for the databases that are prepared for them.

export const schemaSql = `
create table task (
  id uuid primary key, title text not null, description text not null, status text not null,
  priority int not null check (priority between 0 and 4), position text collate "C" not null,
  words tsvector generated always as (to_tsvector('simple', title || ' ' || description)) stored);
create index task_list on task (status, position, id);
create index task_words on task using gin (words);`;
