// Coming and going: sign-up, first workspace, invitations and roles, signing out with and without the data.
import { columns } from './app';
import { Person } from './person';
import { makeTeam } from './team';
import { expect, test } from './test';

test('a new person makes an account, a workspace, a project and a task', async ({ server, device }) => {
  const cora = Person.unknown(server, 'Cora');
  const app = await (await device()).tab();
  await app.page.goto('/');
  await app.page.getByRole('button', { name: 'Create an account' }).click();
  await app.page.getByLabel('Your name').fill(cora.name);
  await app.page.getByLabel('E-mail').fill(cora.email);
  await app.page.getByLabel('Password').fill('short');
  await app.page.getByRole('button', { name: 'Create account' }).click();
  await expect(app.page.getByLabel('Password')).toBeFocused();
  await app.page.getByLabel('Password').fill(cora.password);
  await app.page.getByRole('button', { name: 'Create account' }).click();

  await app.page.getByLabel('Name of the workspace').fill('Ridge camp');
  await app.page.getByRole('button', { name: 'Create workspace' }).click();
  await app.main.getByRole('button', { name: 'New project' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'New project' });
  await dialog.getByLabel('Name').fill('Summer');
  await expect(dialog.getByLabel('Key')).toHaveValue('SUM');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'Summer' })).toBeVisible();
  await app.addTask(columns.todo, 'Raise the mast');
  await app.isOnServer('Raise the mast');
  await app.upToDate();

  // A second account on that address is refused, in words.
  const other = await (await device()).tab();
  await other.page.goto('/');
  await other.page.getByRole('button', { name: 'Create an account' }).click();
  await other.page.getByLabel('Your name').fill(cora.name);
  await other.page.getByLabel('E-mail').fill(cora.email);
  await other.page.getByLabel('Password').fill(cora.password);
  await other.page.getByRole('button', { name: 'Create account' }).click();
  await expect(other.page.getByRole('alert')).toBeVisible();
  await expect(other.page.getByRole('alert')).not.toContainText(/sql|constraint|exception/i);
});

test('A2: an invitation by link makes a guest, who reads everything and changes nothing', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: [{ title: 'Look', description: 'but do not touch' }] });
  const owner = await (await device()).boardOf(team, team.owner);
  await owner.goTo('Members');
  await owner.page.getByRole('button', { name: 'Invite by link' }).click();
  const dialog = owner.page.getByRole('dialog', { name: 'Invite by link' });
  await dialog.getByRole('radio', { name: /^Guest/ }).check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const url = await dialog.getByLabel('Invitation link').inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const invitations = owner.page.getByRole('list', { name: 'Invitations' }).getByRole('listitem');
  await expect(invitations).toHaveText([/^GuestMade by Ada, ends /]);

  const gus = Person.unknown(server, 'Gus');
  const guest = await (await device()).tab();
  await guest.page.goto(url);
  await expect(guest.page.getByRole('heading', { name: `Join ${team.workspaceName}` })).toBeVisible();
  await expect(guest.page.getByText('Ada invites you as a guest')).toBeVisible();
  await guest.page.getByLabel('Your name').fill(gus.name);
  await guest.page.getByLabel('E-mail').fill(gus.email);
  await guest.page.getByLabel('Password').fill(gus.password);
  await guest.page.getByRole('button', { name: 'Create account' }).click();
  await guest.page.getByRole('button', { name: 'Join workspace' }).click();
  await guest.upToDate();
  await guest.openTask('Look');
  await expect(guest.panel.getByText('but do not touch')).toBeVisible();
  await expect(guest.title).not.toBeEditable();
  for (const name of ['Status', 'Priority', 'Assignee', 'Due date', 'Labels']) {
    await expect(guest.field(name)).toBeDisabled();
  }
  await expect(guest.panel.getByRole('textbox', { name: 'Write a comment' })).toHaveCount(0);
  await guest.closeTask();
  await expect(guest.main.getByRole('button', { name: 'New task' })).toBeDisabled();
  await guest.page.keyboard.press('c');
  await expect(guest.page.getByRole('dialog')).toHaveCount(0);

  // The owner sees them arrive, and makes a member of the guest.
  const row = owner.page
    .getByRole('list', { name: 'Members' })
    .getByRole('listitem')
    .filter({ hasText: 'Gus' });
  await expect(row).toContainText('Guest');
  await row.getByRole('button', { name: 'Actions for Gus' }).click();
  await owner.page.getByRole('menuitem', { name: /^Member/ }).click();
  await expect(row).toContainText('Member');
  await expect(guest.main.getByRole('button', { name: 'New task' })).toBeEnabled();
  await guest.addTask(columns.todo, 'Touched after all');
  await guest.isOnServer('Touched after all');

  // The link is used up, and not in the list any more.
  await owner.goTo('Inbox');
  await owner.goTo('Members');
  await expect(owner.page.getByText('No invitation is open.')).toBeVisible();
  const third = await (await device()).tab();
  await third.page.goto(url);
  await expect(third.page.getByRole('alert')).toContainText('used or has run out');
});

test('A2: an owner revokes an open invitation by the keyboard, and its link lets nobody in', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const owner = await (await device()).boardOf(team, team.owner);
  await owner.goTo('Members');
  await expect(owner.page.getByText('No invitation is open.')).toBeVisible();
  await owner.page.getByRole('button', { name: 'Invite by link' }).press('Enter');
  const dialog = owner.page.getByRole('dialog', { name: 'Invite by link' });
  await dialog.getByRole('button', { name: 'Make link' }).press('Enter');
  const url = await dialog.getByLabel('Invitation link').inputValue();
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  const revoke = owner.page.getByRole('button', { name: 'Revoke: Member, made by Ada' });
  await revoke.press('Enter');
  await expect(owner.page.getByText('No invitation is open.')).toBeVisible();
  await expect(owner.page.getByRole('region', { name: 'Open invitations' })).toBeFocused();
  const stranger = await (await device()).tab();
  await stranger.page.goto(url);
  await expect(stranger.page.getByRole('alert')).toContainText('used or has run out');
});

test('W1: signing out keeps unsent work on the device; removing it is asked for, twice', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Known'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  const signOut = async () => {
    await app.page.getByRole('button', { name: /^Workspace: / }).click();
    await app.page.getByRole('menuitem', { name: 'Sign out' }).click();
    return app.page.getByRole('dialog', { name: 'Sign out' });
  };

  // Kept: it is there, and sent, after the next sign-in.
  await browser.offline(true);
  await app.says('Offline');
  await app.addTask(columns.todo, 'Unsent and kept');
  let dialog = await signOut();
  await expect(dialog).toContainText('What was not sent (1 change) stays here');
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(app.page.getByRole('heading', { name: 'Sign in to Outpost' })).toBeVisible();
  await browser.offline(false);
  await app.signIn(team.owner);
  await app.upToDate();
  await app.isOnServer('Unsent and kept');

  // Removed: only after it was said that unsent work goes with it.
  await browser.offline(true);
  await app.says('Offline');
  await app.addTask(columns.todo, 'Unsent and dropped');
  dialog = await signOut();
  await dialog.getByRole('radio', { name: /^Remove it/ }).check();
  await expect(dialog.getByRole('alert')).toContainText('Not on the server yet: 1 change.');
  const leave = dialog.getByRole('button', { name: 'Sign out and remove' });
  await expect(leave).toBeDisabled();
  await dialog.getByRole('checkbox', { name: /^Delete for good what was not sent/ }).check();
  await leave.click();
  await expect(app.page.getByRole('heading', { name: 'Sign in to Outpost' })).toBeVisible();
  await browser.offline(false);
  await app.signIn(team.owner);
  await app.upToDate();
  await expect(app.card('Known')).toBeVisible();
  await expect(app.card('Unsent and kept')).toBeVisible();
  await expect(app.card('Unsent and dropped')).toHaveCount(0);
});

test('W1: a browser without private files keeps the data in IndexedDB, and removes it from there', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Known'] });
  const browser = await device();
  await browser.context.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    const without = 'delete FileSystemFileHandle.prototype.createSyncAccessHandle;';
    await route.fulfill({ response, body: `${without}\n${await response.text()}` });
  });
  const app = await browser.tab();
  await app.openBoard(team);
  await app.signIn(team.owner);
  await app.upToDate();
  await app.addTask(columns.todo, 'Made here');
  await app.isOnServer('Made here');
  const databases = () =>
    app.page.evaluate(async () => (await indexedDB.databases()).map((database) => database.name ?? ''));
  expect((await databases()).some((name) => name.startsWith('/pglite/'))).toBe(true);
  await app.page.getByRole('button', { name: /^Workspace: / }).click();
  await app.page.getByRole('menuitem', { name: 'Sign out' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'Sign out' });
  await dialog.getByRole('radio', { name: /^Remove it/ }).check();
  await dialog.getByRole('button', { name: 'Sign out and remove' }).click();
  await expect(app.page.getByRole('heading', { name: 'Sign in to Outpost' })).toBeVisible();
  expect((await databases()).some((name) => name.startsWith('/pglite/'))).toBe(false);
});

test('R6: a workspace that is made while the app is open can be used at once, also in another tab', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const machine = await device();
  const app = await machine.boardOf(team, team.owner);
  await app.upToDate();
  const other = await machine.tab();
  await other.openBoard(team);
  await other.upToDate();
  await app.page.getByRole('button', { name: `Workspace: ${team.workspaceName}` }).click();
  await app.page.getByRole('menuitem', { name: 'New workspace' }).click();
  const making = app.page.getByRole('dialog', { name: 'New workspace' });
  await making.getByLabel('Name of the workspace').fill('Second camp');
  await making.getByRole('button', { name: 'Create workspace' }).click();
  await app.main.getByRole('button', { name: 'New project' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'New project' });
  await dialog.getByLabel('Name').fill('Winter');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'Winter' })).toBeVisible();
  await app.addTask(columns.todo, 'Close the hut');
  await app.isOnServer('Close the hut');
  await app.upToDate();
  await app.goTo('Members');
  await expect(app.main.getByText(team.owner.email)).toBeVisible();
  // The other tab of the same browser, which did not make it.
  await other.page.getByRole('button', { name: `Workspace: ${team.workspaceName}` }).click();
  await other.page.getByRole('menuitem', { name: 'Second camp' }).click();
  await expect(other.card('Close the hut')).toBeVisible();
  await other.upToDate();
});
