// The requests of accounts and workspaces: sign-in, sessions, passwords, invitations, members. They need the server
// (C4). All of them throw an ApiError.
import { z } from 'zod';
import { INVITE_HEADER } from '../../db/account/invite-header';
import { type Role, roles } from '../../db/sync/wire';
import { call, inNameOf, pathOf } from '../sync/react/request';

export type { Role } from '../../db/sync/wire';
export const role = z.enum(roles);

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
const openInvite = z.object({
  id: z.string(),
  role,
  madeBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type OpenInvite = z.infer<typeof openInvite>;

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
    call('POST', '/api/auth/change-password', ofAccount, { currentPassword, newPassword }, inNameOf(userId)),
  askForPassword: (email: string) => call('POST', '/api/auth/request-password-reset', done, { email }),
  passwordLink: (token: string) =>
    call('GET', pathOf('account', 'password-links', token), z.object({ email: z.string() })),
  setPassword: (token: string, newPassword: string) =>
    call('POST', '/api/auth/reset-password', done, { token, newPassword }),
  makePasswordLink: (workspaceId: string, memberId: string) =>
    call(
      'POST',
      pathOf('workspaces', workspaceId, 'members', memberId, 'password-link'),
      z.object({ url: z.string() }),
      {},
    ),
  sessions: (userId: string) =>
    call(
      'GET',
      '/api/account/sessions',
      z.object({ sessions: z.array(signedIn) }),
      undefined,
      inNameOf(userId),
    ),
  endSession: (userId: string, id: string) =>
    call('DELETE', pathOf('account', 'sessions', id), byId, undefined, inNameOf(userId)),
  endOtherSessions: (userId: string) =>
    call('POST', '/api/auth/revoke-other-sessions', done, {}, inNameOf(userId)),
  signOut: () => call('POST', '/api/auth/sign-out', signedOut, {}),
  createWorkspace: (name: string) => call('POST', '/api/workspaces', joined, { name }),
  createInvite: (workspaceId: string, as: Role) =>
    call('POST', pathOf('workspaces', workspaceId, 'invites'), z.object({ url: z.string() }), { role: as }),
  invites: (workspaceId: string) =>
    call('GET', pathOf('workspaces', workspaceId, 'invites'), z.object({ invites: z.array(openInvite) })),
  revokeInvite: (workspaceId: string, inviteId: string) =>
    call('DELETE', pathOf('workspaces', workspaceId, 'invites', inviteId), byId),
  invite: (token: string) => call('GET', pathOf('invites', token), invite),
  acceptInvite: (token: string) => call('POST', pathOf('invites', token, 'accept'), joined, {}),
  changeRole: (workspaceId: string, memberId: string, to: Role) =>
    call('PATCH', pathOf('workspaces', workspaceId, 'members', memberId), ofMember.extend({ role }), {
      role: to,
    }),
  removeMember: (workspaceId: string, memberId: string) =>
    call('DELETE', pathOf('workspaces', workspaceId, 'members', memberId), ofMember),
};
