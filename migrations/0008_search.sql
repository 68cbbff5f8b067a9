-- The words of a row were made with it, which was most of what a first load cost. A device makes them afterwards
-- (0008_search.client.sql); the server never read these.
alter table task drop column search;
alter table comment drop column search;
alter table booking drop column search;
alter table page drop column search;
