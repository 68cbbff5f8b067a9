// The first load of a large workspace: shown in rows, and not disturbed by a reload.
import { columns } from './app';
import { makeTeam, taskInserts } from './team';
import { expect, test } from './test';

const COUNT = 20_000;

test('R1, R3: a reload in the middle of the first load brings every row once', async ({ server, device }) => {
  const team = await makeTeam(server);
  const statuses = ['backlog', 'todo', 'doing', 'done'] as const;
  const tasks = Array.from({ length: COUNT }, (_, i) => ({
    title: `Reading ${i + 1}`,
    description: `Depth ${i * 7} m, measured from the winch at hatch ${i % 40}.`,
    status: statuses[i % statuses.length]!,
  }));
  await team.owner.write(taskInserts(team.workspaceId, team.projectId, tasks));

  const browser = await device();
  const app = await browser.tab();
  await app.page.goto('/');
  await app.signIn(team.owner);
  const progress = /Loading [\d,]+ of 20,0\d\d rows/;
  await app.says(progress);
  await app.page.reload();
  // What came before goes on, so less and less time is left to see it.
  await Promise.all([
    app.says(progress),
    expect(app.page.getByRole('progressbar', { name: 'First load' })).toBeVisible(),
  ]);
  await app.page.reload();
  await expect(app.chip).toHaveAccessibleName('Sync: Up to date', { timeout: 90_000 });

  for (const status of statuses) {
    await expect(app.column(columns[status])).toHaveAccessibleName(`${columns[status]}, 5000 tasks`);
  }
  // The last one is there, and it is there without the network.
  await browser.offline(true);
  await app.page.getByRole('searchbox', { name: 'Filter by text' }).fill('Reading 20000');
  await expect(app.card('Reading 20000')).toBeVisible();
  await expect(app.column(columns.done)).toHaveAccessibleName('Done, 1 task');
});
