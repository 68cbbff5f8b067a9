// TinyBase: everything in the page's memory, stored as a whole in IndexedDB by its persister. The list is one of its sorted
// indexes. It has no index of words: all tasks are looked through.
import { createIndexes, createStore } from 'tinybase';
import { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import type { PeerDatabase, Shown } from '../../peer-contract';

const store = createStore();
const indexes = createIndexes(store).setIndexDefinition('byStatus', 'task', 'status', 'position');
const persister = createIndexedDbPersister(store, 'tasks');

const first = (): Shown[] =>
  indexes
    .getSliceRowIds('byStatus', 'todo')
    .slice(0, 100)
    .map((id) => ({ id, title: store.getCell('task', id, 'title') as string }));

export const database: PeerDatabase = {
  async open() {
    await persister.load();
  },
  isFilled: async () => store.getRowCount('task') > 0,
  async insert(tasks) {
    store.transaction(() => {
      for (const { id, ...cells } of tasks) store.setRow('task', id, cells);
    });
    await persister.save();
  },
  async watch(changed) {
    // A change of a title in the list changes no index; one of a row does not tell what lists it is in.
    store.addTablesListener(() => changed(first()));
    changed(first());
  },
  list: async () => first(),
  point: async (id) => store.getCell('task', id, 'title') as string,
  async setTitle(id, title) {
    store.setCell('task', id, 'title', title);
    // Its automatic saving says to nobody when it is done, and does the same.
    await persister.save();
  },
  async search(words) {
    const wanted = words.split(' ');
    const hits: Shown[] = [];
    for (const id of store.getRowIds('task')) {
      const { title, description } = store.getRow('task', id) as { title: string; description: string };
      const text = `${title} ${description}`.toLowerCase();
      if (wanted.every((word) => text.includes(word))) hits.push({ id, title });
      if (hits.length === 50) break;
    }
    return hits;
  },
};
