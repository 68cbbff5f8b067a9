// What hangs on refused work is held and shown with it; mended, all of it goes to the server together.
import { randomUUID } from 'node:crypto';
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('W3: a project that is refused holds its tasks; with another key all of it is sent', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const bens = await device();
  const app = await bens.boardOf(team, team.others[0]!);
  await bens.offline(true);
  await app.says('Offline');
  await app.page.getByRole('button', { name: 'New project' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'New project' });
  await dialog.getByLabel('Name').fill('Summer');
  await expect(dialog.getByLabel('Key')).toHaveValue('SUM');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'Summer' })).toBeVisible();
  await app.addTask(columns.todo, 'Paint the hut');
  await app.addTask(columns.todo, 'Count the seals');
  await team.owner.write([
    {
      kind: 'insert',
      table: 'project',
      id: randomUUID(),
      set: { workspace_id: team.workspaceId, key: 'SUM', name: 'Summit', position: 'a1' },
    },
  ]);
  await bens.offline(false);
  await app.goTo('Inbox');
  const entry = app.page
    .getByRole('list', { name: 'Inbox' })
    .locator(':scope > li')
    .filter({ hasText: 'A new project was refused' });
  await expect(entry).toContainText('Another project of this workspace already has this key.');
  const held = entry.getByRole('region', { name: 'Held with it' });
  await expect(held).toContainText('Paint the hut');
  await expect(held).toContainText('Count the seals');
  await entry.getByLabel('New key').fill('SUN');
  await entry.getByRole('button', { name: /^Rename and send with 2 others/ }).click();
  await expect(app.page.getByText('Nothing needs you')).toBeVisible();
  await app.upToDate();
  const tasks = [...(await team.owner.rows(team.workspaceId, 'task')).values()];
  expect(tasks.map((task) => task.title).sort()).toEqual(['Count the seals', 'Paint the hut']);
  const projects = [...(await team.owner.rows(team.workspaceId, 'project')).values()];
  expect(projects.map((project) => project.key).sort()).toEqual(['SUM', 'SUN', 'WIN']);
});
