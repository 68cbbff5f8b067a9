// The two questions that the core has for the app, which keeps accounts in a way of its own: whose request is this, and
// which workspaces are theirs.
import { createHash } from 'node:crypto';
import { type Membership, PERSON_HEADER } from '../../db/sync/wire';
import { notMember } from '../../electric/proxy';
import { ApiFailure } from './errors';

export interface Person {
  /** The account, as member.user_id has it. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface Session {
  readonly person: Person;
  /** The same as long as the session lasts; nothing that opens it. */
  readonly sessionId: string;
  /** Set-Cookie headers that prolong it; mostly none. */
  readonly cookies: readonly string[];
}

export interface Sessions {
  /**
   * Looks at the request's session in full; that may prolong it.
   * @throws ApiFailure 'signed-out' when there is none; the database's error when nobody can say
   */
  session(request: Request): Promise<Session>;
  /** @returns those of the sessions that are over. Asked once a second about all who poll: one query, however many. */
  endedAmong(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface Memberships {
  /**
   * As the database says now, oldest first. Asked once a second about all who poll: one query, however many.
   * @returns by account; whoever is in no workspace may be missing
   */
  membershipsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly Membership[]>>;
}

/** @throws ApiFailure with what the proxy says to whoever is not in this workspace */
export async function requireMember(
  memberships: Memberships,
  userId: string,
  workspaceId: string,
): Promise<void> {
  const theirs = (await memberships.membershipsOf([userId])).get(userId) ?? [];
  if (theirs.some((membership) => membership.workspaceId === workspaceId)) return;
  const { kind, message } = notMember();
  throw new ApiFailure(kind, message);
}

/** @returns a short name of this list of memberships: another one whenever they are */
export function membershipsTag(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** @returns the memberships as text, equal when they are the same */
export function membershipsText(memberships: readonly Membership[]): string {
  return JSON.stringify(memberships.map((m) => [m.workspaceId, m.memberId, m.role, m.name]));
}

/**
 * A device of one person must not send its changes, or read, as another who signed in on the same browser.
 * @param userId whose session it is
 * @throws ApiFailure 'signed-out'
 */
export function requireOwner(request: Request, userId: string): void {
  const owner = request.headers.get(PERSON_HEADER);
  if (owner !== null && owner !== userId) {
    throw new ApiFailure('signed-out', 'Somebody else is signed in on this browser now.');
  }
}
