// What a tab asks of the worker that holds the database: plain data in, plain data out, so that it can cross threads.
import type { Query, Watcher } from './live-queries';
import type { Change, Status, Written } from './store';

export interface Backend {
  read(query: Query): Promise<unknown[]>;
  /** @param requestId makes a repetition harmless: the leader may have died after it committed. */
  write(requestId: string, statements: readonly Query[]): Promise<Written>;
  undo(requestId: string, changes: readonly Change[]): Promise<Written>;
  watch(query: Query, watcher: Watcher): () => void;
  onStatus(listener: (status: Status) => void): () => void;
  wake(): Promise<void>;
  expect(workspaceIds: readonly string[]): Promise<void>;
  discardRefused(id: string): Promise<void>;
  resend(requestId: string, refusedId: string, change: Readonly<Record<string, unknown>>): Promise<Written>;
  remove(options: { discardUnsent: boolean }): Promise<{ removed: boolean; unsent: number }>;
  close(): Promise<void>;
}

export const initialStatus: Status = {
  database: 'opening',
  databaseError: null,
  storage: null,
  network: 'offline',
  session: 'signed-in',
  unsent: 0,
  sending: false,
  attention: 0,
  loading: null,
  upToDate: false,
  heardAt: null,
  problem: null,
  faults: {},
};
