-- Who is signed in: the server's alone, never synced. id is the hash of what the cookie holds.
create schema site;
create table site.session (id text primary key, editor text not null, began_at timestamptz not null default now());
