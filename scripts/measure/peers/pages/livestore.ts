// LiveStore without a server: SQLite in the page's memory answers all queries, a worker stores the log of events and the tables
// in OPFS. A write counts as durable when the worker has taken it. Its SQLite has no full-text search: LIKE.
import { makeSingleTabAdapter } from '@livestore/adapter-web';
import { createStorePromise, queryDb, type Store } from '@livestore/livestore';
import type { PeerDatabase, Shown } from '../../peer-contract';
import { events, schema, tables } from './livestore-schema';

let store: Store<typeof schema>;

const first = queryDb(
  tables.task
    .select('id', 'title')
    .where({ status: 'todo' })
    .orderBy([
      { col: 'position', direction: 'asc' },
      { col: 'id', direction: 'asc' },
    ])
    .limit(100),
  { label: 'list' },
);

const waiting: (() => void)[] = [];

/** Resolves when the worker has taken what was written. */
function stored(): Promise<void> {
  if (store.syncStatus().isSynced) return Promise.resolve();
  return new Promise((resolve) => waiting.push(resolve));
}

export const database: PeerDatabase = {
  async open() {
    store = await createStorePromise({
      schema,
      storeId: 'tasks',
      disableDevtools: true,
      batchUpdates: (run) => run(),
      adapter: makeSingleTabAdapter({
        storage: { type: 'opfs' },
        worker: ({ name }) =>
          new Worker(new URL('./livestore-worker.ts', import.meta.url), { type: 'module', name }),
      }),
    });
    // Once for all: what is written after an end of such a subscription is never reported as taken.
    store.subscribeSyncStatus(({ isSynced }) => {
      if (isSynced) for (const resolve of waiting.splice(0)) resolve();
    });
  },
  isFilled: async () => store.query(tables.task.count()) > 0,
  async insert(tasks) {
    // An event for each task took a minute for 10,000.
    for (let i = 0; i < tasks.length; i += 1000) {
      store.commit(events.tasksImported({ tasks: tasks.slice(i, i + 1000) }));
    }
    await stored();
  },
  async watch(changed) {
    store.subscribe(first, (rows) => changed(rows as readonly Shown[]));
    changed(store.query(first) as readonly Shown[]);
  },
  list: async () => store.query(first) as readonly Shown[],
  point: async (id) => store.query(tables.task.where({ id }).first())?.title,
  async setTitle(id, title) {
    store.commit(events.taskNamed({ id, title }));
    await stored();
  },
  async search(words) {
    const each = words.split(' ').map((word) => `%${word}%`);
    return store.query<Shown[]>({
      query: `select id, title from task where ${each
        .map((_, i) => `(title like $w${i} or description like $w${i})`)
        .join(' and ')} limit 50`,
      bindValues: Object.fromEntries(each.map((word, i) => [`w${i}`, word])),
    } as never);
  },
};
