// The yardstick of a first load: pglite-sync's csv method puts the rows of a shape into a bare table, and nothing else is done:
// no merging, no marks, no words. The shape is one answer (peer-site.ts). Only loading is measured here.
import { live } from '@electric-sql/pglite/live';
import { PGliteWorker } from '@electric-sql/pglite/worker';
import { electricSync } from '@electric-sql/pglite-sync';
import type { PeerDatabase, Shown } from '../../peer-contract';

const thread = new Worker(new URL('./pglite-worker.ts', import.meta.url), { type: 'module' });
const opened = PGliteWorker.create(thread, { extensions: { live, electric: electricSync() } });

const first = "select id, title from bare where status = 'todo' order by position, id limit 100";
const unasked = () => Promise.reject(new Error('only loading is measured here'));

export const database: PeerDatabase = {
  async open() {
    await (await opened).exec(
      `create table if not exists bare (
         id uuid primary key, title text not null, description text not null, status text not null,
         priority int not null, position text collate "C" not null)`,
    );
  },
  isFilled: async () => (await (await opened).query('select id from bare limit 1')).rows.length > 0,
  async insert(tasks) {
    const pg = await opened;
    await new Promise<void>((resolve, reject) => {
      pg.electric
        .syncShapeToTable({
          shape: { url: `${location.origin}/shape/${tasks.length}`, params: { table: 'bare' } },
          table: 'bare',
          primaryKey: ['id'],
          shapeKey: null,
          initialInsertMethod: 'csv',
          onInitialSync: () => resolve(),
          onError: reject,
        })
        .catch(reject);
    });
  },
  async watch(changed) {
    await (await opened).live.query<Shown & { id: string }>(first, [], ({ rows }) => changed(rows));
  },
  list: unasked,
  point: unasked,
  setTitle: unasked,
  search: unasked,
};
