// Passwords and sessions: changed in Settings, forgotten and set again by an owner's link, ended elsewhere, and what all
// of it says without a network.
import { serious } from './axe';
import { makeTeam } from './team';
import { expect, test } from './test';

test('a password is changed in Settings, and other devices have to sign in again', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const first = await (await device()).boardOf(team, team.owner);
  const second = await (await device()).boardOf(team, team.owner);
  await first.goTo('Settings');
  const sessions = first.page.getByRole('list', { name: 'Where you are signed in' });
  // The owner's own session over HTTP is one, too.
  await expect(sessions.getByRole('listitem')).toHaveCount(3);
  await expect(sessions.getByText('(this one)')).toHaveCount(1);
  await first.page.getByRole('button', { name: 'Change password' }).click();
  const dialog = first.page.getByRole('dialog', { name: 'Change password' });
  await expect(dialog.getByLabel('Current password')).toBeFocused();
  await dialog.getByLabel('Current password').fill('not the password');
  await dialog.getByLabel('New password').fill('another long password');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(dialog.getByText('The current password is not right.')).toBeVisible();
  await dialog.getByLabel('Current password').fill(team.owner.password);
  await dialog.getByLabel('New password').fill('password123');
  await dialog.getByLabel('New password').press('Enter');
  await expect(dialog.getByText('easy to guess')).toBeVisible();
  expect(await serious(first, 'change password')).toEqual([]);
  await dialog.getByLabel('New password').fill('another long password');
  await dialog.getByLabel('New password').press('Enter');
  await expect(dialog).toBeHidden();
  await second.says('Needs sign-in');
  await first.page.reload();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  await first.upToDate();
});

test('a session is ended from another device', async ({ server, device }) => {
  const team = await makeTeam(server);
  const first = await (await device()).boardOf(team, team.owner);
  const second = await (await device()).boardOf(team, team.owner);
  await first.goTo('Settings');
  const sessions = first.page.getByRole('list', { name: 'Where you are signed in' });
  await expect(sessions.getByRole('listitem')).toHaveCount(3);
  await first.page.getByRole('button', { name: 'Sign out all others' }).click();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  await second.says('Needs sign-in');
  await first.upToDate();
});

test('A2: an owner makes a password link; it sets one password, once', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Ben', 'Gus'] });
  const [ben, gus] = team.others;
  // Gus is in a workspace of Ben's as well.
  await ben!.invite(await ben!.createWorkspace('Elsewhere'), gus!, 'guest');
  await team.owner.invite(await team.owner.createWorkspace('Second'), gus!, 'guest');
  const third = await makeTeam(server, { others: ['Cora'] });
  const owner = await (await device()).boardOf(third, third.owner);
  const linkOf = async (app: typeof owner, name: string) => {
    await app.goTo('Members');
    await app.page.getByRole('button', { name: `Actions for ${name}` }).click();
    await app.page.getByRole('menuitem', { name: 'Make a password link' }).click();
    const dialog = app.page.getByRole('dialog', { name: `Password link for ${name}` });
    await dialog.getByRole('button', { name: 'Make link' }).click();
    return dialog;
  };
  const dialog = await linkOf(owner, 'Cora');
  const url = await dialog.getByLabel('Password link').inputValue();
  expect(await serious(owner, 'password link')).toEqual([]);
  await dialog.getByRole('button', { name: 'Done' }).click();

  const cora = third.others[0]!;
  const guest = await (await device()).tab();
  await guest.page.goto('/');
  await guest.page.getByRole('link', { name: 'Forgot password?' }).click();
  await expect(guest.page.getByText(/Make a password link$/)).toBeVisible();
  expect(await serious(guest, 'forgot password')).toEqual([]);
  await guest.page.goto(url);
  await expect(guest.page.getByText(`For ${cora.email}.`)).toBeVisible();
  await guest.page.getByLabel('New password').fill(cora.email);
  await guest.page.getByRole('button', { name: 'Set password' }).click();
  await expect(guest.page.getByText('easy to guess')).toBeVisible();
  expect(await serious(guest, 'new password')).toEqual([]);
  await guest.page.getByLabel('New password').fill('another long password');
  await guest.page.getByRole('button', { name: 'Set password' }).click();
  await guest.page.getByRole('button', { name: 'Sign in' }).click();
  await guest.page.getByLabel('E-mail').fill(cora.email);
  await guest.page.getByLabel('Password').fill('another long password');
  await guest.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await guest.upToDate();
  const late = await (await device()).tab();
  await late.page.goto(url);
  await expect(late.page.getByRole('alert')).toContainText('was used or has run out');

  // Not for somebody who is elsewhere, too.
  const ada = await (await device()).boardOf(team, team.owner);
  await expect((await linkOf(ada, 'Gus')).getByRole('alert')).toContainText('every workspace of a person');
});

test('C4: without a network, accounts say why they cannot be changed', async ({ server, device }) => {
  const team = await makeTeam(server);
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  await app.goTo('Settings');
  await expect(app.page.getByRole('list', { name: 'Where you are signed in' })).toBeVisible();
  await browser.offline(true);
  await app.says('Offline');
  const change = app.page.getByRole('button', { name: 'Change password' });
  await expect(change).toHaveAttribute('aria-disabled', 'true');
  await expect(
    app.page.getByText('This needs a connection: your account is kept on the server.'),
  ).toBeVisible();
  await browser.offline(false);
  await app.upToDate();
  await expect(change).not.toHaveAttribute('aria-disabled');
  await expect(app.page.getByRole('list', { name: 'Where you are signed in' })).toBeVisible();
});
