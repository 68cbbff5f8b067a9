// The part 'scale' of npm run measure: a new device with fifty, ten thousand and a hundred thousand tasks: until the first of
// them are on the screen and until all are here, a key until it is stored, lists and single tasks, memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { appSubject } from './app-subject';
import { memoryOf, newPage, openProfile, watchWorkers } from './chromium';
import { median, quantile } from './figures';
import { tasksReadableMark } from './in-page';
import { levels } from './ladder-levels';
import { loadOnce } from './peer-run';
import { servePeer } from './peer-site';
import type { Spread } from './runs';
import type { ScaleFigures, ScaleRow } from './scale-report';
import { type Account, startMeasuredServer } from './server';

export interface ScaleOptions {
  /** Folder of compressed files by content. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

const counts = [50, 10_000, 100_000];
const samples = 40;
/** Until a load counts as one that does not end; ms. */
const longest = 300_000;

/** A count that fails is said in `failed`, and the others go on. */
export async function measureScale({ cache, say }: ScaleOptions): Promise<ScaleFigures> {
  const rows: ScaleRow[] = [];
  const failed: string[] = [];
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | null> => {
    say(what);
    try {
      return await run();
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
      failed.push(`Not measured: ${what}: ${reason}`);
      return null;
    }
  };
  const server = await startMeasuredServer();
  const bare = await attempt('the page that only loads', () =>
    servePeer({ page: 'pglite-csv', level: levels.at(-1)!, cache }),
  );
  try {
    for (const tasks of counts) {
      const bareCsv = bare && (await attempt(`${tasks} tasks by csv`, () => loadOnce(bare, tasks)));
      const row = await attempt(`a new device with ${tasks} tasks`, async () =>
        withTasks(server.url, await server.person(`with${tasks}`, tasks), tasks),
      );
      if (row) rows.push({ ...row, bareCsv });
    }
  } finally {
    await bare?.stop();
    await server.stop();
  }
  return { rows, failed };
}

async function withTasks(url: string, account: Account, tasks: number): Promise<Omit<ScaleRow, 'bareCsv'>> {
  const subject = appSubject(url, account);
  const profile = mkdtempSync(join(tmpdir(), 'outpost-scale-'));
  const context = await openProfile(profile, 'desktop');
  try {
    await subject.enter(context);
    await subject.prepare(context);
    await watchWorkers(context, subject.worker);
    const page = await newPage(context, 'desktop');
    await page.goto(url);
    const firstScreen = await markOf(page, tasksReadableMark);
    await page.waitForSelector('[data-sync="current"]', { state: 'attached', timeout: longest });
    const all = await page.evaluate(() => performance.now());
    await askLeader(page);
    await wordsAreRead(page);
    const words = await page.evaluate(() => performance.now());
    const known: number[] = [];
    const keyToStored = await spreadOf(async (i) => {
      const stored = await storedAfterKey(page, i);
      known.push(stored.known);
      return stored.shown;
    });
    const [, ...counted] = known;
    const keyToKnown = { p50: median(counted), p95: quantile(counted, 0.95), samples: counted.length };
    const id = (await page.locator('[data-task-id]').first().getAttribute('data-task-id')) ?? '';
    const list = await spreadOf(() => asked(page, listSql(id)));
    const point = await spreadOf(() => asked(page, pointSql(id)));
    return {
      tasks,
      firstScreen,
      all,
      words,
      keyToKnown,
      keyToStored,
      list,
      point,
      memory: await memoryOf(page),
    };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function markOf(page: Page, name: string): Promise<number> {
  const found = await page.waitForFunction((mark) => performance.getEntriesByName(mark)[0], name, {
    timeout: longest,
  });
  return await found.evaluate((entry) => (entry as PerformanceEntry).startTime);
}

/** The first sample warms up and does not count. */
async function spreadOf(take: (i: number) => Promise<number>): Promise<Spread> {
  const taken: number[] = [];
  for (let i = 0; i <= samples; i++) {
    const sample = await take(i);
    if (i > 0) taken.push(sample);
  }
  return { p50: median(taken), p95: quantile(taken, 0.95), samples: taken.length };
}

/**
 * Changes the priority of the first card.
 * @returns ms from the key until its mark says that it is stored, and to the frame that shows it
 */
async function storedAfterKey(page: Page, nth: number): Promise<{ known: number; shown: number }> {
  const [key, name] = nth % 2 === 0 ? ['1', 'Urgent'] : ['2', 'High'];
  const watch = await page.evaluateHandle((label) => {
    const card = document.querySelector<HTMLElement>('[data-task-id]');
    card?.focus();
    const selector = `[data-task-id="${card?.dataset.taskId}"]`;
    const stored = window.measure.bothSinceInput(() => {
      const says = document.querySelector(selector)?.ariaLabel ?? '';
      return says.includes(label) && !says.includes('being stored');
    });
    return { stored };
  }, `, ${name} priority`);
  await page.keyboard.press(key!);
  return await watch.evaluate(({ stored }) => stored);
}

/** As the board asks: of one project, by its index. */
const listSql = (id: string) =>
  `select id, title from task where project_id = (select project_id from task where id = '${id}') and status = 'todo'
   order by position, id limit 100`;
const pointSql = (id: string) => `select id, title from task where id = '${id}'`;

declare global {
  interface Window {
    /** Asks the worker that holds the database, as another tab does. @returns the answer's rows */
    askDatabase(sql: string): Promise<unknown[]>;
  }
}

/** Puts askDatabase on the page: the way of a second tab, so it is a little longer than the page's own. */
async function askLeader(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    const prefix = 'sync leader ';
    const name = held.find((lock) => lock.name?.startsWith(prefix))?.name?.slice(prefix.length);
    if (name === undefined) throw new Error('nobody holds the database');
    const channel = new BroadcastChannel(`sync ${name}`);
    const me = crypto.randomUUID();
    const leader = await new Promise<string>((found) => {
      channel.onmessage = ({ data }) => data.type === 'i-lead' && found(data.from);
      channel.postMessage({ type: 'who-leads', from: me });
    });
    let next = 1;
    const waiting = new Map<number, (answer: { type: string; value?: unknown[] }) => void>();
    channel.onmessage = ({ data }) => {
      if (data.type === 'to-tab' && data.to === me) waiting.get(data.message.id)?.(data.message);
    };
    window.askDatabase = async (sql) => {
      const id = next++;
      const answer = await new Promise<{ type: string; value?: unknown[] }>((resolve) => {
        waiting.set(id, resolve);
        const message = { type: 'call', id, method: 'read', args: [{ sql, parameters: [] }] };
        channel.postMessage({ type: 'to-leader', to: leader, from: me, message });
      });
      waiting.delete(id);
      if (answer.type !== 'result') throw new Error('the database refused the question');
      return answer.value ?? [];
    };
  });
}

/** Waits until the words of all rows are read for search: until then the database has something else to do. */
async function wordsAreRead(page: Page): Promise<void> {
  const inTime = await page.evaluate(async (patience) => {
    const begun = performance.now();
    while ((await window.askDatabase('select 1 as one from sync.unread limit 1')).length > 0) {
      if (performance.now() - begun > patience) return false;
      await new Promise((idle) => requestIdleCallback(idle));
    }
    return true;
  }, longest);
  if (!inTime) throw new Error('the words of all rows were not read in time');
}

/** @returns ms from the question to its answer, in the page */
function asked(page: Page, sql: string): Promise<number> {
  return page.evaluate(async (text) => {
    const begun = performance.now();
    const rows = await window.askDatabase(text);
    const ms = performance.now() - begun;
    if (rows.length === 0) throw new Error('no rows');
    return ms;
  }, sql);
}
