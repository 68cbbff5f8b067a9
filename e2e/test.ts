// The tests' ground: a server for each worker, and devices, each a browser context of one person.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  chromium,
  expect,
} from '@playwright/test';
import { App } from './app';
import type { Person } from './person';
import { Server } from './server';
import type { Team } from './team';

export { expect };

/** One person's browser: tabs share its storage and its network. */
export class Device {
  constructor(readonly context: BrowserContext) {}

  async tab(): Promise<App> {
    return new App(await this.context.newPage());
  }

  /** A tab with the team's board, signed in and loaded. */
  async boardOf(team: Team, person: Person): Promise<App> {
    const app = await this.tab();
    await app.openBoard(team);
    await app.signIn(person);
    await app.readyForOffline();
    await expect(app.column('To do')).toBeVisible();
    return app;
  }

  async offline(is: boolean): Promise<void> {
    await this.context.setOffline(is);
  }
}

interface Fixtures {
  /** Makes a device. All of them are closed after the test. */
  device: (options?: BrowserContextOptions) => Promise<Device>;
}

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are used from here
    async ({}, use) => {
      const server = await Server.create();
      await use(server);
      await server.remove();
    },
    { scope: 'worker', timeout: 200_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  device: async ({ launchOptions, contextOptions, baseURL, viewport }, use) => {
    const opened: { readonly context: BrowserContext; readonly profile: string }[] = [];
    await use(async (options = {}) => {
      // A browser with a profile on disk, as people have it. One without (incognito) keeps the database's files in another
      // process and needs twice the time for everything.
      const profile = mkdtempSync(join(tmpdir(), 'outpost-profile-'));
      const context = await chromium.launchPersistentContext(profile, {
        ...launchOptions,
        ...contextOptions,
        viewport,
        baseURL: baseURL!,
        ...options,
      });
      opened.push({ context, profile });
      return new Device(context);
    });
    for (const { context, profile } of opened) {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    }
  },
});
