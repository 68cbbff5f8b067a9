// Pages written where the network is away, slow or half: five thousand letters offline, three tabs of one browser, no
// socket, a tab that is closed in the middle of a word.
import type { App } from './app';
import { newPage, openPage, text, toEnd, words } from './page';
import { makeTeam } from './team';
import { expect, test } from './test';

const LETTERS = 5_000;

/** Types at the caret, each letter an edit of its own, as fast as the page takes them. */
async function typeLetters(app: App, letters: string): Promise<void> {
  await app.page.evaluate(async (all) => {
    for (const letter of all) {
      document.execCommand('insertText', false, letter);
      // The editor sees what was typed, and what it makes of it is stored meanwhile.
      await new Promise((done) => setTimeout(done));
    }
  }, letters);
}

/** Both show the same, and it is on the server. */
async function expectSameText(...apps: App[]): Promise<string> {
  for (const app of apps) await app.upToDate();
  const [first, ...rest] = apps;
  for (const other of rest) {
    await expect.poll(async () => (await words(first!)) === (await words(other))).toBe(true);
  }
  return await words(first!);
}

test('D1: five thousand letters typed offline, while another writes: no letter is lost', async ({
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

  await a.upToDate();
  await adas.offline(true);
  await a.says(/Offline/);
  await toEnd(a);
  // Letters whose number and order can be checked afterwards.
  const written = Array.from({ length: LETTERS / 10 }, (_, i) =>
    `a${String(i).padStart(4, '0')}.....`.slice(0, 10),
  );
  await typeLetters(a, written.join(''));
  await toEnd(b);
  await b.page.keyboard.type('[Ben was here too]');
  await b.upToDate();
  await expect(text(b)).not.toContainText('a0000');
  await adas.offline(false);
  const all = await expectSameText(a, b);
  expect(all).toHaveLength('Start.'.length + LETTERS + '[Ben was here too]'.length);
  expect(all).toContain(written.join(''));
  expect(all).toContain('[Ben was here too]');
});

test('D1: three tabs of one browser, offline and back, read the same as the others', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const adas = await device();
  const first = await adas.boardOf(team, team.owner);
  await newPage(first, 'Log');
  await first.page.keyboard.type('Start.');
  await first.upToDate();
  const address = first.page.url();
  const tabs = [first, await adas.tab(), await adas.tab()];
  for (const tab of tabs.slice(1)) {
    await tab.page.goto(address);
    await expect(text(tab)).toContainText('Start.');
  }
  await adas.offline(true);
  for (const [i, tab] of tabs.entries()) {
    await tab.page.bringToFront();
    await toEnd(tab);
    await tab.page.keyboard.type(` [tab ${i}]`);
  }
  for (const tab of tabs) {
    for (const i of tabs.keys()) await expect(text(tab)).toContainText(`[tab ${i}]`);
  }
  // The tab that holds the database goes; the others go on.
  await first.page.close();
  await tabs[1]!.page.bringToFront();
  await toEnd(tabs[1]!);
  await tabs[1]!.page.keyboard.type(' [after]');
  await expect(text(tabs[2]!)).toContainText('[after]');
  await adas.offline(false);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await openPage(b, 'Log');
  const all = await expectSameText(tabs[1]!, tabs[2]!, b);
  expect(all).toHaveLength('Start. [tab 0] [tab 1] [tab 2] [after]'.length);
});

test('D1: where no socket gets through, everything works, only slower', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const [adas, bens] = [await device(), await device()];
  for (const { context } of [adas, bens]) {
    await context.routeWebSocket(/\/api\/documents\/live/, (socket) => socket.close());
  }
  const a = await adas.boardOf(team, team.owner);
  const b = await bens.boardOf(team, team.others[0]!);
  await newPage(a, 'Log');
  await a.page.keyboard.type('Start.');
  await openPage(b, 'Log');
  await expect(text(b)).toContainText('Start.');
  await toEnd(a);
  await toEnd(b);
  await b.page.keyboard.press('Home');
  await Promise.all([a.page.keyboard.type(' [Ada]'), b.page.keyboard.type('[Ben] ')]);
  await expect(text(a)).toContainText('[Ben]');
  await expect(text(b)).toContainText('[Ada]');
  expect(await expectSameText(a, b)).toBe('[Ben] Start. [Ada]');
});

test('W1: what was typed in the moment before the tab was closed is there', async ({ server, device }) => {
  const team = await makeTeam(server);
  const adas = await device();
  const a = await adas.boardOf(team, team.owner);
  await newPage(a, 'Log');
  await a.page.keyboard.type('Start.');
  await a.upToDate();
  const address = a.page.url();
  let tab = a;
  const typed = ['Start.'];
  for (const words of ['Once.', 'Twice.', 'Offline.']) {
    if (words === 'Offline.') await adas.offline(true);
    await toEnd(tab);
    await tab.page.keyboard.type(` ${words}`);
    const closed = tab.page.waitForEvent('close');
    await tab.page.close({ runBeforeUnload: true });
    await closed;
    typed.push(words);
    tab = await adas.tab();
    await tab.page.goto(address);
    await expect(text(tab)).toHaveText(typed.join(' '));
  }
  await adas.offline(false);
  await tab.upToDate();
});

/** What one does to a block while the other, apart, writes at its end. */
const ways: Readonly<Record<string, { lines: string[]; act: (app: App) => Promise<void>; shape: string }>> = {
  'makes a heading of it': {
    lines: ['Hello'],
    act: (app) => app.page.keyboard.press('Control+Alt+2'),
    shape: 'h2',
  },
  'makes a quote of it': {
    lines: ['Hello'],
    act: (app) => app.page.keyboard.press('Control+Shift+b'),
    shape: 'blockquote p',
  },
  'joins it to the one before': {
    lines: ['First. ', 'Hello'],
    act: async (app) => {
      await app.page.keyboard.press('Home');
      await app.page.keyboard.press('Backspace');
    },
    shape: 'p',
  },
  'indents its list item': {
    lines: ['- First', 'Hello'],
    act: (app) => app.page.keyboard.press('Tab'),
    shape: 'ul ul li',
  },
  'makes a list of all': {
    lines: ['First', 'Hello'],
    act: async (app) => {
      await app.page.keyboard.press('ControlOrMeta+a');
      await app.page.keyboard.press('Control+Shift+8');
    },
    shape: 'ul li + li',
  },
  'splits it': {
    lines: ['Well Hello'],
    act: async (app) => {
      for (let i = 0; i < 'Hello'.length; i++) await app.page.keyboard.press('ArrowLeft');
      await app.page.keyboard.press('Enter');
    },
    shape: 'p + p',
  },
};

test('D1: apart, whatever one does to a block, what the other writes in it is there', async ({
  server,
  device,
}) => {
  test.setTimeout(240_000);
  const team = await makeTeam(server, { others: ['Ben'] });
  const [adas, bens] = [await device(), await device()];
  const a = await adas.boardOf(team, team.owner);
  const b = await bens.boardOf(team, team.others[0]!);
  for (const [name, { lines, act, shape }] of Object.entries(ways)) {
    await test.step(name, async () => {
      await newPage(a, name);
      await a.page.keyboard.type(lines.join('\n'));
      await a.upToDate();
      await openPage(b, name);
      await expect(text(b)).toContainText('Hello');
      for (const each of [adas, bens]) await each.offline(true);
      for (const app of [a, b]) await app.says(/Offline/);
      for (const app of [a, b]) {
        await text(app).getByText('Hello').click();
        await app.page.keyboard.press('End');
      }
      await act(a);
      await b.page.keyboard.type(' and more');
      for (const each of [adas, bens]) await each.offline(false);
      // The other's name may stand at their caret.
      for (const app of [a, b])
        await expect(text(app).locator(shape).last()).toContainText(/Hello.* and more/);
      expect(await expectSameText(a, b)).toBe(`${lines.join('').replace('- ', '')} and more`);
    });
  }
});

test('D1: two who write at one caret at the same time keep their words whole', async ({ server, device }) => {
  const team = await makeTeam(server, { others: ['Ben'] });
  const a = await (await device()).boardOf(team, team.owner);
  const b = await (await device()).boardOf(team, team.others[0]!);
  await newPage(a, 'Log');
  await a.page.keyboard.type('Start.');
  await openPage(b, 'Log');
  await expect(text(b)).toContainText('Start.');
  await toEnd(a);
  await toEnd(b);
  await Promise.all([
    a.page.keyboard.type('[written by Ada]', { delay: 30 }),
    b.page.keyboard.type('[written by Ben]', { delay: 30 }),
  ]);
  await expect.poll(() => words(a)).toHaveLength('Start.[written by Ada][written by Ben]'.length);
  expect(await expectSameText(a, b)).toMatch(
    /^Start\.(\[written by Ada\]\[written by Ben\]|\[written by Ben\]\[written by Ada\])$/,
  );
  // Undo after another's edit: the caret is where it was.
  await a.page.keyboard.press('Home');
  await a.page.keyboard.type('He');
  await b.page.keyboard.press('End');
  await b.page.keyboard.type('!');
  await expect(text(a)).toContainText('!');
  await a.page.keyboard.press('ControlOrMeta+z');
  await expect(text(a)).not.toContainText('He');
  await a.page.keyboard.type('X');
  await expect.poll(() => words(b)).toMatch(/^XStart\./);
});
