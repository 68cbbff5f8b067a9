// Finding things: search over everything on the device without a network, filters, the command palette.
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('search finds words of titles, descriptions and comments without a network', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, {
    tasks: [
      { title: 'Generator', description: 'The carburettor ices over at night.' },
      { title: 'Radio' },
      { title: 'Stove' },
    ],
  });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  await app.openTask('Radio');
  await app.comment('Squelch is set too high');
  await app.upToDate();

  await browser.offline(true);
  await app.says('Offline');
  await app.openTask('Stove');
  await app.comment('Written offline: soot on the burner');
  await app.closeTask();
  await app.goTo('Search');
  const box = app.page.getByRole('combobox', { name: 'Search tasks, comments, bookings and pages' });
  const results = app.page.getByRole('listbox', { name: 'Results' }).getByRole('option');
  for (const [words, title, excerpt] of [
    ['carbur', 'Generator', 'carburettor ices over'],
    ['squelch high', 'Radio', 'Squelch is set too high'],
    ['soot', 'Stove', 'soot on the burner'],
  ] as const) {
    await box.fill(words);
    await expect(results).toHaveCount(1);
    await expect(results).toContainText(title);
    await expect(results).toContainText(excerpt);
  }
  await box.fill('nothing has this word');
  await expect(app.page.getByText('Nothing found')).toBeVisible();
  await box.fill('squelch');
  await expect(results).toHaveCount(1);
  await box.press('Enter');
  await expect(app.title).toHaveValue('Radio');
});

test('filters by status, assignee, label and text stay in the address', async ({ server, device }) => {
  const team = await makeTeam(server, {
    others: ['Ben'],
    tasks: [{ title: 'Pump', status: 'doing' }, 'Valve', 'Hatch'],
  });
  const app = await (await device()).boardOf(team, team.owner);
  await app.openTask('Valve');
  await app.choose('Assignee', 'Ben');
  await app.field('Labels').click();
  await app.page.getByPlaceholder('Label, or a new name…').fill('urgent-ish');
  await app.page.getByRole('option', { name: /^Create/ }).click();
  await expect(app.field('Labels')).toHaveAccessibleName('Labels: urgent-ish');
  await app.page.keyboard.press('Escape');
  await app.closeTask();

  const filter = async (choice: string) => {
    await app.page.getByRole('button', { name: 'Filter', exact: true }).click();
    await app.option(choice).click();
    await app.page.keyboard.press('Escape');
  };
  const clear = () => app.page.getByRole('button', { name: 'Clear' }).click();
  const shows = async (...titles: string[]) => {
    for (const title of ['Pump', 'Valve', 'Hatch']) {
      await expect(app.card(title)).toHaveCount(titles.includes(title) ? 1 : 0);
    }
  };
  await shows('Pump', 'Valve', 'Hatch');
  await filter('Ben');
  await shows('Valve');
  await app.page.reload();
  await shows('Valve');
  await clear();
  await filter('urgent-ish');
  await shows('Valve');
  await clear();
  await filter(columns.doing);
  await shows('Pump');
  await expect(app.column(columns.todo)).toHaveCount(0);
  await clear();
  await filter('Nobody');
  await shows('Pump', 'Hatch');
  await clear();
  await app.page.getByRole('searchbox', { name: 'Filter by text' }).fill('hat');
  await shows('Hatch');
  await app.page.getByRole('link', { name: 'List' }).click();
  await shows('Hatch');
  await app.page.getByRole('button', { name: 'Clear' }).click();
  await shows('Pump', 'Valve', 'Hatch');
});

test('the command palette does things, goes places and finds tasks', async ({ server, device }) => {
  const team = await makeTeam(server, { tasks: ['Weather balloon', 'Tide gauge'] });
  const app = await (await device()).boardOf(team, team.owner);
  const { page } = app;
  const palette = page.getByRole('dialog', { name: 'Command palette' });

  await page.keyboard.press('ControlOrMeta+k');
  await palette.getByRole('combobox').fill('ballo');
  await expect(page.getByRole('option', { name: 'Weather balloon' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(app.title).toHaveValue('Weather balloon');

  await page.keyboard.press('ControlOrMeta+k');
  await palette.getByRole('combobox').fill('set priority');
  await page.keyboard.press('Enter');
  await app.option('Urgent').click();
  await expect(app.field('Priority')).toHaveAccessibleName('Priority: Urgent');

  await page.keyboard.press('ControlOrMeta+k');
  await palette.getByRole('combobox').fill('dark theme');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await page.keyboard.press('ControlOrMeta+k');
  await palette.getByRole('combobox').fill('inbox');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
});
