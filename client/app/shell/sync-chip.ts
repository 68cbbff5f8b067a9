// What the sync chip says: one pure, total function of the store's status. It never says more than is known.
import type { Status } from '../../sync/store';

export type ChipKind =
  | 'failed'
  | 'opening'
  | 'attention'
  | 'trouble'
  | 'sign-in'
  | 'loading'
  | 'offline'
  | 'sending'
  | 'waiting'
  | 'connecting'
  | 'current';

export interface Chip {
  readonly kind: ChipKind;
  /** A few words, shown in the chip. */
  readonly label: string;
  /** One sentence for the details: what it means and what to do, if anything. */
  readonly detail: string;
}

/** Where the database is kept, by Status.storage. */
export const storageNames = {
  opfs: 'Private file system of this browser',
  indexeddb: 'IndexedDB of this browser',
  memory: 'Memory only: nothing survives this tab',
} as const;

const number = new Intl.NumberFormat('en');
const changes = (n: number) => `${number.format(n)} ${n === 1 ? 'change' : 'changes'}`;
const kept = (n: number) =>
  n > 0
    ? `${changes(n)} ${n === 1 ? 'is' : 'are'} on this device only and will be sent.`
    : 'Nothing is waiting.';

/**
 * The first thing that is true, in order of what a person must know: a broken or full storage, sign-in, no network, syncing
 * that fails, a first load, sending, work that needs them, waiting, storing, connecting; "up to date" only if none is.
 */
export function syncChip(status: Status): Chip {
  const { unsent } = status;
  if (status.database === 'failed') {
    return {
      kind: 'failed',
      label: 'Storage failed',
      detail: status.databaseError ?? 'The database on this device could not be opened.',
    };
  }
  if (status.database === 'opening') {
    return { kind: 'opening', label: 'Opening', detail: 'The database on this device is being opened.' };
  }
  if (status.problem?.kind === 'device-full') {
    return {
      kind: 'trouble',
      label: 'Storage full',
      detail:
        unsent > 0
          ? `${status.problem.sentence} Changes that wait to be sent: ${number.format(unsent)}.`
          : status.problem.sentence,
    };
  }
  if (status.session === 'expired') {
    return {
      kind: 'sign-in',
      label: unsent > 0 ? `Sign in to send ${number.format(unsent)}` : 'Needs sign-in',
      detail: `Your session has ended. You can go on working here. ${kept(unsent)} Sign in to sync again.`,
    };
  }
  if (status.network === 'offline') {
    return {
      kind: 'offline',
      label: unsent > 0 ? `Offline · ${number.format(unsent)} waiting` : 'Offline',
      detail: `No network. Everything here works and is kept on this device. ${kept(unsent)}`,
    };
  }
  if (status.problem) {
    return {
      kind: 'trouble',
      label: unsent > 0 ? `Not syncing · ${number.format(unsent)} waiting` : 'Not syncing',
      detail: unsent > 0 ? `${status.problem.sentence} ${kept(unsent)}` : status.problem.sentence,
    };
  }
  if (status.loading) {
    const { rows, total } = status.loading;
    return {
      kind: 'loading',
      label: `Loading ${number.format(rows)} of ${number.format(Math.max(rows, total))} rows`,
      detail: 'This workspace is being copied to this device. What has arrived can be used already.',
    };
  }
  if (unsent > 0 && status.sending) {
    return {
      kind: 'sending',
      label: `Sending ${number.format(unsent)}`,
      detail: `${changes(unsent)} being sent.`,
    };
  }
  if (status.attention > 0) {
    const n = number.format(status.attention);
    return {
      kind: 'attention',
      label: status.attention === 1 ? '1 thing needs you' : `${n} things need you`,
      detail: `A change was merged, flagged or refused. The Inbox shows what happened and the way on. ${kept(unsent)}`,
    };
  }
  if (unsent > 0) {
    return { kind: 'waiting', label: `${number.format(unsent)} waiting`, detail: kept(unsent) };
  }
  if (status.writing > 0) {
    return {
      kind: 'waiting',
      label: 'Storing',
      detail: `${changes(status.writing)} being stored on this device.`,
    };
  }
  if (!status.upToDate) {
    return {
      kind: 'connecting',
      label: 'Connecting',
      detail: 'The server has not yet confirmed that this device is up to date.',
    };
  }
  return {
    kind: 'current',
    label: 'Up to date',
    detail: 'This device and the server have the same data.',
  };
}
