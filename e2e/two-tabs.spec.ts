// Two tabs of one person: one database behind both, whichever tab holds it.
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('W1: what one tab writes the other shows at once, online and offline', async ({ server, device }) => {
  const team = await makeTeam(server, { tasks: ['Shared'] });
  const browser = await device();
  const first = await browser.boardOf(team, team.owner);
  const second = await browser.tab();
  await second.openBoard(team);
  await second.upToDate();

  await first.addTask(columns.todo, 'From the first');
  await expect(second.card('From the first')).toBeVisible({ timeout: 3_000 });
  await second.openTask('Shared');
  await second.choose('Priority', 'High');
  await expect(first.card('Shared')).toHaveAccessibleName(/High priority/, { timeout: 3_000 });

  await browser.offline(true);
  await first.says('Offline');
  await second.says('Offline');
  await second.addTask(columns.doing, 'From the second');
  await first.isOnlyHere('From the second');
  await first.addTask(columns.doing, 'From the first, offline');
  await second.isOnlyHere('From the first, offline');
  await expect.poll(() => first.titlesIn(columns.doing)).toEqual(await second.titlesIn(columns.doing));

  await browser.offline(false);
  for (const app of [first, second]) {
    await app.upToDate();
    await app.isOnServer('From the second');
    await app.isOnServer('From the first, offline');
  }
});

test('W1, W2: closing the leading tab while the other writes loses and doubles nothing, and the other goes on', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const browser = await device();
  const leader = await browser.boardOf(team, team.owner);
  const follower = await browser.tab();
  await follower.openBoard(team);
  await follower.upToDate();

  const titles = Array.from({ length: 40 }, (_, i) => `Entry ${i + 1}`);
  await follower
    .column(columns.todo)
    .getByRole('button', { name: `Add a task to ${columns.todo}` })
    .click();
  const box = follower.page.getByRole('textbox', { name: `New task in ${columns.todo}` });
  let closed: Promise<void> | undefined;
  for (const [i, title] of titles.entries()) {
    await box.fill(title);
    await box.press('Enter');
    if (i === 12) closed = leader.page.close();
  }
  await closed;
  await expect(follower.column(columns.todo)).toHaveAccessibleName('To do, 40 tasks');
  await follower.upToDate();

  // It leads now, with a new tab behind it.
  const third = await browser.tab();
  await third.openBoard(team);
  await third.upToDate();
  await third.addTask(columns.backlog, 'Afterwards');
  await expect(follower.card('Afterwards')).toBeVisible();
  await follower.page.close();
  await third.addTask(columns.backlog, 'And on');
  await third.upToDate();

  const stored = await team.owner.rows(team.workspaceId, 'task');
  const expected = [...titles, 'Afterwards', 'And on'].sort();
  expect([...stored.values()].map((row) => row.title).sort()).toEqual(expected);
});
