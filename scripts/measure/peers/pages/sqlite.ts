// The page's end of SQLite in a worker (sqlite-worker.ts): one message for each question.
import type { PeerDatabase, Shown } from '../../peer-contract';
import type { Ask } from './sqlite-worker';

const thread = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let next = 1;
thread.onmessage = ({ data }: MessageEvent<{ id: number; value?: unknown; error?: string }>) => {
  const call = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error === undefined) call?.resolve(data.value);
  else call?.reject(new Error(data.error));
};

function asked<T>(ask: Ask): Promise<T> {
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: (value) => resolve(value as T), reject });
    thread.postMessage({ id, ask });
  });
}

let changed: (rows: readonly Shown[]) => void = () => {};
const again = async () => changed(await asked<Shown[]>({ kind: 'list' }));

export const database: PeerDatabase = {
  open: () => asked({ kind: 'open' }),
  isFilled: () => asked({ kind: 'isFilled' }),
  async insert(tasks) {
    await asked({ kind: 'insert', tasks });
    void again();
  },
  async watch(listener) {
    changed = listener;
    await again();
  },
  list: () => asked({ kind: 'list' }),
  point: async (id) => (await asked<Shown[]>({ kind: 'point', id }))[0]?.title,
  async setTitle(id, title) {
    const written = asked<void>({ kind: 'setTitle', id, title });
    // Both are sent at once: the worker answers them one after the other.
    void again();
    await written;
  },
  search: (words) => asked({ kind: 'search', words }),
};
