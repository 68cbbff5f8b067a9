// The browser killed right after it showed a write as kept on this device.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { App, columns } from './app';
import { killTree } from './kill-tree';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

const ROUNDS = 3;

test('W1: a write shown as kept survives kill -9 of the browser, with and without a server', async ({
  launchOptions,
}) => {
  const server = await Server.create();
  const profile = mkdtempSync(join(tmpdir(), 'outpost-profile-'));
  let context: BrowserContext | null = null;
  const open = async () => {
    context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: server.url });
    const app = new App(context.pages()[0] ?? (await context.newPage()));
    await app.openBoard(team);
    return app;
  };
  const team = await makeTeam(server, { tasks: ['From before'] });
  try {
    const app = await open();
    await app.signIn(team.owner);
    await app.readyForOffline();
    await context!.close();

    const written: string[] = [];
    const killedAfterWriting = async (title: string) => {
      const tab = await open();
      for (const earlier of written) await expect(tab.card(earlier)).toBeVisible();
      await tab.addTask(columns.doing, title);
      // Shown is not yet kept: the mark says when it is.
      await expect(tab.card(title)).not.toHaveAccessibleName(/being stored$/);
      written.push(title);
      const ended = new Promise((done) => context!.once('close', done));
      killTree(profile);
      await ended;
    };
    for (let round = 1; round <= ROUNDS; round++) await killedAfterWriting(`Online ${round}`);
    await server.kill();
    for (let round = 1; round <= ROUNDS; round++) await killedAfterWriting(`Alone ${round}`);

    const last = await open();
    for (const title of written) await expect(last.card(title)).toBeVisible();
    for (let round = 1; round <= ROUNDS; round++) await last.isOnlyHere(`Alone ${round}`);
    await server.start();
    await last.chip.click();
    await last.page.getByRole('button', { name: 'Try now' }).click();
    await last.upToDate();
    const stored = await team.owner.rows(team.workspaceId, 'task');
    const titles = [...stored.values()].map((row) => row.title).sort();
    expect(titles).toEqual([...written, 'From before'].sort());
  } finally {
    await (context as BrowserContext | null)?.close();
    await server.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});
