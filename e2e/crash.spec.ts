// The browser killed right after it showed a write as kept on this device.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { App, columns } from './app';
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

/** kill -9 of the browser that has this profile, with all its processes at once. */
function killTree(profile: string): void {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const processes = lines.flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), args }] : [];
  });
  const doomed = new Set(processes.filter((p) => p.args.includes(profile)).map((p) => p.pid));
  expect(doomed.size).toBeGreaterThan(0);
  for (let before = 0; before < doomed.size; ) {
    before = doomed.size;
    for (const { pid, parent } of processes) if (doomed.has(parent)) doomed.add(pid);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It went with its parent.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
