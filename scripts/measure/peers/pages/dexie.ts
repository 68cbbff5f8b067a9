// Dexie: IndexedDB with tables, compound indexes and live queries, in the page. Words by a multi-entry index of the words of
// each task, which is what Dexie has for it. Strict durability is asked for: Chromium's own default is relaxed.
import { Dexie, liveQuery, type Table } from 'dexie';
import type { GeneratedTask } from '../../generated-tasks';
import type { PeerDatabase, Shown } from '../../peer-contract';
import { wordsOf } from './words';

type Stored = GeneratedTask & { words: string[] };

const stored = new Dexie('tasks', { chromeTransactionDurability: 'strict' });
stored.version(1).stores({ task: 'id, [status+position+id], *words' });
const task = stored.table('task') as Table<Stored, string>;

const first = (): Promise<Shown[]> =>
  task
    .where('[status+position+id]')
    .between(['todo', Dexie.minKey, Dexie.minKey], ['todo', Dexie.maxKey, Dexie.maxKey])
    .limit(100)
    .toArray();

export const database: PeerDatabase = {
  open: async () => {
    await stored.open();
  },
  isFilled: async () => (await task.count()) > 0,
  async insert(tasks) {
    await task.bulkAdd(tasks.map((one) => ({ ...one, words: wordsOf(one) })));
  },
  watch: (changed) =>
    new Promise((resolve, reject) => {
      liveQuery(first).subscribe({
        next(rows) {
          changed(rows);
          resolve();
        },
        error: reject,
      });
    }),
  list: first,
  point: async (id) => (await task.get(id))?.title,
  async setTitle(id, title) {
    await stored.transaction('rw', task, async () => {
      const old = await task.get(id);
      if (old) await task.put({ ...old, title, words: wordsOf({ ...old, title }) });
    });
  },
  async search(words) {
    const [one = '', ...others] = words.split(' ');
    return await task
      .where('words')
      .equals(one)
      .and((found) => others.every((word) => found.words.includes(word)))
      .limit(50)
      .toArray();
  },
};
