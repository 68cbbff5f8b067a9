// SQLite's official WebAssembly build in a worker, on its pool of OPFS access handles, as its documentation advises for one
// connection. Live lists: it has none, so the list is run again after a write and sent with it.
import sqlite3InitModule, { type OpfsSAHPoolDatabase } from '@sqlite.org/sqlite-wasm';
import type { GeneratedTask } from '../../generated-tasks';

/** What the page asks; the answer has the same number. */
export type Ask =
  | { readonly kind: 'open' | 'isFilled' | 'list' }
  | { readonly kind: 'insert'; readonly tasks: readonly GeneratedTask[] }
  | { readonly kind: 'point'; readonly id: string }
  | { readonly kind: 'setTitle'; readonly id: string; readonly title: string }
  | { readonly kind: 'search'; readonly words: string };

let db: OpfsSAHPoolDatabase;

const schema = `
create table if not exists task (
  id text primary key, title text not null, description text not null, status text not null,
  priority integer not null check (priority between 0 and 4), position text not null) without rowid;
create index if not exists task_list on task (status, position, id);
create virtual table if not exists words using fts5(id unindexed, title, description);
create trigger if not exists task_words_in after insert on task begin
  insert into words (id, title, description) values (new.id, new.title, new.description);
end;`;

const rows = (sql: string, bind: string[] = []) =>
  db.exec({ sql, bind, rowMode: 'object', returnValue: 'resultRows' }) as { id: string; title: string }[];

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case 'open': {
      const sqlite3 = await sqlite3InitModule();
      const pool = await sqlite3.installOpfsSAHPoolVfs({ name: 'tasks' });
      db = new pool.OpfsSAHPoolDb('/tasks');
      db.exec(schema);
      return null;
    }
    case 'isFilled':
      return rows('select id, title from task limit 1').length > 0;
    case 'insert': {
      db.transaction(() => {
        const insert = db.prepare('insert into task values (?, ?, ?, ?, ?, ?)');
        for (const t of ask.tasks) {
          insert.bind([t.id, t.title, t.description, t.status, t.priority, t.position]).stepReset();
        }
        insert.finalize();
      });
      return null;
    }
    case 'list':
      return rows("select id, title from task where status = 'todo' order by position, id limit 100");
    case 'point':
      return rows('select id, title from task where id = ?', [ask.id]);
    case 'setTitle':
      db.transaction(() => {
        db.exec({ sql: 'update task set title = ? where id = ?', bind: [ask.title, ask.id] });
      });
      return null;
    case 'search':
      return rows('select id, title from words where words match ? order by rank limit 50', [ask.words]);
  }
}

self.onmessage = async ({ data }: MessageEvent<{ id: number; ask: Ask }>) => {
  try {
    self.postMessage({ id: data.id, value: await answer(data.ask) });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error) });
  }
};
