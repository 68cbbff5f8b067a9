// The second app on the core (examples/drafts): a blog whose drafts are kept in the browser and survive being offline.
import type { Page } from '@playwright/test';
import { Server } from './server';
import { type Device, expect, test } from './test';

// Not a fixture of the worker: with one, Playwright gives the file a worker and an app server of its own, after all others.
let blog: Server;
test.beforeAll(async () => {
  test.setTimeout(200_000);
  blog = await Server.create('examples/drafts/server.ts');
});
test.afterAll(() => blog.remove());

/** Signs in by the form; it leads to the drafts, which open without the server from now on. */
async function drafts(device: Device, name: string): Promise<Page> {
  const page = await device.context.newPage();
  await page.goto('/login');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(`${name} writes`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: `Drafts of ${name}` })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText('Online, everything is sent');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  return page;
}

/** The newest draft of the page, which stands first. */
const newest = (page: Page) => page.getByRole('article').first();
const marked = (page: Page, mark: string) => expect(newest(page).locator('.mark')).toHaveText(mark);

async function write(page: Page, title: string, text: string): Promise<void> {
  const before = await page.getByRole('article').count();
  await page.getByRole('button', { name: 'New draft' }).click();
  await expect(page.getByRole('article')).toHaveCount(before + 1);
  await newest(page).getByLabel('Title').fill(title);
  await newest(page).getByLabel('Text').fill(text);
}

async function reads(page: Page, title: string, text: string): Promise<void> {
  await expect(newest(page).getByLabel('Title')).toHaveValue(title);
  await expect(newest(page).getByLabel('Text')).toHaveValue(text);
}

test('W1, C4: a draft of the example written offline survives a reload, arrives, and is published by a form', async ({
  device,
}) => {
  const [mine, other] = [await device({ baseURL: blog.url }), await device({ baseURL: blog.url })];
  const [ada, ben] = [await drafts(mine, 'ada'), await drafts(other, 'ben')];

  await mine.offline(true);
  await expect(ada.getByRole('status')).toHaveText(/^Offline/);
  await write(ada, 'From the train', 'No signal here.\nIt is written all the same.');
  await marked(ada, 'On this device');
  await ada.reload();
  await reads(ada, 'From the train', 'No signal here.\nIt is written all the same.');
  await marked(ada, 'On this device');
  await newest(ada).getByRole('button', { name: 'Publish' }).click();
  await marked(ada, 'Publishing needs the server, which is out of reach.');
  await expect(ben.getByRole('article')).toHaveCount(0);

  await mine.offline(false);
  await marked(ada, 'Sent');
  await reads(ben, 'From the train', 'No signal here.\nIt is written all the same.');
  await newest(ben).getByLabel('Title').fill('From the night train');
  await reads(ada, 'From the night train', 'No signal here.\nIt is written all the same.');
  await marked(ada, 'Sent');

  // An ordinary form from here on.
  await newest(ada).getByRole('button', { name: 'Publish' }).click();
  await expect(ada).toHaveURL(`${blog.url}/`);
  await expect(newest(ada).getByRole('heading')).toHaveText('From the night train');
  await expect(newest(ada)).toContainText('It is written all the same.');
  await expect(ben.getByRole('article')).toHaveCount(0);
  await newest(ada).getByRole('button', { name: 'unpublish' }).click();
  await expect(ada.getByRole('article')).toHaveCount(0);
  await reads(ben, 'From the night train', 'No signal here.\nIt is written all the same.');
});

test('W1: drafts of the example outlive the server that was killed under them', async ({ device }) => {
  const blog = await Server.create('examples/drafts/server.ts');
  try {
    const [mine, other] = [await device({ baseURL: blog.url }), await device({ baseURL: blog.url })];
    const [ada, ben] = [await drafts(mine, 'ada'), await drafts(other, 'ben')];
    await blog.kill();
    await expect(ada.getByRole('status')).toHaveText(/^Offline/);
    await write(ada, 'While it was down', 'The page stayed open.');
    await marked(ada, 'On this device');
    await ada.reload();
    await reads(ada, 'While it was down', 'The page stayed open.');
    await newest(ada).getByLabel('Text').fill('And it opened again.');
    await marked(ada, 'On this device');

    await blog.start();
    await marked(ada, 'Sent');
    await reads(ben, 'While it was down', 'And it opened again.');
    await expect(ada.getByRole('status')).toHaveText('Online, everything is sent');
  } finally {
    await blog.remove();
  }
});

test('M1: of two texts written apart the newer stays, and the older is shown to whoever wrote it', async ({
  device,
}) => {
  const [mine, other] = [await device({ baseURL: blog.url }), await device({ baseURL: blog.url })];
  const [ada, ben] = [await drafts(mine, 'ada'), await drafts(other, 'ben')];
  await write(ada, 'Two pens', 'The beginning.');
  await reads(ben, 'Two pens', 'The beginning.');
  await mine.offline(true);
  await newest(ada).getByLabel('Text').fill('What Ada made of it.');
  await marked(ada, 'On this device');
  await newest(ben).getByLabel('Text').fill('What Ben made of it.');
  await marked(ben, 'Sent');
  await mine.offline(false);
  await marked(ada, 'Sent');
  await reads(ada, 'Two pens', 'What Ben made of it.');
  await expect(ada.locator('#lost')).toContainText('What Ada made of it.');
});
