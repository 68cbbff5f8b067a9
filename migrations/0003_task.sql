-- Projects, their tasks, labels and comments.

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
