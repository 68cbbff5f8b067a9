// Triplit without a server: its store in IndexedDB, held in the page's memory. It has no index for lists or words: it looks
// through all tasks.
import { Schema as S, TriplitClient } from '@triplit/client';
import type { PeerDatabase, Shown } from '../../peer-contract';

const schema = S.Collections({
  task: {
    schema: S.Schema({
      id: S.Id(),
      title: S.String(),
      description: S.String(),
      status: S.String(),
      priority: S.Number(),
      position: S.String(),
    }),
  },
});

const client = new TriplitClient({
  schema,
  storage: { type: 'indexeddb', name: 'tasks' },
  autoConnect: false,
});

const first = client
  .query('task')
  .Select(['id', 'title'])
  .Where('status', '=', 'todo')
  .Order(['position', 'ASC'], ['id', 'ASC'])
  .Limit(100);
const fromHere = { policy: 'local-only' } as const;

export const database: PeerDatabase = {
  async open() {
    await client.fetch(client.query('task').Limit(1), fromHere);
  },
  isFilled: async () => (await client.fetch(client.query('task').Limit(1), fromHere)).length > 0,
  async insert(tasks) {
    await client.transact(async (tx) => {
      for (const task of tasks) await tx.insert('task', { ...task });
    });
  },
  watch: (changed) =>
    new Promise((resolve, reject) => {
      client.subscribe(
        first,
        (rows) => {
          changed(rows as readonly Shown[]);
          resolve();
        },
        reject,
        { localOnly: true },
      );
    }),
  list: async () => (await client.fetch(first, fromHere)) as readonly Shown[],
  point: async (id) => (await client.fetchById('task', id, fromHere))?.title,
  async setTitle(id, title) {
    await client.update('task', id, { title });
  },
  async search(words) {
    const each = words.split(' ').map((word) => `%${word}%`);
    const query = each.reduce(
      (q, word) =>
        q.Where({
          mod: 'or',
          filters: [
            ['title', 'like', word],
            ['description', 'like', word],
          ],
        }),
      client.query('task').Select(['id', 'title']),
    );
    return (await client.fetch(query.Limit(50), fromHere)) as readonly Shown[];
  },
};
