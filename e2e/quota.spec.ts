// A browser whose storage is full (Chromium's own quota, lowered): each change that is not stored says so at once, what was
// typed stays on the screen, nothing is called saved, and with room again it goes on. And a network whose sign-in page
// answers in place of the server while the app opens.
import { randomBytes } from 'node:crypto';
import type { App } from './app';
import { makeTeam } from './team';
import { type Device, expect, test } from './test';

const said = /^This change could not be stored: this device’s storage is full/;

/** Text that does not compress. */
const letters = (count: number) => randomBytes(count).toString('base64').slice(0, count);

/** Leaves the browser no room, or gives it back. The limit holds as long as the session that set it. */
async function quotaOf(device: Device, app: App): Promise<(bytes?: number) => Promise<void>> {
  const session = await device.context.newCDPSession(app.page);
  const { origin } = new URL(app.page.url());
  return async (bytes) => {
    await session.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(bytes === undefined ? {} : { quotaSize: bytes }),
    });
  };
}

test('W1: with no room left, every kind of change says that it is not stored and keeps what was typed; with room it is stored', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['one', 'two'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  const { page } = app;
  const toast = page.getByText(said).first();
  const text = page.getByRole('textbox', { name: 'Page text' });
  const title = page.getByRole('textbox', { name: 'Page title' });
  await page.getByRole('button', { name: 'New page' }).first().click();
  await title.fill('Log');
  await title.press('Enter');
  await expect(text).toBeFocused();
  await page.keyboard.type('Before.');
  await expect(text).toContainText('Before.');
  await app.upToDate();
  await app.openBoard(team);
  await expect(app.card('one')).toBeVisible();
  await app.upToDate();

  const quota = await quotaOf(browser, app);
  await quota(1_000);
  // A comment that needs room.
  await app.openTask('one');
  const box = app.panel.getByRole('textbox', { name: 'Write a comment' });
  const articles = app.panel.getByRole('article');
  // The browser has set some room aside for files that are open: changes find place in it, and are stored, until it is used up.
  let comment = '';
  for (let stored = 0; ; stored++) {
    expect(stored).toBeLessThan(60);
    comment = `${stored} ${letters(60_000)}`;
    await box.fill(comment);
    await app.panel.getByRole('button', { name: 'Comment', exact: true }).click();
    // It is on the screen before the database has answered: with another mark when it has.
    const done = articles.nth(stored).filter({ hasNot: page.locator('[data-writing=true]') });
    await expect(done.or(toast).first()).toBeVisible();
    if (await toast.isVisible()) {
      await expect(articles).toHaveCount(stored);
      break;
    }
    await expect(box).toHaveValue('');
  }
  await expect(box).toHaveValue(comment);
  await app.says('Storage full');
  // A description.
  const description = letters(90_000);
  await app.panel.getByRole('button', { name: /^(Add a description…|Edit description)$/ }).click();
  const field = app.panel.getByRole('textbox', { name: 'Description' });
  await field.fill(description);
  await field.press('Escape');
  await expect(field).toHaveValue(description);
  await app.closeTask();
  // A page's text.
  await page.getByRole('list', { name: 'Pages' }).getByRole('link', { name: 'Log', exact: true }).click();
  await expect(text).toContainText('Before.');
  await text.click();
  await page.keyboard.insertText(`Letters that find no room. ${letters(60_000)}`);
  await expect(
    page.getByRole('alert').getByText(/^Not stored: This change could not be stored/),
  ).toBeVisible();
  await expect(text).toContainText('Letters that find no room.');

  await quota();
  // The page stores what is typed by itself.
  await expect(page.getByRole('alert')).toBeHidden({ timeout: 20_000 });
  await app.openBoard(team);
  await app.openTask('one');
  await box.fill(comment);
  await app.panel.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(box).toHaveValue('');
  await app.upToDate();
  await page.getByRole('list', { name: 'Pages' }).getByRole('link', { name: 'Log', exact: true }).click();
  await expect(text).toContainText('Letters that find no room.');
});

test('R6: a sign-in page of a network while the app opens: it is said, and when it is gone the app goes on within seconds', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['one'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  for (const body of ['<!doctype html><title>Welcome to the hotel</title>', '{}', '']) {
    let asked = 0;
    await browser.context.route('**/api/session*', async (route) => {
      asked++;
      await route.fulfill({
        status: 200,
        contentType: body.startsWith('<') ? 'text/html' : 'application/json',
        body,
      });
    });
    await app.page.reload();
    await app.says('Not syncing');
    await expect(app.card('one')).toBeVisible();
    await app.chip.click();
    await expect(app.page.getByText(/Something else answers in place of the server/).first()).toBeVisible();
    await expect(app.page.getByText(/Cannot read|undefined|JSON|Unexpected/)).toHaveCount(0);
    await app.page.keyboard.press('Escape');
    await expect.poll(() => asked).toBeGreaterThan(2);
    await browser.context.unroute('**/api/session*');
    await app.upToDate();
  }
});
