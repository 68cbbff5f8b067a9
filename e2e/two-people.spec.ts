// Two people, one of them without a network: both work on the same tasks, and both come to the same.
import { type App, columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('M1, W1, R1: two people work apart, one of them offline through a closed tab, and come to the same', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, {
    others: ['Ben'],
    tasks: ['Fields', 'Earlier', 'Later', 'Mover', 'Goner', 'Bystander'],
  });
  const [ben] = team.others;
  const adasDevice = await device();
  let a = await adasDevice.boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, ben!);

  await adasDevice.offline(true);
  await a.says('Offline');

  // Ada first changes what Ben changes later …
  await a.openTask('Earlier');
  await a.retitle('Earlier, as Ada says');
  await b.openTask('Earlier');
  await b.retitle('Earlier, as Ben says');
  await b.isOnServer('Earlier, as Ben says');
  // … and then what Ben changed before her.
  await b.openTask('Later');
  await b.choose('Priority', 'Urgent');
  await b.upToDate();
  await a.openTask('Later');
  await a.choose('Priority', 'Low');
  // Different fields of one task.
  await a.openTask('Fields');
  await a.choose('Assignee', 'Ada');
  await a.describe('Seen from the ridge');
  await b.openTask('Fields');
  await b.choose('Priority', 'High');
  await b.choose('Status', columns.doing);
  await b.comment('Started without you');

  // Ada makes, moves and deletes.
  await a.addTask(columns.backlog, 'Maker');
  await a.closeTask();
  await a.drag('Mover', columns.review);
  await a.openTask('Goner');
  await a.deleteTask();
  await a.says('Offline · 7 waiting');

  // The tab is closed and opened again, still without a network.
  await a.page.close();
  a = await adasDevice.tab();
  await a.openBoard(team);
  await a.says('Offline · 7 waiting');
  await a.isOnlyHere('Maker');
  await a.isOnlyHere('Mover');
  await a.isOnlyHere('Earlier, as Ada says');
  await a.isOnServer('Bystander');
  await expect(a.card('Mover', a.column(columns.review))).toBeVisible();
  await expect(a.card('Goner')).toHaveCount(0);
  await expect(b.card('Goner')).toBeVisible();
  await a.openTask('Fields');
  await expect(a.panel.getByText('Seen from the ridge')).toBeVisible();
  await a.closeTask();

  await adasDevice.offline(false);
  // Ada lost a title, Ben a priority.
  await a.says('1 thing needs you');
  await b.says('1 thing needs you');
  await showsTheSame([a, b], {
    [columns.backlog]: ['Maker'],
    [columns.todo]: ['Earlier, as Ben says', 'Later', 'Bystander'],
    [columns.doing]: ['Fields'],
    [columns.review]: ['Mover'],
  });
  for (const app of [a, b]) {
    for (const title of ['Maker', 'Mover', 'Fields']) await app.isOnServer(title);
    await app.openTask('Fields');
    await expect(app.field('Assignee')).toHaveAccessibleName('Assignee: Ada');
    await expect(app.field('Priority')).toHaveAccessibleName('Priority: High');
    await expect(app.panel.getByText('Seen from the ridge')).toBeVisible();
    await expect(app.panel.getByText('Started without you')).toBeVisible();
    await app.openTask('Later');
    await expect(app.field('Priority')).toHaveAccessibleName('Priority: Low');
    await app.closeTask();
  }

  // Both find what they lost, with what stands there now.
  const adas = await inboxEntry(a, 'Your title lost to a newer one by Ben');
  await expect(adas.getByText('Earlier, as Ada says')).toBeVisible();
  await expect(adas.getByRole('definition').filter({ hasText: 'Earlier, as Ben says' })).toBeVisible();
  const bens = await inboxEntry(b, 'Ada replaced your priority without having seen it');
  await expect(bens.getByText('Urgent')).toBeVisible();
  await expect(bens.getByText('Low')).toBeVisible();

  // One click brings it back, for both.
  await adas.getByRole('button', { name: 'Restore mine' }).click();
  await expect(a.page.getByText('Nothing needs you')).toBeVisible();
  await bens.getByRole('button', { name: 'Dismiss' }).click();
  await expect(b.page.getByText('Nothing needs you')).toBeVisible();
  for (const app of [a, b]) {
    await app.upToDate();
    await app.openBoard(team);
    await app.isOnServer('Earlier, as Ada says');
  }

  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map((row) => row.title).sort()).toEqual(
    ['Bystander', 'Earlier, as Ada says', 'Fields', 'Later', 'Maker', 'Mover'].sort(),
  );
});

async function inboxEntry(app: App, headline: string) {
  await app.goTo('Inbox');
  const entry = app.page
    .getByRole('list', { name: 'Inbox' })
    .getByRole('listitem')
    .filter({ hasText: headline });
  await expect(entry).toBeVisible();
  return entry;
}

async function showsTheSame(apps: readonly App[], expected: Record<string, string[]>): Promise<void> {
  for (const app of apps) {
    for (const [column, titles] of Object.entries(expected)) {
      await expect.poll(() => app.titlesIn(column)).toEqual(titles);
    }
  }
}
