-- Accounts and invitations: the server's alone, never synced. The tables user, session, account, verification and
-- rate_limit are those that better-auth asks for, with its own column names.

create schema auth;

create table auth."user" (
  id               text primary key,
  name             text not null,
  email            text not null unique,
  "emailVerified"  boolean not null default false,
  image            text,
  "createdAt"      timestamptz not null default now(),
  "updatedAt"      timestamptz not null default now()
);

create table auth.session (
  id           text primary key,
  "userId"     text not null references auth."user" (id) on delete cascade,
  token        text not null unique,
  "expiresAt"  timestamptz not null,
  "ipAddress"  text,
  "userAgent"  text,
  "createdAt"  timestamptz not null default now(),
  "updatedAt"  timestamptz not null default now()
);
create index session_of_user on auth.session ("userId");

create table auth.account (
  id                       text primary key,
  "userId"                 text not null references auth."user" (id) on delete cascade,
  "accountId"              text not null,
  "providerId"             text not null,
  "accessToken"            text,
  "refreshToken"           text,
  "idToken"                text,
  "accessTokenExpiresAt"   timestamptz,
  "refreshTokenExpiresAt"  timestamptz,
  scope                    text,
  password                 text,
  "createdAt"              timestamptz not null default now(),
  "updatedAt"              timestamptz not null default now()
);
create index account_user on auth.account ("userId");

create table auth.verification (
  id           text primary key,
  identifier   text not null,
  value        text not null,
  "expiresAt"  timestamptz not null,
  "createdAt"  timestamptz not null default now(),
  "updatedAt"  timestamptz not null default now()
);
create index verification_identifier on auth.verification (identifier);

create table auth.rate_limit (
  id             text primary key,
  key            text not null unique,
  count          integer not null,
  "lastRequest"  bigint not null
);

-- An invitation link is shown once; only the hash of its token is kept. One link lets one person in.
create table auth.invite (
  id            uuid primary key default gen_random_uuid(),
  token_hash    bytea not null unique,
  workspace_id  uuid not null references public.workspace (id) on delete cascade,
  role          text not null check (role in ('owner', 'member', 'guest')),
  created_by    text not null references auth."user" (id) on delete cascade,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  used_by       text references auth."user" (id) on delete set null,
  used_at       timestamptz
);
create index invite_workspace on auth.invite (workspace_id);

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
