// Images and files through the interface: put in without a network and shown everywhere, exported and imported; and what
// leads into a page: a hit of a search.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BrowserContext, chromium, type Locator } from '@playwright/test';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { App } from './app';
import { killTree } from './kill-tree';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

const text = (app: App): Locator => app.page.getByRole('textbox', { name: 'Page text' });
const title = (app: App): Locator => app.page.getByRole('textbox', { name: 'Page title' });
const image = (app: App, name: string): Locator => text(app).getByRole('img', { name });
const hereOnly = (app: App): Locator => text(app).getByText('Only on this device');

async function newPage(app: App, name: string): Promise<void> {
  await app.page.getByRole('button', { name: 'New page' }).first().click();
  await expect(title(app)).toHaveValue('');
  await expect(text(app)).toBeVisible();
  await title(app).fill(name);
  await title(app).press('Enter');
  await expect(text(app)).toBeFocused();
}

async function openPage(app: App, name: string): Promise<void> {
  await app.page.getByRole('list', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await expect(title(app)).toHaveValue(name);
  await expect(text(app)).toBeVisible();
}

/** A picture of one colour, drawn by the browser. */
async function draw(app: App, color: string): Promise<Buffer> {
  const url = await app.page.evaluate((fill) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.fillStyle = fill;
    context.fillRect(0, 0, 320, 180);
    return canvas.toDataURL('image/png');
  }, color);
  return Buffer.from(url.split(',')[1]!, 'base64');
}

/** Pastes a file at the caret, as the clipboard gives it. */
async function paste(app: App, file: { name: string; type: string; bytes: Buffer }): Promise<void> {
  await text(app).evaluate(
    (body, { name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], name, { type }));
      body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    { name: file.name, type: file.type, base64: file.bytes.toString('base64') },
  );
}

/** The image is drawn, not only named. */
async function isShown(app: App, name: string): Promise<void> {
  await expect(image(app, name)).toBeVisible();
  await expect
    .poll(() => image(app, name).evaluate((img) => (img as HTMLImageElement).naturalWidth))
    .toBe(320);
}

/** Files in the browser's stores of this application, by store. */
const storedFiles = (app: App): Promise<Record<string, number>> =>
  app.page.evaluate(async () => {
    const counts: Record<string, number> = {};
    for (const name of await caches.keys()) {
      const kind = /^outpost-(files|unsent)-/.exec(name)?.[1];
      if (kind) counts[kind] = (await (await caches.open(name)).keys()).length;
    }
    return counts;
  });

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('W1, D3: an image put in without a network stays, is sent, and is shown elsewhere, also offline', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const adas = await device();
  const bens = await device();
  const a = await adas.boardOf(team, team.owner);
  const b = await bens.boardOf(team, team.others[0]!);
  await newPage(a, 'Mast');
  await a.page.keyboard.type('Before.');
  await expect(b.page.getByRole('list', { name: 'Pages' }).getByRole('link', { name: 'Mast' })).toBeVisible();
  const bytes = await draw(a, 'teal');
  const address = `/api/files/${team.workspaceId}/${hashOf(bytes)}`;

  await a.upToDate();
  await adas.offline(true);
  await a.says(/Offline/);
  await paste(a, { name: 'mast.png', type: 'image/png', bytes });
  await isShown(a, 'mast');
  await expect(hereOnly(a)).toBeVisible();
  await a.says(/Offline · \d+ waiting/);
  await a.page.reload();
  await isShown(a, 'mast');
  await expect(hereOnly(a)).toBeVisible();

  await adas.offline(false);
  await expect.poll(async () => (await a.page.request.get(address)).status()).toBe(200);
  await expect(hereOnly(a)).toBeHidden();
  await a.upToDate();
  expect(await storedFiles(a)).toEqual({ files: 1, unsent: 0 });

  // Fetched ahead: this device has never opened the page.
  await expect.poll(async () => (await storedFiles(b)).files).toBe(1);
  await b.readyForOffline();
  await bens.offline(true);
  await b.says(/Offline/);
  await openPage(b, 'Mast');
  await isShown(b, 'mast');
  await expect(hereOnly(b)).toBeHidden();
  await b.page.reload();
  await isShown(b, 'mast');
});

test('W1: an image that was shown before kill -9 of the browser is there, and is sent', async ({
  launchOptions,
}) => {
  const server = await Server.create();
  const profile = mkdtempSync(join(tmpdir(), 'outpost-profile-'));
  const team = await makeTeam(server);
  let context: BrowserContext | null = null;
  const open = async (path: string) => {
    context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: server.url });
    const app = new App(context.pages()[0] ?? (await context.newPage()));
    await app.page.goto(path);
    return app;
  };
  try {
    const before = await open(`/w/${team.workspaceId}/pages`);
    await before.signIn(team.owner);
    await before.readyForOffline();
    await newPage(before, 'Mast');
    await before.upToDate();
    await server.kill();
    await paste(before, { name: 'mast.png', type: 'image/png', bytes: await draw(before, 'teal') });
    await isShown(before, 'mast');
    // As long as what is typed may take to be stored.
    await pause(300);
    const address = new URL(before.page.url()).pathname;
    const ended = new Promise((done) => context!.once('close', done));
    killTree(profile);
    await ended;
    const after = await open(address);
    await isShown(after, 'mast');
    await expect(hereOnly(after)).toBeVisible();
    await server.start();
    // The browser may have died before it kept its session; that costs a sign-in, no image.
    const { email, password } = team.owner;
    await after.page.request.post('/api/auth/sign-in/email', { data: { email, password } });
    await after.page.reload();
    await isShown(after, 'mast');
    await expect(hereOnly(after)).toBeHidden({ timeout: 60_000 });
  } finally {
    await (context as BrowserContext | null)?.close();
    await server.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});

test('an image that has not left its device is announced, and comes when it has', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const adas = await device();
  const a = await adas.boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await newPage(a, 'Pump');
  // The rows go, the bytes do not.
  await a.page.context().route('**/api/files/**', (route) => route.abort());
  await paste(a, { name: 'pump.png', type: 'image/png', bytes: await draw(a, 'maroon') });
  await isShown(a, 'pump');
  await openPage(b, 'Pump');
  await expect(text(b)).toContainText('This image is still on the device where it was put in.');
  await expect(hereOnly(a)).toBeVisible();
  await a.page.context().unroute('**/api/files/**');
  await isShown(b, 'pump');
  await expect(hereOnly(a)).toBeHidden();
});

test('the menu asks for an image; what cannot be shown or is too large is said, and nothing is lost', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  // Listened for early: the browser has to be told that it is not to ask itself.
  const asked = a.page.waitForEvent('filechooser', { timeout: 60_000 });
  await newPage(a, 'Plan');
  await a.page.keyboard.type('Kept text /image');
  await a.page.getByRole('option', { name: 'Image' }).waitFor();
  await a.page.keyboard.press('Enter');
  await (await asked).setFiles({ name: 'plan.png', mimeType: 'image/png', buffer: await draw(a, 'navy') });
  await isShown(a, 'plan');
  await paste(a, { name: 'drawing.svg', type: 'image/svg+xml', bytes: Buffer.from('<svg/>') });
  await expect(a.page.getByText('“drawing.svg” was not put in: PNG, JPEG')).toBeVisible();
  await paste(a, { name: 'huge.png', type: 'image/png', bytes: Buffer.alloc(10_000_001, 1) });
  await expect(a.page.getByText('“huge.png” was not put in: it has 10.0 MB')).toBeVisible();
  await expect(text(a)).toContainText('Kept text');
  await expect(text(a).getByRole('img')).toHaveCount(1);
  await expect(hereOnly(a)).toBeHidden();
});

test('a zip with images comes in; everything goes out offline, with the files beside the pages', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Repair the pump'] });
  const adas = await device();
  const a = await adas.boardOf(team, team.owner);
  const bytes = await draw(a, 'olive');
  // Large enough for a thread of its own.
  const long = Array.from({ length: 12_000 }, (_, i) => `Line ${i} of ${hashOf(Buffer.from(`${i}`))}.`).join(
    '\n\n',
  );
  const zip = zipSync({
    'kb/index.md': strToU8('# Handbook\n\nSee [the mast](mast.md).'),
    'kb/mast.md': strToU8('# The mast\n\n![north side](img/the%20mast.png)\n\n![gone](gone.png)'),
    'kb/long.md': strToU8(`# Long\n\n${long}`),
    'kb/img/the mast.png': new Uint8Array(bytes),
  });
  await a.page.goto(`/w/${team.workspaceId}/pages`);
  await a.page
    .getByLabel('Zip or Markdown files')
    .setInputFiles({ name: 'kb.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
  const report = a.page.getByRole('status').filter({ hasText: 'Imported 3 pages' });
  await expect(report).toContainText('2 images (1 with a file)');
  await report.getByText('What was not kept as it was').click();
  await expect(report).toContainText('1 × images whose file is missing');
  await a.page.getByRole('button', { name: 'Open Handbook' }).click();
  await text(a).getByRole('link', { name: 'the mast' }).click();
  await isShown(a, 'north side');

  await a.readyForOffline();
  await a.page.goto(`/w/${team.workspaceId}/pages`);
  await adas.offline(true);
  await a.says(/Offline/);
  const download = a.page.waitForEvent('download');
  await a.page.getByRole('button', { name: 'Export everything' }).click();
  const files = unzipSync(new Uint8Array(readFileSync(await (await download).path())));
  expect(Buffer.from(files['files/the-mast.png']!).equals(bytes)).toBe(true);
  const page = strFromU8(files['pages/handbook/the-mast.md']!);
  expect(page).toContain('![north side](../../files/the-mast.png)');
  expect(strFromU8(files['pages/handbook/long.md']!)).toContain('Line 11999 of');
  expect(strFromU8(files['pages/handbook.md']!)).toContain('[the mast](handbook/the-mast.md)');
  expect(strFromU8(files['tables/task.csv']!)).toContain('Repair the pump');
  expect(strFromU8(files['tables/file.csv']!)).toContain(hashOf(bytes));
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['bookings.ics', 'workspace.json']));
  expect(Object.keys(files)).not.toContain('files/not-exported.txt');
});

test('a hit of a search leads to its place in the page, marked', async ({ server, device }) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  const lines = Array.from({ length: 120 }, (_, i) => `Paragraph ${i}.`);
  lines[100] = 'The calibration certificate lies in the blue cabinet.';
  await a.page.goto(`/w/${team.workspaceId}/pages`);
  await a.page.getByLabel('Zip or Markdown files').setInputFiles({
    name: 'log.md',
    mimeType: 'text/markdown',
    buffer: Buffer.from(`# Log\n\n${lines.join('\n\n')}`),
  });
  await expect(a.page.getByRole('button', { name: 'Open Log' })).toBeVisible();
  await a.goTo('Search');
  await a.page.getByRole('combobox').fill('calibration certif');
  await a.page.getByRole('option', { name: /Log.*calibration certificate/ }).click();
  await expect(title(a)).toHaveValue('Log');
  const places = text(a).locator('.found-place');
  await expect(places).toHaveText(['calibration', 'certificate']);
  await expect(places.first()).toBeInViewport();
  // It goes with the first change of one's own.
  await text(a).getByText('blue cabinet').click();
  await a.page.keyboard.type('x');
  await expect(places).toHaveCount(0);
});

test('who moved a page to the bin is said to who was writing', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const a = await (await device()).boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await newPage(a, 'Draft');
  await a.page.keyboard.type('Half a thought');
  await openPage(b, 'Draft');
  await b.page.getByRole('button', { name: 'Page actions' }).click();
  await b.page.getByRole('menuitem', { name: 'Move to the bin' }).click();
  await expect(
    a.page.getByRole('alert').filter({ hasText: 'Ben moved this page to the bin while you were writing.' }),
  ).toBeVisible();
});

test('signing out and removing takes the files along', async ({ server, device }) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'Secret');
  await paste(a, { name: 'secret.png', type: 'image/png', bytes: await draw(a, 'black') });
  await isShown(a, 'secret');
  await expect(hereOnly(a)).toBeHidden();
  await expect.poll(async () => (await storedFiles(a)).files).toBe(1);
  await a.upToDate();
  await a.goTo('Settings');
  await a.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const dialog = a.page.getByRole('dialog', { name: 'Sign out' });
  await dialog.getByRole('radio', { name: /Remove it/ }).check();
  await dialog.getByRole('button', { name: 'Sign out and remove' }).click();
  await expect(a.page.getByLabel('Password')).toBeVisible();
  expect(await storedFiles(a)).toEqual({});
});
