// Every value that the schema admits is shown: a workspace with a row for each extreme of each column, on every page,
// on a desktop and on a phone. What fills it knows the schema and is a program of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type { App } from './app';
import { makeTeam, type Team } from './team';
import { expect, test } from './test';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Filled {
  readonly ids: Record<'project' | 'task' | 'resource' | 'item' | 'place' | 'page', string>;
  readonly rows: number;
  readonly refused: readonly string[];
  readonly counts: Record<string, number>;
  readonly tasks: readonly string[];
  readonly pages: readonly string[];
  readonly resources: readonly string[];
}

async function fill(url: string, team: Team): Promise<Filled> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      'tsx',
      'scripts/testing/fill-extremes.ts',
      url,
      team.workspaceId,
      team.owner.email,
      team.owner.password,
    ],
    { cwd: root, maxBuffer: 10_000_000 },
  );
  return JSON.parse(stdout) as Filled;
}

/** Goes to an address as by a link of the app, without loading the app again. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState({}, '', to), path);
}

/** What a page must not have: a part that could not be drawn, and anything wider than the page. */
async function faults(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    // What slides in has arrived.
    const moving = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.all(moving.map((one) => one.finished.catch(() => {})));
    const found: string[] = [];
    const text = document.body.textContent ?? '';
    const failed = /Something went wrong|This page has failed|cannot be shown\./;
    for (const one of document.querySelectorAll('[data-boundary]'))
      found.push(`boundary: ${one.textContent}`);
    if (failed.test(text)) found.push(`failed: ${failed.exec(text)![0]}`);
    const wide = document.documentElement;
    if (wide.scrollWidth > wide.clientWidth) found.push(`the page is ${wide.scrollWidth} px wide`);
    // A part that scrolls sideways because a text did not fit; these do so on purpose.
    const onPurpose = 'pre, table, .tableWrapper';
    for (const one of document.querySelectorAll('body *')) {
      const { overflowX, overflowY } = getComputedStyle(one);
      const sideways = overflowX === 'auto' || overflowX === 'scroll';
      if (
        !sideways ||
        one.scrollWidth <= one.clientWidth + 1 ||
        one.closest(onPurpose) ||
        one.matches('[data-sideways]')
      )
        continue;
      if (overflowY === 'auto' && one.matches('textarea')) continue;
      found.push(
        `scrolls sideways: <${one.tagName.toLowerCase()} class="${one.className}"> ${one.scrollWidth} in ${one.clientWidth}`,
      );
    }
    for (const one of document.querySelectorAll('header button, main button, main a, aside button')) {
      const { right, width } = one.getBoundingClientRect();
      if (width === 0 || right <= innerWidth + 1 || one.closest('[data-sideways]')) continue;
      let around = one.parentElement;
      while (around && !/auto|scroll/.test(getComputedStyle(around).overflowX)) around = around.parentElement;
      if (!around)
        found.push(
          `cut off at the right: ${one.getAttribute('aria-label') ?? one.textContent?.slice(0, 60)}`,
        );
    }
    return found;
  });
}

/** Looks at all of the page: each part that scrolls is scrolled to its end, screen by screen. */
async function lookThrough(page: Page, where: string): Promise<string[]> {
  const found = new Set<string>();
  const look = async () => {
    for (const fault of await faults(page)) found.add(`${where}: ${fault}`);
  };
  await look();
  const count = await page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLElement>('main *, aside *')].filter((one, i) => {
        const scrolls =
          /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1;
        if (scrolls) one.dataset.scroller = String(i);
        return scrolls;
      }).length,
  );
  for (let i = 0; i < count; i++) {
    for (let step = 0; step < 6; step++) {
      const more = await page.evaluate(async (which) => {
        const one = document.querySelectorAll<HTMLElement>('[data-scroller]')[which];
        if (!one) return false;
        const before = one.scrollTop;
        one.scrollTop += one.clientHeight;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return one.scrollTop > before;
      }, i);
      await look();
      if (!more) break;
    }
  }
  return [...found];
}

test('A5: every extreme that the schema admits is shown on every page, on a desktop and on a phone', async ({
  device,
  server,
}) => {
  test.setTimeout(580_000);
  const team = await makeTeam(server);
  const filled = await fill(server.url, team);
  // The schema refuses none of its own extremes, and there are many.
  expect(filled.refused).toEqual([]);
  expect(filled.rows).toBeGreaterThan(150);
  for (const table of [
    'project',
    'label',
    'task',
    'comment',
    'resource',
    'booking',
    'stock_item',
    'stock_place',
    'page',
  ]) {
    expect([table, filled.counts[table]! > 3]).toEqual([table, true]);
  }

  const computer = await device();
  const app = await computer.tab();
  const failures: string[] = [];
  app.page.on('pageerror', (error) => failures.push(error.message));
  await app.openBoard({ ...team, projectId: filled.ids.project });
  await app.signIn(team.owner);
  await expect(app.chip).toHaveAccessibleName(/^Sync: (Up to date|\d+ things need)/, { timeout: 120_000 });

  const base = `/w/${team.workspaceId}`;
  const today = new Date().toISOString().slice(0, 10);
  const places: readonly [name: string, path: string, ready: (app: App) => Promise<void>][] = [
    [
      'board',
      `${base}/p/${filled.ids.project}/board`,
      async (a) => expect(a.column('To do').getByRole('listitem').first()).toBeVisible(),
    ],
    [
      'list',
      `${base}/p/${filled.ids.project}/list`,
      async (a) =>
        expect(a.main.getByRole('list', { name: 'Tasks' }).getByRole('listitem').nth(3)).toBeVisible(),
    ],
    [
      'task',
      `${base}/p/${filled.ids.project}/board?task=${filled.ids.task}`,
      async (a) => expect(a.panel.getByRole('article').first()).toBeVisible(),
    ],
    [
      'bookings of a day',
      `${base}/bookings?view=day&date=${today}`,
      async (a) => expect(a.main.locator('[data-booking]').first()).toBeVisible(),
    ],
    [
      'bookings of a week',
      `${base}/bookings?view=week&date=${today}&resource=${filled.ids.resource}`,
      async (a) => expect(a.main.locator('[data-booking]').first()).toBeVisible(),
    ],
    [
      'bookings of a month',
      `${base}/bookings?view=month&date=${today}`,
      async (a) => expect(a.main.locator('[data-day]').first()).toBeVisible(),
    ],
    [
      'bookings at the beginning of time',
      `${base}/bookings?view=month&date=1900-01-01`,
      async (a) => expect(a.main.locator('[data-day]').first()).toBeVisible(),
    ],
    [
      'bookings at the end of time',
      `${base}/bookings?view=week&date=2199-12-31&resource=${filled.ids.resource}`,
      async (a) => expect(a.main.locator('[data-booking]').first()).toBeVisible(),
    ],
    [
      'resources',
      `${base}/bookings/resources`,
      async (a) =>
        expect(
          a.main.getByRole('list', { name: 'Resources', exact: true }).getByRole('listitem').nth(3),
        ).toBeVisible(),
    ],
    [
      'stock',
      `${base}/stock`,
      async (a) =>
        expect(a.main.getByRole('list', { name: 'Items' }).getByRole('listitem').nth(3)).toBeVisible(),
    ],
    [
      'stock item',
      `${base}/stock?item=${filled.ids.item}`,
      async (a) => expect(a.page.getByRole('complementary').getByText('W'.repeat(20)).first()).toBeVisible(),
    ],
    ['pages', `${base}/pages`, async (a) => expect(a.main.getByRole('link').nth(3)).toBeVisible()],
    [
      'bin',
      `${base}/pages?show=bin`,
      async (a) => expect(a.main.getByRole('listitem').first()).toBeVisible(),
    ],
    [
      'page',
      `${base}/d/${filled.ids.page}`,
      async (a) => expect(a.main.getByText('W'.repeat(20)).first()).toBeVisible(),
    ],
    [
      'inbox',
      `${base}/inbox`,
      async (a) =>
        expect(a.main.getByRole('list', { name: 'Inbox' }).getByRole('listitem').nth(5)).toBeVisible(),
    ],
    [
      'search',
      `${base}/search?q=some`,
      async (a) => expect(a.page.getByRole('option').first()).toBeVisible(),
    ],
    ['settings', `${base}/settings`, async (a) => expect(a.main.getByText(/ of 5 GB$/)).toBeVisible()],
    [
      'members',
      `${base}/members`,
      async (a) => expect(a.main.getByText(team.owner.email).first()).toBeVisible(),
    ],
  ];
  const found: string[] = [];
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await app.page.setViewportSize({ width, height });
    for (const [name, path, ready] of places) {
      await app.page.goto(path);
      const shown = await ready(app).then(
        () => null,
        (error: Error) => `${name} at ${width}: ${error.message.split('\n').slice(0, 4).join(' ')}`,
      );
      if (shown) found.push(shown);
      found.push(...(await lookThrough(app.page, `${name} at ${width}`)));
    }
    // Each task and each page by itself, in the app that is open; the one before is gone first.
    if (width > 1000) {
      const list = `${base}/p/${filled.ids.project}/list`;
      await app.page.goto(list);
      for (const id of filled.tasks) {
        await follow(app.page, list);
        await expect(app.panel).toBeHidden();
        await follow(app.page, `${list}?task=${id}`);
        await expect(app.title).toBeVisible();
        found.push(...(await faults(app.page)).map((fault) => `task ${id}: ${fault}`));
      }
      const title = app.main.getByRole('textbox', { name: 'Title' });
      for (const id of filled.pages) {
        await follow(app.page, `${base}/pages`);
        await expect(title).toBeHidden();
        await follow(app.page, `${base}/d/${id}`);
        await expect(title).toBeVisible();
        found.push(...(await faults(app.page)).map((fault) => `page ${id}: ${fault}`));
      }
    }
  }
  expect(found).toEqual([]);
  expect(failures).toEqual([]);

  // The calendar of each resource.
  for (const id of [filled.ids.resource, ...filled.resources.slice(0, 5)]) {
    const made = await app.page.request.post(`/api/workspaces/${team.workspaceId}/resources/${id}/feeds`, {
      data: {},
      headers: { origin: server.url },
    });
    const { url } = (await made.json()) as { url: string };
    const feed = await app.page.request.get(url);
    expect(feed.status()).toBe(200);
    expect(await feed.text()).toContain('END:VCALENDAR');
  }
});
