// Outpost as a subject of measurement: a person who is signed in, on the board of a project.
// Writing is a key on a card (its priority), searching is text put into the search box.
import type { BrowserContext, Page } from '@playwright/test';
import { inPageScript, tasksReadableMark } from './in-page';
import type { Subject } from './runs';
import type { Account } from './server';

export function appSubject(url: string, account: Account): Subject {
  return {
    name: 'Outpost',
    url,
    worker: /\/assets\/worker-[^/]*\.js$/,
    marks: {
      firstPaint: 'first-contentful-paint',
      tasksReadable: tasksReadableMark,
      databaseWritable: 'sync:database-writable',
    },
    async enter(context) {
      await rememberSession(context, url, account);
    },
    async prepare(context) {
      await context.addInitScript(inPageScript('[data-task-id]'));
    },
    async loaded(page) {
      await page.waitForSelector('[data-sync="current"]', { state: 'attached', timeout: 300_000 });
      await page.waitForSelector('[data-task-id]', { timeout: 300_000 });
    },
    writeToPaint: (page, nth) => setPriority(page, nth % 2 === 0 ? 1 : 2),
    async searchToPaint(page, words) {
      await openSearch(page);
      const shown = page.evaluate(() =>
        window.measure.sinceInput(() => document.querySelector('#hits [role=option]') !== null),
      );
      await page.keyboard.insertText(words);
      const ms = await shown;
      await page.getByRole('combobox', { name: /search/i }).fill('');
      await page.waitForFunction(() => document.querySelector('#hits [role=option]') === null);
      return ms;
    },
  };
}

/** Signs in as the form does, and lets the browser know who it is, as it would after a first visit. */
async function rememberSession(context: BrowserContext, url: string, account: Account): Promise<void> {
  const headers = { origin: url };
  const signedIn = await context.request.post(`${url}/api/auth/sign-in/email`, { data: account, headers });
  if (!signedIn.ok()) throw new Error(`sign-in: ${signedIn.status()} ${await signedIn.text()}`);
  const session = await (await context.request.get(`${url}/api/session`)).text();
  await context.addInitScript(
    `localStorage.getItem('outpost.session') ?? localStorage.setItem('outpost.session', ${JSON.stringify(session)})`,
  );
}

/**
 * Changes the first task of one device's board.
 * @returns ms from the key there to the frame in which another device, which shows the same board, shows it
 */
export async function reachOther(page: Page, other: Page, nth: number): Promise<number> {
  const priority = nth % 2 === 0 ? 1 : 2;
  const id = await page.evaluate(() => document.querySelector<HTMLElement>('[data-task-id]')?.dataset.taskId);
  const seen = other.evaluate(
    ({ card, label }) =>
      window.measure.paintedAt(() => document.querySelector(card)?.ariaLabel?.includes(label) === true),
    { card: `[data-task-id="${id}"]`, label: `, ${priorityNames[priority]} priority` },
  );
  await setPriority(page, priority);
  return (await seen) - (await page.evaluate(() => window.measure.inputAt()));
}

const priorityNames = { 1: 'Urgent', 2: 'High' };

async function setPriority(page: Page, priority: 1 | 2): Promise<number> {
  const id = await page.evaluate(() => {
    const card = document.querySelector<HTMLElement>('[data-task-id]');
    card?.focus();
    return card?.dataset.taskId ?? '';
  });
  const name = priorityNames[priority];
  const shown = page.evaluate(
    ({ card, label }) =>
      window.measure.sinceInput(() => document.querySelector(card)?.ariaLabel?.includes(label) === true),
    { card: `[data-task-id="${id}"]`, label: `, ${name} priority` },
  );
  await page.keyboard.press(String(priority));
  return shown;
}

async function openSearch(page: Page): Promise<void> {
  const box = page.getByRole('combobox', { name: /^search tasks, comments/i });
  if (await box.isVisible()) return box.focus();
  await page.keyboard.press('/');
  await box.waitFor();
  await box.focus();
}
