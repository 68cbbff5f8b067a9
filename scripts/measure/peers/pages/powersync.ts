// PowerSync in the browser, without its server: its SQLite in a worker on OPFS, tables as it makes them (views over JSON),
// its watched queries without their pause of 30 ms, words by FTS5 with a trigger as its documentation shows it.
import { column, PowerSyncDatabase, Schema, Table, WASQLiteVFS } from '@powersync/web';
import type { PeerDatabase, Shown } from '../../peer-contract';

const schema = new Schema({
  task: new Table(
    {
      title: column.text,
      description: column.text,
      status: column.text,
      priority: column.integer,
      position: column.text,
    },
    { indexes: { list: ['status', 'position'] } },
  ),
});

const store = new PowerSyncDatabase({
  schema,
  database: { dbFilename: 'tasks.db', vfs: WASQLiteVFS.OPFSWriteAheadVFS, enableMultiTabs: false },
});

const words = [
  'create virtual table if not exists words using fts5(id unindexed, title, description)',
  `create trigger if not exists task_words_in after insert on ps_data__task begin
     insert into words (id, title, description)
       values (new.id, json_extract(new.data, '$.title'), json_extract(new.data, '$.description'));
   end`,
];
const first = "select id, title from task where status = 'todo' order by position, id limit 100";

export const database: PeerDatabase = {
  async open() {
    await store.init();
    for (const statement of words) await store.execute(statement);
  },
  isFilled: async () => (await store.getOptional('select id from task limit 1')) !== null,
  async insert(tasks) {
    await store.executeBatch(
      'insert into task (id, title, description, status, priority, position) values (?, ?, ?, ?, ?, ?)',
      tasks.map((t) => [t.id, t.title, t.description, t.status, t.priority, t.position]),
    );
  },
  watch: (changed) =>
    new Promise((resolve, reject) => {
      store
        .query<Shown>({ sql: first })
        .watch({ throttleMs: 0 })
        .registerListener({
          onData(rows) {
            changed(rows as readonly Shown[]);
            resolve();
          },
          onError: reject,
        });
    }),
  list: () => store.getAll<Shown>(first),
  point: async (id) =>
    (await store.getOptional<Shown>('select id, title from task where id = ?', [id]))?.title,
  async setTitle(id, title) {
    await store.execute('update task set title = ? where id = ?', [title, id]);
  },
  search: (text) =>
    store.getAll<Shown>('select id, title from words where words match ? order by rank limit 50', [text]),
};
