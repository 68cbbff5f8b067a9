// PGlite in a worker, as its documentation shows it for the web, with a live query. What it is built of says the level
// (../../ladder-levels.ts) that this page was built for.
import { live } from '@electric-sql/pglite/live';
import { PGliteWorker } from '@electric-sql/pglite/worker';
import type { PeerDatabase, Shown } from '../../peer-contract';
import { schemaSql } from './pglite-schema';

const thread = new Worker(new URL('./pglite-worker.ts', import.meta.url), { type: 'module' });
const opened = PGliteWorker.create(thread, { extensions: { live } });

const first = "select id, title from task where status = 'todo' order by position, id limit 100";
const rows = async (sql: string, params: unknown[] = []): Promise<Shown[]> =>
  (await (await opened).query<{ id: string; title: string }>(sql, params)).rows;

export const database: PeerDatabase = {
  async open() {
    const pg = await opened;
    const { rows: found } = await pg.query<{ made: boolean }>(
      "select to_regclass('task') is not null as made",
    );
    if (!found[0]?.made) await pg.exec(schemaSql);
  },
  isFilled: async () => (await rows('select id, title from task limit 1')).length > 0,
  async insert(tasks) {
    await rows(
      `insert into task (id, title, description, status, priority, position)
         select id, title, description, status, priority, position from json_populate_recordset(null::task, $1)`,
      [tasks],
    );
  },
  async watch(changed) {
    const pg = await opened;
    await pg.live.query<{ id: string; title: string }>(first, [], (results) => changed(results.rows));
  },
  list: () => rows(first),
  point: async (id) => (await rows('select id, title from task where id = $1', [id]))[0]?.title,
  async setTitle(id, title) {
    await rows('update task set title = $2 where id = $1', [id, title]);
  },
  search: (words) =>
    rows(
      `select id, title from task, plainto_tsquery('simple', $1) wanted
         where words @@ wanted order by ts_rank(words, wanted) desc limit 50`,
      [words],
    ),
};
