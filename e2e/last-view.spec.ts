// The first paint from the last visit: real content before the app has arrived, told as what it is, of this person only.
import type { Page } from '@playwright/test';
import { makeTeam } from './team';
import { expect, test } from './test';

/** All text of the page, that of closed shadow trees too. */
async function everyText(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
  await session.detach();
  const texts: string[] = [];
  const walk = (node: typeof root) => {
    if (node.nodeName === '#text') texts.push(node.nodeValue);
    for (const child of [...(node.shadowRoots ?? []), ...(node.children ?? [])]) walk(child);
  };
  walk(root);
  return texts.join('\n');
}

test('R4, R6, A3: what was seen last is painted before the app has come, says so, and gives way to the app', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Seen before', 'Also seen'] });
  const made = await device({ serviceWorkers: 'block' });
  const { context } = made;
  // Without a service worker readyForOffline() would wait for one.
  await context.addInitScript(() => {
    Object.defineProperty(navigator.serviceWorker, 'ready', { get: () => Promise.resolve() });
  });
  const app = await made.boardOf(team, team.owner);
  await expect(app.card('Seen before')).toBeVisible();
  await app.page.waitForURL(/\/board/);

  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  await context.route(/\/assets\/main-.*\.js$/, async (route) => {
    await released;
    await route.continue();
  });
  await app.page.reload({ waitUntil: 'commit' });
  await expect.poll(() => everyText(app.page)).toContain('Seen before');
  const painted = await everyText(app.page);
  expect(painted).toContain('Also seen');
  expect(painted).toMatch(/From your last visit, \d/);
  expect(painted).not.toContain('Up to date');
  // A picture is no part of the app.
  await expect(app.page.getByText('Seen before')).toHaveCount(0);
  await expect(app.page.locator('#last-view')).toHaveAttribute('inert', '');

  // Another person of this browser sees nothing of it.
  await app.page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('outpost.session')!);
    localStorage.setItem('kept', JSON.stringify(session));
    localStorage.setItem(
      'outpost.session',
      JSON.stringify({ ...session, user: { ...session.user, id: 'another' } }),
    );
  });
  await app.page.reload({ waitUntil: 'commit' });
  await expect.poll(() => everyText(app.page)).toContain('Opening…');
  expect(await everyText(app.page)).not.toContain('Seen before');
  await app.page.evaluate(() => localStorage.setItem('outpost.session', localStorage.getItem('kept')!));

  await app.page.reload({ waitUntil: 'commit' });
  await expect.poll(() => everyText(app.page)).toContain('Seen before');
  release();
  await expect(app.card('Seen before')).toBeVisible();
  await expect(app.page.locator('#last-view')).toHaveCount(0);
  await app.upToDate();

  // What is of a workspace that one is not in any more leaves this browser with the next start (R4).
  // The app asks for the session once more when it is up to date, and may put the membership back meanwhile.
  await expect(async () => {
    await app.page.evaluate(() => {
      const session = JSON.parse(localStorage.getItem('outpost.session')!);
      localStorage.setItem('outpost.session', JSON.stringify({ ...session, memberships: [] }));
    });
    await app.page.goto('/sign-in?next=/');
    expect(await app.page.evaluate(() => localStorage.getItem('outpost.last-view'))).toBeNull();
  }).toPass();
  await app.page.evaluate(() => localStorage.setItem('outpost.session', localStorage.getItem('kept')!));
  await app.openBoard(team);
  await app.upToDate();

  // What is removed with the data stays removed, also when the tab is hidden meanwhile.
  await app.page.getByRole('button', { name: /^Workspace:/ }).click();
  await app.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await app.page.getByRole('radio', { name: /remove/i }).check();
  await app.page.getByRole('button', { name: 'Sign out and remove' }).click();
  await expect(app.page.getByLabel('E-mail')).toBeVisible();
  await app.page.goto('about:blank');
  await app.page.goto('/sign-in');
  expect(await app.page.evaluate(() => localStorage.getItem('outpost.last-view'))).toBeNull();
});
