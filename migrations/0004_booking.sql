-- Resources and their bookings.
-- Runs byte for byte on the server's Postgres and on the browser's PGlite.

-- Equality of uuids in a gist index, for the exclusion constraint.
create extension if not exists btree_gist;

-- A room, a vehicle or an instrument. opens, closes and open_days are in its own time zone; open_days has bit 0 for
-- Monday to bit 6 for Sunday.
create table resource (
  id            uuid primary key,
  workspace_id  uuid not null references workspace (id) on delete cascade,
  kind          text not null,
  name          text not null,
  capacity      integer not null default 1,
  color         text not null,
  time_zone     text not null default 'UTC',
  opens         time not null default '00:00',
  closes        time not null default '24:00',
  open_days     smallint not null default 127,
  position      text not null,
  archived      boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint resource_kind_known check (kind in ('room', 'vehicle', 'instrument')),
  constraint resource_name_length check (char_length(btrim(name)) between 1 and 120),
  constraint resource_capacity_range check (capacity between 1 and 100000),
  constraint resource_color_shape check (color ~ '^#[0-9a-f]{6}$'),
  constraint resource_time_zone_shape check (time_zone ~ '^[A-Za-z0-9_+/-]{1,64}$'),
  constraint resource_hours_order check (opens < closes),
  constraint resource_open_days_range check (open_days between 1 and 127),
  constraint resource_position_shape check (position ~ '^[0-9A-Za-z]{1,200}$'),
  constraint resource_in_workspace unique (workspace_id, id),
  constraint resource_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create unique index resource_name_unique on resource (workspace_id, lower(name));

-- user_id is the account whose booking it is. people: a list of member ids. A private booking travels only to the
-- devices of its user_id; to others its time is taken. Occurrences of a repetition are rows that share series_id.
-- source is the UID (and recurrence id) of an imported calendar event.
-- Only status 'confirmed' holds the time; 'conflicted' is what a confirmed booking becomes that came too late.
create table booking (
  id            uuid primary key,
  workspace_id  uuid not null,
  resource_id   uuid not null,
  user_id       text not null,
  author        text not null default '',
  title         text not null,
  notes         text not null default '',
  during        tstzrange not null,
  status        text not null default 'confirmed',
  private       boolean not null default false,
  people        jsonb not null default '[]',
  series_id     uuid,
  source        text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  search        tsvector not null generated always as (
                  setweight(to_tsvector('simple', title), 'A') ||
                  setweight(to_tsvector('simple', left(notes, 100000)), 'B')) stored,
  constraint booking_title_length check (char_length(btrim(title)) between 1 and 300),
  constraint booking_notes_length check (octet_length(notes) <= 100000),
  constraint booking_author_length check (char_length(author) <= 200),
  constraint booking_source_length check (char_length(source) <= 1000),
  constraint booking_status_known check (status in ('confirmed', 'tentative', 'conflicted', 'cancelled')),
  constraint booking_people_list check (jsonb_typeof(people) = 'array' and octet_length(people::text) <= 20000),
  constraint booking_during_shape check (
    not isempty(during) and lower_inc(during) and not upper_inc(during)
    and isfinite(lower(during)) and isfinite(upper(during))
    and upper(during) - lower(during) <= interval '60 days'),
  constraint booking_in_workspace unique (workspace_id, id),
  constraint booking_resource_exists foreign key (workspace_id, resource_id)
    references resource (workspace_id, id) on delete cascade,
  constraint booking_no_overlap exclude using gist (resource_id with =, during with &&) where (status = 'confirmed'),
  constraint booking_during_range check (during <@ tstzrange('1900-01-01 00:00:00+00', '2200-01-01 00:00:00+00')
    and upper(during) - lower(during) >= interval '1 second'),
  constraint booking_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);
create index booking_when on booking using gist (resource_id, during);
create index booking_series on booking (series_id) where series_id is not null;
create index booking_source on booking (resource_id, source) where source is not null;
create index booking_search on booking using gin (search);
