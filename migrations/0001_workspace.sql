-- Workspaces, members, projects, tasks, labels, comments, notices. Runs byte for byte on the server's Postgres and on the browser's PGlite; the
-- machinery that keeps them in step is in the folders beside this file, and may change at any time.
--
-- Every synced table has: id (uuid, chosen by whoever makes the row), workspace_id (immutable), version
-- (raised by the server on every write; 0 means the server has not seen the row) and updated_at (the time of
-- the newest write merged into the row). References carry workspace_id, so no row can point out of its
-- workspace.

create table workspace (
  id          uuid primary key,
  name        text not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  version     bigint not null default 0,
  constraint workspace_name_length check (char_length(btrim(name)) between 1 and 80)
);

create table member (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  user_id       text not null,
  name          text not null,
  email         text not null,
  role          text not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint member_role_known check (role in ('owner', 'member', 'guest')),
  constraint member_once unique (workspace_id, user_id),
  constraint member_in_workspace unique (workspace_id, id)
);

create table project (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  key           text not null,
  name          text not null,
  position      text not null,
  archived      boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint project_key_shape check (key ~ '^[A-Z][A-Z0-9]{0,7}$'),
  constraint project_name_length check (char_length(btrim(name)) between 1 and 120),
  constraint project_position_shape check (position ~ '^[0-9A-Za-z]{1,200}$'),
  constraint project_key_unique unique (workspace_id, key),
  constraint project_in_workspace unique (workspace_id, id),
  constraint project_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);

create table label (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  name          text not null,
  color         text not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint label_name_length check (char_length(btrim(name)) between 1 and 60),
  constraint label_color_shape check (color ~ '^#[0-9a-f]{6}$'),
  constraint label_in_workspace unique (workspace_id, id),
  constraint label_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create unique index label_name_unique on label (workspace_id, lower(name));

-- assignee_id refers to member.id. author is free text that an import may set (a person who has no account).
create table task (
  id            uuid primary key,
  workspace_id  uuid not null,
  project_id    uuid not null,
  title         text not null,
  description   text not null default '',
  status        text not null default 'todo',
  priority      smallint not null default 0,
  assignee_id   uuid,
  due_on        date,
  position      text not null,
  author_id     uuid,
  author        text not null default '',
  source        text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  search        tsvector not null generated always as (
                  setweight(to_tsvector('simple', title), 'A') ||
                  setweight(to_tsvector('simple', left(description, 100000)), 'B')) stored,
  constraint task_title_length check (char_length(btrim(title)) between 1 and 500),
  constraint task_description_length check (octet_length(description) <= 400000),
  constraint task_status_known check (status in ('backlog', 'todo', 'doing', 'review', 'done', 'cancelled')),
  constraint task_priority_range check (priority between 0 and 4),
  constraint task_position_shape check (position ~ '^[0-9A-Za-z]{1,200}$'),
  constraint task_author_length check (char_length(author) <= 200),
  constraint task_source_length check (char_length(source) <= 500),
  constraint task_in_workspace unique (workspace_id, id),
  constraint task_project_exists foreign key (workspace_id, project_id)
    references project (workspace_id, id) on delete cascade,
  constraint task_assignee_exists foreign key (workspace_id, assignee_id)
    references member (workspace_id, id) on delete set null (assignee_id),
  constraint task_due_on_range check (due_on between '1900-01-01' and '2199-12-31'),
  constraint task_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index task_board on task (project_id, status, position, id);
create index task_assignee on task (assignee_id) where assignee_id is not null;
create index task_search on task using gin (search);

-- id is chosen from (task, label) by the client (uuid v5), so that two devices that add one label make one row.
create table task_label (
  id            uuid primary key,
  workspace_id  uuid not null,
  task_id       uuid not null,
  label_id      uuid not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint task_label_once unique (task_id, label_id),
  constraint task_label_task_exists foreign key (workspace_id, task_id)
    references task (workspace_id, id) on delete cascade,
  constraint task_label_label_exists foreign key (workspace_id, label_id)
    references label (workspace_id, id) on delete cascade,
  constraint task_label_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index task_label_label on task_label (label_id);

create table comment (
  id            uuid primary key,
  workspace_id  uuid not null,
  task_id       uuid not null,
  body          text not null,
  author_id     uuid,
  author        text not null default '',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  search        tsvector not null generated always as (to_tsvector('simple', left(body, 100000))) stored,
  constraint comment_body_length check (octet_length(body) between 1 and 400000),
  constraint comment_author_length check (char_length(author) <= 200),
  constraint comment_task_exists foreign key (workspace_id, task_id)
    references task (workspace_id, id) on delete cascade,
  constraint comment_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index comment_task on comment (task_id, created_at);
create index comment_search on comment using gin (search);

-- What a person lost in a merge, written by the server for the one who lost it; it stays until resolved.
--   kind 'lost'        your change came later than a newer one of the same field
--        'overwritten' a newer change replaced yours without having seen it
--        'deleted'     your change came to a row that somebody had deleted; lost holds the whole row
--        'late'        somebody had decided it before you
--        'failed'      your decision could not be carried out
--        'decided'     somebody decided about your booking, or answered you
-- Of the last three, lost is {choice, ...} and kept {outcome, sentence, ...}.
create table notice (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  user_id       text not null,
  kind          text not null,
  "table"       text not null,
  row_id        uuid not null,
  field         text,
  lost          jsonb,
  kept          jsonb,
  by_user       text,
  by_name       text not null default '',
  title         text not null default '',
  resolved_at   timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint notice_kind_known check (kind in ('lost', 'overwritten', 'deleted', 'late', 'failed', 'decided')),
  constraint notice_resolved_at_range check (resolved_at >= '1900-01-01 00:00:00+00'
    and resolved_at < '2200-01-01 00:00:00+00')
);
create index notice_open on notice (user_id, created_at) where resolved_at is null;
