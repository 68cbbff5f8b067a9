// Whether the full app or light mode is opened (docs/light-mode.md). It is decided before anything large is fetched, from
// the address, from what this browser can do, and from how its last starts ended; each has a way back.

/** Why it is light mode. */
export type LightReason =
  | 'asked' // by the address
  | 'chosen' // in the settings
  | 'no-engine' // this browser cannot run the database
  | 'little-memory' // the device has less than leastMemoryGiB
  | 'failed'; // the database did not start, several times in a row

/**
 * GiB of the device's memory, as `navigator.deviceMemory` tells it in powers of two: below it, light mode is opened unless the
 * person has chosen the full app. docs/light-mode.md has the measurements behind it.
 */
export const leastMemoryGiB = 2;
/** Starts in a row that failed before light mode is opened. */
export const failedStarts = 2;
/** After this the full app is tried anew, ms. */
const triedAnewAfter = 24 * 60 * 60_000;

/** Kept in this browser's small storage; it goes with everything that is remembered (kit/remember.ts). */
interface Kept {
  readonly choice: 'full' | 'light' | null;
  /** Starts in a row that failed. */
  readonly failures: number;
  /** When the last one did, ms since 1970. */
  readonly failedAt: number;
  /** A start of the full app that has neither ended nor failed, ms since 1970: a tab that died for lack of memory says nothing. */
  readonly startingAt: number | null;
}

const key = 'outpost.mode';
const none: Kept = { choice: null, failures: 0, failedAt: 0, startingAt: null };
/** Where light mode is. */
export const lightPath = '/light.html';

function kept(): Kept {
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Kept>) };
  } catch {
    return none;
  }
}

function keep(change: Partial<Kept>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...kept(), ...change }));
  } catch {
    // No room, or closed to us: the next start decides without it.
  }
}

/** Addresses of accounts are the full app's, which needs no database for them. */
const ofAccounts = /^\/(sign-in|invite|forgot-password|new-password)(\/|$)/;

/** @returns why this address is opened in light mode; null: in the full app */
export function lightReason(address: Pick<Location, 'pathname' | 'search'>): LightReason | null {
  if (ofAccounts.test(address.pathname)) return null;
  const asked = new URLSearchParams(address.search);
  if (!canRunEngine()) return 'no-engine';
  if (asked.has('light')) return 'asked';
  const { choice, failures, failedAt } = kept();
  if (choice === 'light') return 'chosen';
  if (failures >= failedStarts && Date.now() - failedAt < triedAnewAfter) return 'failed';
  return choice !== 'full' && hasLittleMemory() ? 'little-memory' : null;
}

/** Without these the database cannot run, whatever is chosen. */
function canRunEngine(): boolean {
  return (
    typeof WebAssembly === 'object' &&
    typeof Worker === 'function' &&
    'locks' in navigator &&
    'indexedDB' in self
  );
}

function hasLittleMemory(): boolean {
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  return deviceMemory !== undefined && deviceMemory < leastMemoryGiB;
}

/** From now on light mode, or the full app wherever it can run, is opened on this device. */
export function chooseMode(choice: 'full' | 'light'): void {
  keep({ choice, failures: 0, startingAt: null });
}

export const chosenMode = (): 'full' | 'light' | null => kept().choice;

/**
 * To be called when the full app begins to open the database. A start before that never came to an end counts as failed,
 * unless its tab was hidden or left.
 */
export function beginsStart(): void {
  const { startingAt } = kept();
  if (startingAt !== null) startFailed();
  // In a hidden tab a browser ends what it likes: that says nothing of the start.
  keep({ startingAt: document.visibilityState === 'hidden' ? null : Date.now() });
  const left = () => {
    if (document.visibilityState === 'hidden') keep({ startingAt: null });
  };
  document.addEventListener('visibilitychange', left);
  addEventListener('pagehide', () => keep({ startingAt: null }));
}

/** Whether this page has begun to open the database, before the interface was there. */
export const hasBegunStart = (): boolean => (kept().startingAt ?? 0) >= performance.timeOrigin;

/** The database did not start. @returns whether light mode is to be opened now */
export function startFailed(): boolean {
  const { failures, failedAt } = kept();
  const inRow = Date.now() - failedAt < triedAnewAfter ? failures + 1 : 1;
  keep({ failures: inRow, failedAt: Date.now(), startingAt: null });
  return inRow >= failedStarts;
}

/** The database is open. */
export function startSucceeded(): void {
  const { failures, startingAt } = kept();
  if (failures > 0 || startingAt !== null) keep({ failures: 0, startingAt: null });
}
