// A session that ends while a person works: nothing here stops, and signing in again in place sends everything.
import { type App, columns } from './app';
import type { Person } from './person';
import { makeTeam } from './team';
import { expect, test } from './test';

test('A3, W1: a session that was ended elsewhere while offline blocks nothing here', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: [{ title: 'Known', description: 'the anemometer is iced' }] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);

  await browser.offline(true);
  await app.says('Offline');
  await app.addTask(columns.todo, 'Written offline');
  await team.owner.endAllSessions();
  await browser.offline(false);
  await app.says('Sign in to send 1');

  // Reading and writing go on, also over a reload.
  await app.openTask('Known');
  await app.choose('Priority', 'Urgent');
  await app.says('Sign in to send 2');
  await app.page.reload();
  await app.says('Sign in to send 2');
  await app.isOnlyHere('Written offline');
  await app.goTo('Search');
  await app.page
    .getByRole('combobox', { name: 'Search tasks, comments, bookings and pages' })
    .fill('anemometer');
  await expect(app.page.getByRole('option', { name: /Known/ })).toBeVisible();

  await signInAgain(app, team.owner);
  await app.upToDate();
  await app.openBoard(team);
  await app.isOnServer('Written offline');
  await team.owner.signIn();
  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map((row) => `${row.title} ${row.priority}`).sort()).toEqual([
    'Known 1',
    'Written offline 0',
  ]);

  // The browser may throw its own copies of the files away at any time: those of the service worker are enough.
  const cdp = await browser.context.newCDPSession(app.page);
  await cdp.send('Network.clearBrowserCache');
  await browser.offline(true);
  await app.page.reload();
  await app.says('Offline');
  await app.isOnServer('Written offline');
});

test('A3: cookies that are gone are told by the next write, which stays here until the sign-in', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  await browser.context.clearCookies();
  await app.addTask(columns.todo, 'Kept');
  await app.says('Sign in to send 1');
  await app.isOnlyHere('Kept');
  expect((await team.owner.rows(team.workspaceId, 'task')).size).toBe(0);
  await signInAgain(app, team.owner);
  await app.upToDate();
  await app.isOnServer('Kept');
});

async function signInAgain(app: App, person: Person): Promise<void> {
  await app.chip.click();
  await app.page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'Sign in again' });
  await expect(dialog.getByLabel('E-mail')).toHaveValue(person.email);
  await dialog.getByLabel('Password').fill(person.password);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog).toBeHidden();
}
