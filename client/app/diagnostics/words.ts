// Numbers of the diagnostics in words, the same on the page and in the report.
import type { ShapeState } from '../../sync/diagnosed';
import type { StartStep } from '../../sync/start-marks';
import type { Status } from '../../sync/store';
import { storageNames } from '../shell/sync-chip';

/** @param bytes in MiB, as memory and files are counted; to one decimal below 100 */
export function mebibytes(bytes: number | null): string {
  if (bytes === null) return 'Not known';
  const mib = bytes / 2 ** 20;
  return `${mib.toLocaleString('en', { maximumFractionDigits: mib < 100 ? 1 : 0, minimumFractionDigits: mib < 100 ? 1 : 0 })} MiB`;
}

export const count = (n: number) => n.toLocaleString('en');

/** @param ms to the next ms below a second, else with one decimal */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return ms < 86_400_000 ? `${Math.floor(ms / 3_600_000)} h` : `${Math.floor(ms / 86_400_000)} d`;
}

export const stateWords: Readonly<Record<ShapeState['state'], string>> = {
  current: 'Up to date',
  loading: 'Loading',
  behind: 'Behind',
};

/** How long a table has not been up to date. @param now ms since 1970 */
export function lag({ state, currentAt }: ShapeState, now: number): string {
  if (state === 'current') return 'None';
  return currentAt === null ? 'Not yet' : duration(now - currentAt);
}

export const databaseWords = { opening: 'Opening', ready: 'Open', failed: 'Could not be opened' } as const;

export const keptIn = (storage: Status['storage']) => (storage ? storageNames[storage] : 'Not open yet');

/** @param isKept as the browser says it */
export function keepingWords(isKept: boolean | null): string {
  if (isKept === null) return 'This browser does not say';
  return isKept ? 'Yes, only you can remove it' : 'No, the browser may remove it';
}

export const stepWords: Readonly<Record<StartStep, string>> = {
  navigation: 'Page asked for',
  worker: 'Worker begun',
  interface: 'Interface running',
  entry: 'Worker running',
  module: 'Postgres loaded and compiled',
  image: 'Prepared database written',
  postgres: 'Postgres running',
  migrations: 'Migrations checked',
  writable: 'Database open',
  session: 'Session confirmed by the server',
  'catch-up': 'First answer with rows',
  rows: 'First rows stored',
  'up-to-date': 'Up to date',
};
