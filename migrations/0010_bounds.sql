-- Bounds of every moment and day that a client can write: the years 1900 to 2199 (db/bounds.ts). What lies outside breaks
-- calendars, formats and views for everybody who is shown it; so does a booking that takes less time than they can say. NOT VALID: the files of each side bring the rows that are
-- there into the bounds, and validate them then.
-- Runs byte for byte on the server's Postgres and on the browser's PGlite.

alter table task add constraint task_due_on_range
  check (due_on between '1900-01-01' and '2199-12-31') not valid;
alter table booking add constraint booking_during_range
  check (during <@ tstzrange('1900-01-01 00:00:00+00', '2200-01-01 00:00:00+00')
    and upper(during) - lower(during) >= interval '1 second') not valid;
alter table page add constraint page_deleted_at_range
  check (deleted_at >= '1900-01-01 00:00:00+00' and deleted_at < '2200-01-01 00:00:00+00') not valid;
alter table notice add constraint notice_resolved_at_range
  check (resolved_at >= '1900-01-01 00:00:00+00' and resolved_at < '2200-01-01 00:00:00+00') not valid;

-- When a row was made is what the device's clock said.
alter table project add constraint project_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table label add constraint label_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table task add constraint task_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table task_label add constraint task_label_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table comment add constraint comment_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table resource add constraint resource_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table booking add constraint booking_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table resolution add constraint resolution_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table stock_item add constraint stock_item_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table stock_place add constraint stock_place_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table page add constraint page_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table page_favourite add constraint page_favourite_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table document_update add constraint document_update_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table document_version add constraint document_version_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
alter table file add constraint file_created_at_range
  check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
