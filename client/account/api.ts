// The online-only requests of the interface: sign-in, workspaces, invitations, members. Everything else is local.
// Whatever goes wrong comes out as an ApiError of a closed kind, with a sentence that can be shown.
import { z } from 'zod';
import { type ApiErrorKind, apiError, INVITE_HEADER, PERSON_HEADER } from '../../db/sync/wire';

/** `message` is a sentence a person can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly kind: ApiErrorKind,
    sentence: string,
    /** What the server adds for programs, by the kind and the route. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
  }
}

export const role = z.enum(['owner', 'member', 'guest']);
export type Role = z.infer<typeof role>;

const joined = z.object({ workspaceId: z.string(), memberId: z.string(), role, name: z.string() });
const session = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  memberships: z.array(joined),
});
export type Session = z.infer<typeof session>;
const invite = z.object({ workspaceName: z.string(), role, invitedBy: z.string() });
/** What better-auth answers of an account. */
const ofAccount = z.object({ user: z.object({ id: z.string() }) });
const done = z.object({ status: z.literal(true) });
const signedOut = z.object({ success: z.literal(true) });
const byId = z.object({ id: z.string() });
const ofMember = z.object({ memberId: z.string() });
const accountOptions = z.object({ signUp: z.enum(['open', 'invite']), passwordByMail: z.boolean() });
/** What the server offers whoever is not signed in. */
export type AccountOptions = z.infer<typeof accountOptions>;
const signedIn = z.object({
  id: z.string(),
  current: z.boolean(),
  /** ISO 8601. */
  signedInAt: z.string(),
  usedAt: z.string(),
  agent: z.string().nullable(),
});
export type SignedIn = z.infer<typeof signedIn>;
const moved = z.object({
  movementId: z.string(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  repeated: z.boolean(),
});
const feed = z.object({
  id: z.string(),
  madeBy: z.string(),
  createdAt: z.string(),
  readAt: z.string().nullable(),
});
export type Feed = z.infer<typeof feed>;
const openInvite = z.object({
  id: z.string(),
  role,
  madeBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type OpenInvite = z.infer<typeof openInvite>;
export type Moved = z.infer<typeof moved>;

/** A movement of stock as the server takes it; the id makes a repetition harmless. */
export interface Movement {
  readonly workspaceId: string;
  readonly id: string;
  readonly itemId: string;
  readonly fromId: string | null;
  readonly toId: string | null;
  readonly quantity: number;
  readonly reason: string;
  /** Carried out only if this much lies there (in fromId, or toId for what is added). */
  readonly expected?: number;
}

const sentences: Record<ApiErrorKind, string> = {
  'signed-out': 'You are signed out. Sign in again; nothing on this device is lost.',
  forbidden: 'Your role in this workspace does not allow this.',
  'not-found': 'The server does not know this.',
  malformed: 'The server did not accept this request.',
  'too-large': 'This is too large for the server.',
  protocol: 'This version of the app does not match the server. Reload the page.',
  gap: 'The server is missing earlier changes. They will be sent again.',
  fork: 'The server holds another copy of this device’s history.',
  busy: 'The server is busy. Try again in a moment.',
  conflict: 'This clashes with something that is already there.',
  unreachable: 'The server cannot be reached. Check the connection and try again.',
};

/** An answer that is not the server's: whether it carried the request out is not known. */
const elsewhere =
  'Something else answered in place of the server, as the sign-in page of a hotel or airport network does. Try again when you are through it.';

/** A proxy before the server may be busy, or refuse what is too large; what else is not the server's word says nothing. */
function refusal(status: number, body: unknown): ApiError {
  const ours = apiError.safeParse(body);
  if (ours.success) {
    const { kind, sentence, detail } = ours.data.error;
    return new ApiError(kind, sentence, detail);
  }
  if (status === 413) return new ApiError('too-large', sentences['too-large']);
  const isBusy = status === 429 || (status >= 500 && status !== 511);
  return isBusy ? new ApiError('busy', sentences.busy) : new ApiError('unreachable', elsewhere);
}

/** @throws ApiError */
async function call<T>(
  method: string,
  path: string,
  answer: z.ZodType<T>,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new ApiError('unreachable', sentences.unreachable);
  }
  const json: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response.status, json);
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw new ApiError('unreachable', elsewhere);
  return parsed.data;
}

const at = (...parts: string[]) => `/api/${parts.map(encodeURIComponent).join('/')}`;

/** In whose name: another person's session, who signed in on this browser meanwhile, does not carry it out. */
const as = (userId: string) => ({ [PERSON_HEADER]: userId });

export const api = {
  session: () => call('GET', '/api/session', session),
  signIn: (email: string, password: string) =>
    call('POST', '/api/auth/sign-in/email', ofAccount, { email, password }),
  /** @param token of the invitation that was followed, if one was */
  signUp: (name: string, email: string, password: string, token?: string) =>
    call(
      'POST',
      '/api/auth/sign-up/email',
      ofAccount,
      { name, email, password },
      token ? { [INVITE_HEADER]: token } : {},
    ),
  accountOptions: () => call('GET', '/api/account/options', accountOptions),
  /** Ends every other session of the person. */
  changePassword: (userId: string, currentPassword: string, newPassword: string) =>
    call('POST', '/api/auth/change-password', ofAccount, { currentPassword, newPassword }, as(userId)),
  askForPassword: (email: string) => call('POST', '/api/auth/request-password-reset', done, { email }),
  passwordLink: (token: string) =>
    call('GET', at('account', 'password-links', token), z.object({ email: z.string() })),
  setPassword: (token: string, newPassword: string) =>
    call('POST', '/api/auth/reset-password', done, { token, newPassword }),
  makePasswordLink: (workspaceId: string, memberId: string) =>
    call(
      'POST',
      at('workspaces', workspaceId, 'members', memberId, 'password-link'),
      z.object({ url: z.string() }),
      {},
    ),
  sessions: (userId: string) =>
    call('GET', '/api/account/sessions', z.object({ sessions: z.array(signedIn) }), undefined, as(userId)),
  endSession: (userId: string, id: string) =>
    call('DELETE', at('account', 'sessions', id), byId, undefined, as(userId)),
  endOtherSessions: (userId: string) => call('POST', '/api/auth/revoke-other-sessions', done, {}, as(userId)),
  signOut: () => call('POST', '/api/auth/sign-out', signedOut, {}),
  createWorkspace: (name: string) => call('POST', '/api/workspaces', joined, { name }),
  createInvite: (workspaceId: string, as: Role) =>
    call('POST', at('workspaces', workspaceId, 'invites'), z.object({ url: z.string() }), { role: as }),
  invites: (workspaceId: string) =>
    call('GET', at('workspaces', workspaceId, 'invites'), z.object({ invites: z.array(openInvite) })),
  revokeInvite: (workspaceId: string, inviteId: string) =>
    call('DELETE', at('workspaces', workspaceId, 'invites', inviteId), byId),
  invite: (token: string) => call('GET', at('invites', token), invite),
  acceptInvite: (token: string) => call('POST', at('invites', token, 'accept'), joined, {}),
  changeRole: (workspaceId: string, memberId: string, to: Role) =>
    call('PATCH', at('workspaces', workspaceId, 'members', memberId), ofMember.extend({ role }), {
      role: to,
    }),
  removeMember: (workspaceId: string, memberId: string) =>
    call('DELETE', at('workspaces', workspaceId, 'members', memberId), ofMember),
  /** Bytes. */
  storage: (workspaceId: string) =>
    call(
      'GET',
      at('workspaces', workspaceId, 'storage'),
      z.object({ files: z.number(), texts: z.number(), granted: z.number() }),
    ),
  feeds: (workspaceId: string, resourceId: string) =>
    call(
      'GET',
      at('workspaces', workspaceId, 'resources', resourceId, 'feeds'),
      z.object({ feeds: z.array(feed) }),
    ),
  createFeed: (workspaceId: string, resourceId: string) =>
    call(
      'POST',
      at('workspaces', workspaceId, 'resources', resourceId, 'feeds'),
      z.object({ id: z.string(), url: z.string() }),
      {},
    ),
  revokeFeed: (workspaceId: string, feedId: string) =>
    call('DELETE', at('workspaces', workspaceId, 'feeds', feedId), byId),
  /** @param userId in whose name: another person's session does not carry it out. */
  moveStock: (userId: string, movement: Movement) =>
    call('POST', '/api/stock/movements', moved, movement, as(userId)),
};
