// The page of diagnostics: figures, the report, and the three ways to keep and replace the database of a device.
import { readFile } from 'node:fs/promises';
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('shows how this device stands, and copies a report without a word of anybody', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Unmistakable title'] });
  const browser = await device({ permissions: ['clipboard-read', 'clipboard-write'] });
  const app = await browser.boardOf(team, team.owner);
  const { page } = app;
  await app.chip.click();
  await page.getByRole('button', { name: 'Diagnostics' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Diagnostics' })).toBeVisible();
  await expect(app.main.getByText(/Postgres \d+\.\d+, PGlite \d+\.\d+\.\d+/)).toBeVisible();
  await expect(app.main.getByText(/MiB, [\d.]+ MiB of it free/)).toBeVisible();
  const tables = page.getByRole('table', { name: /^Tables of / });
  await expect(tables.getByRole('row', { name: /^task 1 Up to date None/ })).toBeVisible();
  const steps = page.getByRole('list', { name: 'Steps of this start' });
  for (const step of ['Page asked for', 'Worker begun', 'Postgres running', 'Database open', 'Up to date']) {
    await expect(steps.getByText(step, { exact: true })).toBeVisible();
  }
  // It is read again while it is open.
  await team.owner.write([
    {
      ...{ kind: 'insert', table: 'task', id: crypto.randomUUID() },
      set: {
        workspace_id: team.workspaceId,
        project_id: team.projectId,
        title: 'Another one',
        position: 'a1',
      },
    },
  ]);
  await expect(tables.getByRole('row', { name: /^task 2 / })).toBeVisible();
  await page.getByRole('button', { name: 'Copy report' }).click();
  await expect(page.getByText(/^Report copied/)).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/\| task \| 2 \|/);
  expect(report).toMatch(/Engine: PGlite \d/);
  for (const word of ['Unmistakable', 'Another one', team.owner.email, team.owner.name, team.workspaceId]) {
    expect(report).not.toContain(word);
  }
  // From the settings and from the palette, too.
  await app.goTo('Settings');
  await app.main.getByRole('link', { name: 'Diagnostics' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Diagnostics' })).toBeVisible();
  await app.goTo('Inbox');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox').fill('restore');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Diagnostics' })).toBeVisible();
});

test('W1: a reset without a network keeps what was written there, says what comes back when, and it arrives', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['From before'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  const other = await browser.tab();
  await other.openBoard(team);
  await expect(other.card('From before')).toBeVisible();
  await browser.offline(true);
  await app.addTask(columns.doing, 'Written offline');
  await app.isOnlyHere('Written offline');
  const { page } = app;
  await page.goto(`/w/${team.workspaceId}/diagnostics`);
  await page.getByRole('button', { name: 'Reset…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reset the database on this device?' });
  await expect(dialog).toContainText('Only on this device: 1 change. It is kept.');
  await expect(dialog).toContainText('There is no connection to the server now.');
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByText('The database was made anew. 1 change waiting to be sent.')).toBeVisible();
  await app.says('Offline · 1 waiting');
  // The other tab goes on, with the new database: the rows of before are not here.
  await expect(other.card('From before')).toBeHidden();
  await browser.offline(false);
  await app.upToDate();
  await expect(other.card('Written offline')).toBeVisible();
  await expect(other.card('From before')).toBeVisible();
  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map(({ title }) => title).sort()).toEqual(['From before', 'Written offline']);
});

test('W1, R1: a backup is saved and restored: what waits in it and here is sent once, and all is as on the server', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['From before'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  const { page } = app;
  const diagnostics = () => page.goto(`/w/${team.workspaceId}/diagnostics`);
  await browser.offline(true);
  await app.addTask(columns.doing, 'Waits in the backup');
  await diagnostics();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Back up', exact: true }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^outpost-[\d-]+\.backup$/);
  const file = await readFile((await download.path())!);
  await browser.offline(false);
  await app.upToDate();
  await app.openBoard(team);
  await app.addTask(columns.doing, 'Sent since');
  await app.upToDate();
  await browser.offline(true);
  await app.addTask(columns.doing, 'Waits here');
  await diagnostics();
  const restore = async (name: string, buffer: Buffer) => {
    await page
      .getByLabel('Backup file')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
    const dialog = page.getByRole('dialog', { name: 'Restore this backup?' });
    await dialog.getByRole('button', { name: 'Restore' }).click();
    return dialog;
  };
  // What cannot be restored says why, and changes nothing.
  const refused = await restore('cut.backup', file.subarray(0, file.length - 100));
  await expect(refused.getByRole('alert')).toHaveText(
    'This backup is incomplete or damaged, so it cannot be restored. Nothing was changed.',
  );
  await refused.getByRole('button', { name: 'Cancel' }).click();
  await app.says('Offline · 1 waiting');

  await restore('own.backup', file);
  await expect(page.getByText(/^The backup was restored\. /)).toBeVisible();
  await app.openBoard(team);
  await expect(app.card('Waits here')).toBeVisible();
  await expect(app.card('Waits in the backup')).toBeVisible();
  await browser.offline(false);
  await app.upToDate();
  for (const title of ['From before', 'Sent since', 'Waits here', 'Waits in the backup']) {
    await expect(app.card(title)).toBeVisible();
  }
  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map(({ title }) => title).sort()).toEqual([
    ...['From before', 'Sent since', 'Waits here', 'Waits in the backup'],
  ]);
});

test('is reached from the line that says that the database could not be opened, and shows what is known without it', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['From before'] });
  const browser = await device();
  await browser.context.route('**/*.wasm', (route) => route.abort());
  const app = await browser.tab();
  const { page } = app;
  await app.openBoard(team);
  await app.signIn(team.owner);
  await app.says('Storage failed');
  await page.getByRole('link', { name: 'Diagnostics' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Diagnostics' })).toBeVisible();
  await expect(app.main.getByText('Could not be opened', { exact: true })).toBeVisible();
  await expect(app.main.getByText(/MiB of [\d,]+ MiB/)).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps of this start' })).toContainText('Worker begun');
  await expect(page.getByRole('button', { name: 'Reset…' })).toHaveAttribute('aria-disabled', 'true');
  // It opens by itself when it can be opened, and the page with it.
  await browser.context.unroute('**/*.wasm');
  await expect(app.main.getByText(/Postgres \d+\.\d+, PGlite/)).toBeVisible({ timeout: 30_000 });
  await expect(app.main.getByText('The database on this device could not be opened.')).toBeVisible();
});
