// Pages through the interface: written together and apart, opened where they never were, deleted under a writer,
// brought in and out as files.
import { serious } from './axe';
import { newPage, openPage, text, title, toEnd, words } from './page';
import { makeTeam } from './team';
import { expect, test } from './test';

test('D1: two people write in one paragraph, online and apart, and read the same', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const adas = await device();
  const a = await adas.boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await newPage(a, 'Log');
  await a.page.keyboard.type('Start.');
  await openPage(b, 'Log');
  await expect(text(b)).toContainText('Start.');

  // Together.
  await toEnd(a);
  await toEnd(b);
  await Promise.all([
    a.page.keyboard.type(' Ada was on the ridge at nine.', { delay: 15 }),
    b.page.keyboard.type(' Ben stayed with the pump.', { delay: 15 }),
  ]);
  await expect
    .poll(() => words(a))
    .toHaveLength('Start. Ada was on the ridge at nine. Ben stayed with the pump.'.length);
  await expect.poll(async () => (await words(a)) === (await words(b))).toBe(true);

  // Apart, and back.
  await a.upToDate();
  await adas.offline(true);
  await a.says(/Offline/);
  await toEnd(a);
  await a.page.keyboard.type(' [Ada alone]');
  await expect(a.page.getByRole('img', { name: 'Only on this device' }).first()).toBeVisible();
  await toEnd(b);
  await b.page.keyboard.type(' [Ben alone]');
  await b.upToDate();
  await expect(text(b)).not.toContainText('[Ada alone]');
  await adas.offline(false);
  for (const app of [a, b]) {
    await expect(text(app)).toContainText('[Ada alone]');
    await expect(text(app)).toContainText('[Ben alone]');
    await app.upToDate();
  }
  expect(await words(a)).toBe(await words(b));

  // Undo is one's own.
  await a.page.keyboard.press('ControlOrMeta+z');
  await expect(text(a)).not.toContainText('[Ada alone]');
  await expect(text(b)).not.toContainText('[Ada alone]');
  await expect(text(a)).toContainText('[Ben alone]');
});

for (const ms of [5, 10, 20]) {
  test(`D1: a new page's title, Enter and first words, ${ms} ms a key, land where they belong`, async ({
    server,
    device,
  }) => {
    const team = await makeTeam(server);
    const a = await (await device()).boardOf(team, team.owner);
    // The first page of a visit fetches the editor; then one where it is there.
    for (const name of ['Quick', 'Quicker']) {
      await a.page.getByRole('button', { name: 'New page' }).first().click();
      await expect(title(a)).toBeFocused();
      await a.page.keyboard.type(`${name} title\nfirst words of the body\nand a second line`, { delay: ms });
      await expect(text(a).getByRole('paragraph')).toHaveText([
        'first words of the body',
        'and a second line',
      ]);
      await expect(title(a)).toHaveValue(`${name} title`);
      await a.page.keyboard.type(' goes on');
      await expect(text(a).getByRole('paragraph').last()).toHaveText('and a second line goes on');
    }
  });
}

test('D3: a page that was never opened here opens without a network', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'Evacuation');
  await a.page.keyboard.type('Meet at the fuel depot.');
  await expect(a.page.getByRole('img', { name: 'On the server' }).first()).toBeVisible();
  await a.upToDate();

  const bens = await device();
  const b = await bens.boardOf(team, team.others[0]!);
  await expect(
    b.page.getByRole('list', { name: 'Pages' }).getByRole('link', { name: 'Evacuation' }),
  ).toBeVisible();
  await b.readyForOffline();
  await bens.offline(true);
  await b.says(/Offline/);
  await openPage(b, 'Evacuation');
  await expect(text(b)).toContainText('Meet at the fuel depot.');
});

test('a page put into the bin while another writes in it: the text is kept and offered', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const a = await (await device()).boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await newPage(a, 'Draft');
  await a.page.keyboard.type('Half a thought');
  await openPage(b, 'Draft');
  await b.page.getByRole('button', { name: 'Page actions' }).click();
  await b.page.getByRole('menuitem', { name: 'Move to the bin' }).click();
  const banner = a.page.getByRole('alert').filter({ hasText: 'while you were writing' });
  await expect(banner).toBeVisible();
  await toEnd(a);
  await a.page.keyboard.type(', and the rest of it');
  await banner.getByRole('button', { name: 'Bring it back' }).click();
  await expect(banner).toBeHidden();
  await openPage(b, 'Draft');
  await expect(text(b)).toContainText('Half a thought, and the rest of it');
});

test('mentions show what is now, and a checklist item becomes a task with one key', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Repair the pump'] });
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'Plan');
  const { keyboard } = a.page;
  await keyboard.type('First @repair');
  await a.page.getByRole('option', { name: 'Repair the pump' }).waitFor();
  await keyboard.press('Enter');
  const mention = text(a).getByRole('button', { name: /Repair the pump/ });
  await mention.click();
  await a.title.fill('Repair the big pump');
  await a.title.press('Enter');
  await a.choose('Status', 'Done');
  await a.closeTask();
  await expect(text(a).getByRole('button', { name: /Done.*Repair the big pump/ })).toBeVisible();

  await toEnd(a);
  await keyboard.press('Enter');
  await keyboard.type('[ ] Order filters');
  await keyboard.press('ControlOrMeta+Enter');
  await expect(text(a).getByRole('button', { name: /To do.*Order filters/ })).toBeVisible();
  await a.openBoard(team);
  await expect(a.card('Order filters')).toBeVisible();
});

test('history: a named version, what has changed since, and restoring it', async ({ server, device }) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'Rules');
  await a.page.keyboard.type('Close the north hatch.');
  await a.page.getByRole('button', { name: 'History' }).click();
  const history = a.page.getByRole('complementary', { name: 'History' });
  await history.getByLabel('Name of this version').fill('Before the visit');
  await history.getByRole('button', { name: 'Keep' }).click();
  await expect(history.getByRole('button', { name: /Before the visit/ })).toBeVisible();
  await toEnd(a);
  await a.page.keyboard.type(' And the south one.');
  await expect(history.getByRole('insertion')).toContainText('And the south one');
  await history.getByRole('button', { name: 'Restore' }).click();
  await expect(text(a)).toHaveText('Close the north hatch.');
  await text(a).press('ControlOrMeta+z');
  await expect(text(a)).toHaveText('Close the north hatch. And the south one.');
});

test('pages are moved by the keyboard, starred, archived; a guest reads only', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Gus?'] });
  const a = await (await device()).boardOf(team, team.owner);
  await newPage(a, 'One');
  await newPage(a, 'Two');
  const tree = a.page.getByRole('list', { name: 'Pages' });
  await tree.getByRole('link', { name: 'Two' }).focus();
  await a.page.keyboard.press('Alt+ArrowRight');
  await expect(tree.getByRole('button', { name: 'Hide pages below One' })).toBeVisible();
  await expect(a.page.getByRole('navigation', { name: 'Breadcrumbs' })).toContainText('One');
  await a.page.getByRole('button', { name: 'Add to favourites' }).click();
  await expect(a.page.getByRole('list', { name: 'Favourites' })).toContainText('Two');
  await a.upToDate();

  const g = await (await device()).boardOf(team, team.others[0]!);
  await openPage(g, 'One');
  await expect(text(g)).toHaveAttribute('contenteditable', 'false');
});

test('a folder of Markdown comes in, its links lead between pages, and everything goes out', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  const a = await (await device()).boardOf(team, team.owner);
  await a.page.goto(`/w/${team.workspaceId}/pages`);
  await a.page.getByLabel('Zip or Markdown files').setInputFiles([
    {
      name: 'index.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# Handbook\n\nSee [pump](pump.md).'),
    },
    {
      name: 'pump.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# The pump\n\n- [x] tested\n\n| a | b |\n| --- | --- |\n| 1 | 2 |'),
    },
  ]);
  await expect(a.page.getByRole('status').filter({ hasText: 'Imported 2 pages' })).toBeVisible();
  await a.page.getByRole('button', { name: 'Open Handbook' }).click();
  await text(a).getByRole('link', { name: 'pump' }).click();
  await expect(title(a)).toHaveValue('The pump');
  await expect(text(a).getByRole('cell', { name: '2' })).toBeVisible();
  await a.page.goto(`/w/${team.workspaceId}/pages`);
  const download = a.page.waitForEvent('download');
  await a.page.getByRole('button', { name: 'Export everything' }).click();
  expect((await download).suggestedFilename()).toMatch(/^outpost-.*\.zip$/);
});

for (const [size, viewport] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const) {
  test(`no serious or critical finding of axe on a page: ${size}`, async ({ server, device }) => {
    const team = await makeTeam(server, { tasks: ['Repair the pump'] });
    const a = await (await device({ viewport })).tab();
    await a.openBoard(team);
    await a.signIn(team.owner);
    await a.upToDate();
    await a.page.goto(`/w/${team.workspaceId}/pages`);
    await a.page.getByLabel('Zip or Markdown files').setInputFiles({
      name: 'all.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from(
        '## Steps\n\n- [ ] one\n- [x] two\n\n1. a\n2. b\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> quote\n\n```\ncode\n```\n\n[link](https://example.org) and `code`, done.\n',
      ),
    });
    await a.page.getByRole('button', { name: 'Open All' }).click();
    await expect(text(a)).toBeVisible();
    await a.page.getByRole('button', { name: 'History' }).click();
    const findings: string[] = [];
    findings.push(...(await serious(a, 'history')));
    await a.page.getByRole('button', { name: 'Close history' }).click();
    await text(a).getByRole('paragraph').last().click();
    await a.page.keyboard.press('End');
    await a.page.keyboard.press('Enter');
    await a.page.keyboard.type('/');
    await expect(a.page.getByRole('listbox', { name: 'Blocks' })).toBeVisible();
    findings.push(...(await serious(a, 'page')));
    expect(findings).toEqual([]);
  });
}
