// What a tab asks of the worker that holds the database: plain data in, plain data out, so that it can cross threads.
import type { Answering } from './calls';
import type { Query, Watcher } from './live-queries';
import type { Status } from './store';

export interface Backend extends Answering {
  watch(query: Query, watcher: Watcher): () => void;
  onStatus(listener: (status: Status) => void): () => void;
  close(): Promise<void>;
}

export const initialStatus: Status = {
  database: 'opening',
  databaseError: null,
  storage: null,
  network: 'offline',
  session: 'signed-in',
  unsent: 0,
  onlyHere: 0,
  beside: 0,
  sending: false,
  writing: 0,
  attention: 0,
  loading: null,
  upToDate: false,
  heardAt: null,
  problem: null,
  faults: {},
};
