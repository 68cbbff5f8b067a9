// S4: a device whose database is not in one file of OPFS yet is moved into one as it opens, with its unsent work.
import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { columns } from './app';
import { unpackClient } from './released-client';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

/** What is at the root of OPFS. */
const rootOf = (page: Page) =>
  page.evaluate(async () => {
    const root = (await navigator.storage.getDirectory()) as unknown as {
      keys(): AsyncIterable<string>;
    };
    const names: string[] = [];
    for await (const name of root.keys()) names.push(name);
    return names
      .filter((name) => name.startsWith('outpost-'))
      .map((name) => name.replace(/^outpost-[^.]*/, 'database'));
  });

test('S4: a device of 0.2.0 goes on in one file; what it had not sent is sent', async ({ device }) => {
  const client = unpackClient('0.2.0');
  const server = await Server.create('scripts/start.ts', client);
  try {
    const team = await makeTeam(server, { tasks: ['Known'] });
    const browser = await device({ baseURL: server.url });
    const before = await browser.boardOf(team, team.owner);
    expect(await rootOf(before.page)).toEqual(['database']);
    await browser.offline(true);
    await before.says('Offline');
    await before.addTask(columns.todo, 'Written before');
    await before.isOnlyHere('Written before');
    // The next load has the new version, as when the old one's files were thrown away.
    await before.page.evaluate(async () => {
      for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
      for (const name of await caches.keys())
        if (/^outpost-[0-9a-f]{12}$/.test(name)) await caches.delete(name);
    });
    await before.page.close();
    await server.kill();
    server.client = null;
    await server.start();
    await browser.offline(false);
    const app = await browser.tab();
    await app.openBoard(team);
    await expect(app.card('Written before')).toBeVisible();
    await app.upToDate();
    expect(await rootOf(app.page)).toEqual(['database.disk']);
    const titles = [...(await team.owner.rows(team.workspaceId, 'task')).values()].map((row) => row.title);
    expect(titles.sort()).toEqual(['Known', 'Written before']);
  } finally {
    await server.remove();
    rmSync(client, { recursive: true, force: true });
  }
});

test('S4: a device that kept its database in IndexedDB, and whose browser has learned OPFS, goes on in one file', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Known'] });
  const browser = await device({ serviceWorkers: 'block' });
  const { context } = browser;
  await context.route('**/assets/*.js', async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const old = `if (typeof FileSystemFileHandle === 'function') delete FileSystemFileHandle.prototype.createSyncAccessHandle;\n`;
    await route.fulfill({ response, body: old + script });
  });
  const before = await browser.tab();
  await before.openBoard(team);
  await before.signIn(team.owner);
  await before.upToDate();
  expect(await rootOf(before.page)).toEqual([]);
  await context.route('**/api/write', (route) => route.abort());
  await before.addTask(columns.todo, 'Written before');
  await before.isOnlyHere('Written before');
  await before.page.close();
  await context.unroute('**/assets/*.js');
  const app = await browser.tab();
  await app.openBoard(team);
  await app.isOnlyHere('Written before');
  expect(await rootOf(app.page)).toEqual(['database.disk']);
  await context.unroute('**/api/write');
  await app.page.reload();
  await app.isOnServer('Written before');
  await app.upToDate();
});
