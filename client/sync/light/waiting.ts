// How many changes wait in the database of the full app, kept outside of it: light mode cannot read them there, and says so.

export const waitingPrefix = 'sync.waiting.';

/** @param count changes that are in the database only */
export function keepWaiting(userId: string, count: number): void {
  const key = waitingPrefix + userId;
  const text = String(Math.max(count, 0));
  try {
    if ((localStorage.getItem(key) ?? '0') !== text) localStorage.setItem(key, text);
  } catch {
    // No room, or forbidden: light mode does not know, then.
  }
}

/** @returns how many changes the full app had not sent when it last told; 0 where nothing is known */
export function waitingInDatabase(userId: string): number {
  try {
    return Number(localStorage.getItem(waitingPrefix + userId)) || 0;
  } catch {
    return 0;
  }
}
