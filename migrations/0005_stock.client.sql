-- Asked for while there was no connection: a wish of this person on this device, never a change (C4). id becomes the
-- movement's id, so that it is carried out once, whatever is sent twice. seen: the quantity that was on the screen, of
-- from_id, or of to_id for what is added. state: 'waiting' for a connection; 'ask' the person, because there are found
-- now; 'failed', and sentence says why. tried: it was sent, and may have been carried out without our hearing of it.
create table sync.stock_request (
  id            uuid primary key,
  workspace_id  uuid not null,
  item_id       uuid not null,
  from_id       uuid,
  to_id         uuid,
  quantity      integer not null,
  reason        text not null default '',
  seen          integer not null,
  state         text not null default 'waiting',
  found         integer,
  sentence      text not null default '',
  tried         boolean not null default false,
  at            timestamptz not null default now(),
  constraint stock_request_state_known check (state in ('waiting', 'ask', 'failed'))
);
