-- Guessing of passwords, links to a new password, and accounts that came by an invitation: the server's alone.

-- Wrong passwords of late, by account, by address, or by both. Keys are hashes: nobody's address is kept in the clear.
create table auth.sign_in_failure (
  key    bytea primary key,
  count  integer not null,
  since  timestamptz not null default now()
);
create index sign_in_failure_since on auth.sign_in_failure (since);

-- Where a person has signed in from: guesses of others, elsewhere or beside them, do not lock them out there.
create table auth.known_address (
  user_id  text not null references auth."user" (id) on delete cascade,
  address  bytea not null,
  seen_at  timestamptz not null default now(),
  primary key (user_id, address)
);

-- A link to a new password that an owner made. Its token is in auth.verification as well, which spends it; this says
-- who made it for whom, since what was allowed when it was made may not be when it is used.
create table auth.password_link (
  token_hash    bytea primary key,
  user_id       text not null references auth."user" (id) on delete cascade,
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  created_by    text not null references auth."user" (id) on delete cascade,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null
);
create index password_link_user on auth.password_link (user_id);

-- Where sign-up is by invitation, one invitation makes one account.
create table auth.invite_sign_up (
  invite_id  uuid primary key references auth.invite (id) on delete cascade,
  made_at    timestamptz not null default now()
);
