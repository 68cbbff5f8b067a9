// The last words before a tab goes: what was typed and is not on the storage yet is put, at once and while the tab is
// still there, into the browser's small synchronous storage, and becomes a row at the next start. Every other way to the
// database is too long for a tab that is being closed.
import type { Store } from '../../sync/store';

export interface LastWords {
  /** The id that their row will have. */
  readonly id: string;
  readonly workspaceId: string;
  readonly documentId: string;
  readonly update: Uint8Array;
}

const prefix = (userId: string) => `outpost-words:${userId}:`;

/** Synchronous. @returns whether they are kept: there may be no room, or no such storage */
export function keepWords(userId: string, { id, workspaceId, documentId, update }: LastWords): boolean {
  let binary = '';
  for (const byte of update) binary += String.fromCharCode(byte);
  try {
    localStorage.setItem(prefix(userId) + id, `${workspaceId} ${documentId} ${btoa(binary)}`);
    return true;
  } catch {
    // Full, or forbidden; the ordinary way may still make it.
    return false;
  }
}

/** They are rows now. */
export function forgetWords(userId: string, ids: readonly string[]): void {
  for (const id of ids) localStorage.removeItem(prefix(userId) + id);
}

/** Of a person whose data leaves this device. */
export function forgetAllWords(userId: string): void {
  forgetWords(userId, [...kept(userId).keys()]);
}

/**
 * Makes rows of what earlier tabs left. What cannot be stored now (its workspace is not on this device any more) is
 * tried again at the next start.
 */
export async function recoverWords(store: Store): Promise<void> {
  for (const [id, text] of kept(store.userId)) {
    const [workspaceId = '', documentId = '', base64 = ''] = text.split(' ');
    try {
      await store.write(
        store.db
          .insertInto('document_update')
          .values({
            id,
            workspace_id: workspaceId,
            document_id: documentId,
            update: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
          })
          .onConflict((conflict) => conflict.doNothing()),
      );
      forgetWords(store.userId, [id]);
    } catch (error) {
      console.warn('Outpost: last words were not stored:', error);
    }
  }
}

function kept(userId: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i < localStorage.length; i++) {
    const key = localStorage.key(i);
    if (key?.startsWith(prefix(userId))) {
      found.set(key.slice(prefix(userId).length), localStorage.getItem(key) ?? '');
    }
  }
  return found;
}
