// Who used this device last, and where they belong: remembered in the browser, so that the app opens at once and
// without a network. It grants nothing: the server decides from its own session (A1), and an expired one blocks
// nothing here (A3).
import { useSyncExternalStore } from 'react';
import type { Role, Session } from './api';

const KEY = 'outpost.session';
const listeners = new Set<() => void>();
let cached: { raw: string | null; value: Session | null } = { raw: null, value: null };

/** What the browser had no room for: this tab remembers it, until another one knows better. */
let unsaved: string | null = null;

export type RememberedMembership = Session['memberships'][number];

function load(): Session | null {
  const raw = unsaved ?? localStorage.getItem(KEY);
  if (raw === cached.raw) return cached.value;
  let value: Session | null = null;
  try {
    value = raw ? (JSON.parse(raw) as Session) : null;
  } catch {
    value = null;
  }
  cached = { raw, value };
  return value;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const onStorage = (event: StorageEvent) => {
    if (event.key !== KEY) return;
    unsaved = null;
    listener();
  };
  window.addEventListener('storage', onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', onStorage);
  };
}

function save(value: Session | null): void {
  const raw = value && JSON.stringify(value);
  if (raw === (unsaved ?? localStorage.getItem(KEY))) return;
  const before = load();
  unsaved = null;
  try {
    // Never taken out in between: the other tabs would hear of it, and be signed out.
    if (raw) localStorage.setItem(KEY, raw);
    else localStorage.removeItem(KEY);
  } catch {
    // Somebody else's stays with nobody; one's own of before is good enough for the next start.
    if (before?.user.id !== value?.user.id) localStorage.removeItem(KEY);
    unsaved = raw;
  }
  for (const listener of listeners) listener();
}

export const currentSession = load;
export const rememberSession = (session: Session) => save(session);
export const forgetSession = () => save(null);

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, load);
}

/**
 * Asks the server who we are and remembers it.
 * @throws ApiError; what is remembered stays as it is then.
 */
export async function refreshSession(): Promise<Session> {
  // Not with the first scripts: the app is there before it asks the server anything.
  const { api } = await import('./api');
  const session = await api.session();
  save(session);
  return session;
}

/** Adds a membership that the server just confirmed, before the next refresh. */
export function addMembership(membership: {
  workspaceId: string;
  name: string;
  role: Role;
  memberId: string;
}) {
  const session = load();
  if (!session || session.memberships.some((m) => m.workspaceId === membership.workspaceId)) return;
  save({ ...session, memberships: [...session.memberships, membership] });
}
