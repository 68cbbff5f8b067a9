-- What the core itself keeps in step: workspaces, their members, and what people are told of merges and rules. Runs byte for
-- byte on the server's Postgres and on the browser's PGlite; the machinery that keeps rows in step is in the folders
-- beside this file, and may change at any time.
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

-- A stored row that breaks a rule, written by the server and open until people resolve it (C2). rule is the
-- constraint's name. user_id null: for everybody in the workspace; otherwise for that person only, one row for each
-- party, because one of the two rows is not for the other to see: then other_id, held_by and names are left out.
-- asked_by and held_by are accounts: whose row was flagged, and whose row it clashes with. detail says both sides as
-- they stood ({"asked": {...}, "held": {...}}, only what the reader may see). proposal is a swap that waits for agreement.
create table violation (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  case_id       uuid not null,
  user_id       text,
  rule          text not null,
  "table"       text not null,
  row_id        uuid not null,
  other_id      uuid,
  asked_by      text,
  asked_name    text not null default '',
  held_by       text,
  held_name     text not null default '',
  title         text not null default '',
  detail        jsonb not null default '{}',
  detected_by   text not null default 'server',
  proposal      jsonb,
  outcome       text,
  resolved_by   text,
  resolved_name text not null default '',
  resolved_at   timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint violation_in_workspace unique (workspace_id, id),
  constraint violation_outcome_known check (
    outcome in ('moved', 'swapped', 'gave_way', 'cancelled', 'confirmed', 'withdrawn')),
  constraint violation_closed check ((outcome is null) = (resolved_at is null))
);
create index violation_open on violation (workspace_id, row_id) where resolved_at is null;
create index violation_case on violation (case_id);

-- What a person decided about a violation: made on a device, carried out by the server in the order of arrival, kept
-- as the audit line. outcome null: not carried out yet; 'done'; 'asked' (a swap that waits for the other's word);
-- 'late' (somebody had resolved it before); 'failed' (not possible any more; the sentence says why).
-- private_to is the violation's user_id, set by the server: who decides about a private booking is nobody else's matter.
create table resolution (
  id            uuid primary key,
  workspace_id  uuid not null,
  violation_id  uuid not null,
  user_id       text not null,
  author        text not null default '',
  choice        text not null,
  detail        jsonb not null default '{}',
  outcome       text,
  sentence      text not null default '',
  private_to    text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint resolution_choice_known check (choice in ('move', 'swap', 'agree', 'decline', 'give_way', 'cancel')),
  constraint resolution_outcome_known check (outcome in ('done', 'asked', 'late', 'failed')),
  constraint resolution_author_length check (char_length(author) <= 200),
  constraint resolution_detail_length check (octet_length(detail::text) <= 10000),
  constraint resolution_violation_exists foreign key (workspace_id, violation_id)
    references violation (workspace_id, id) on delete cascade,
  constraint resolution_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index resolution_violation on resolution (violation_id, created_at);
