// The yardstick: a page that does with stock PGlite what Outpost does, and nothing else: the same tables, a list of
// a hundred tasks by live query, a search. No sync, no framework. measure.ts drives it through `window.stock`.
import { live } from '@electric-sql/pglite/live';
import { PGliteWorker } from '@electric-sql/pglite/worker';
import core from '../../../migrations/0001_sync.sql?raw';
import tasks from '../../../migrations/0003_task.sql?raw';
import type { GeneratedTask } from '../generated-tasks';

export interface StockPage {
  /** Fetches and writes so many tasks where there are none yet. */
  load(count: number): Promise<void>;
  /** Gives the first task of the list another title. @returns ms from the call to the frame that shows it. */
  writeToPaint(title: string): Promise<number>;
  /** Full-text search that paints up to 50 hits. @returns ms from the call to the frame that shows them. */
  searchToPaint(words: string): Promise<number>;
}

const workspaceId = '0198c000-0000-7000-8000-000000000001';
const projectId = '0198c000-0000-7000-8000-000000000002';
const list = document.querySelector('#tasks') as HTMLUListElement;

/** Resolves after the browser has painted what the DOM is now. */
function painted(): Promise<number> {
  return new Promise((done) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(null);
    });
  });
}

function show(rows: readonly { id: string; title: string }[]): void {
  list.replaceChildren(
    ...rows.map((row) => {
      const item = document.createElement('li');
      item.textContent = row.title;
      item.dataset.id = row.id;
      return item;
    }),
  );
}

async function open(): Promise<StockPage> {
  const thread = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const database = await PGliteWorker.create(thread, { extensions: { live } });
  const made = await database.query("select to_regclass('public.task') is not null as made");
  if (!(made.rows[0] as { made: boolean }).made) {
    await database.exec(core + tasks);
    await database.query('insert into workspace (id, name) values ($1, $2)', [workspaceId, 'Stock']);
    await database.query(
      "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'ST', 'Stock', 'a0')",
      [projectId, workspaceId],
    );
  }
  performance.mark('stock:database-writable');

  let shown = () => {};
  const first = "select id, title from task where status = 'todo' order by position, id limit 100";
  await database.live.query<{ id: string; title: string }>(first, [], ({ rows }) => {
    show(rows);
    shown();
  });

  return {
    async load(count) {
      const had = await database.query<{ n: number }>('select count(*)::int as n from task');
      if (had.rows[0]?.n !== 0) return;
      const tasks = (await (await fetch(`/tasks/${count}`)).json()) as GeneratedTask[];
      await database.query(
        `insert into task (id, workspace_id, project_id, title, description, status, priority, position)
           select id, $2, $3, title, description, status, priority, position
           from jsonb_populate_recordset(null::task, $1)`,
        [tasks, workspaceId, projectId],
      );
    },
    async writeToPaint(title) {
      const id = (list.firstElementChild as HTMLElement).dataset.id;
      const begun = performance.now();
      const seen = new Promise<void>((done) => {
        shown = () => {
          if (list.firstElementChild?.textContent === title) done();
        };
      });
      await database.query('update task set title = $2 where id = $1', [id, title]);
      await seen;
      return (await painted()) - begun;
    },
    async searchToPaint(words) {
      const begun = performance.now();
      const { rows } = await database.query<{ id: string; title: string }>(
        `select id, title from task where search @@ plainto_tsquery('simple', $1)
           order by ts_rank(search, plainto_tsquery('simple', $1)) desc limit 50`,
        [words],
      );
      show(rows);
      return (await painted()) - begun;
    },
  };
}

Object.assign(window, { stock: open() });
