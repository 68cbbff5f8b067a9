// Light mode: the last views, the same writes, honest marks, and the way there and back.
import type { Page } from '@playwright/test';
import { App, columns } from './app';
import { serious } from './axe';
import { makeResources } from './calendar';
import type { Person } from './person';
import { makeTeam, type Team } from './team';
import { type Device, expect, test } from './test';

const chip = (page: Page) => page.getByRole('status', { name: 'Changes' });
const task = (page: Page, title: string) => page.getByRole('listitem').filter({ hasText: title });

async function signIn(page: Page, person: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** A tab of light mode, asked for by the address, signed in, with the team's project open. */
async function lightTab(browser: Device, team: Team): Promise<Page> {
  const page = await browser.context.newPage();
  await page.goto('/?light');
  await signIn(page, team.owner);
  await expect(page).toHaveTitle('Outpost, light mode');
  await page.getByRole('link', { name: team.projectName }).click();
  await expect(page.getByRole('heading', { level: 1, name: team.projectName })).toBeVisible();
  return page;
}

async function addTask(page: Page, title: string): Promise<void> {
  await page.getByRole('textbox', { name: 'New task' }).fill(title);
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(task(page, title)).toBeVisible();
}

const isOnServer = (page: Page, title: string) =>
  expect(task(page, title).getByRole('img', { name: 'On the server' })).toBeVisible();
const isOnlyHere = (page: Page, title: string) =>
  expect(task(page, title).getByRole('img', { name: 'Only on this device' })).toBeVisible();

const titles = async (team: Team) =>
  [...(await team.owner.rows(team.workspaceId, 'task')).values()].map(({ title }) => title).sort();

test('W1, C3: read and write online, offline, over a reload, and back online: each write arrives once', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, {
    others: ['Ben'],
    tasks: [{ title: 'Valve', description: 'Turn it' }],
  });
  const browser = await device();
  const page = await lightTab(browser, team);
  await isOnServer(page, 'Valve');
  await addTask(page, 'Pump');
  await isOnServer(page, 'Pump');
  await expect(chip(page)).toContainText('All changes are on the server');
  expect(await titles(team)).toEqual(['Pump', 'Valve']);

  await page.getByRole('link', { name: 'Valve' }).click();
  await expect(page.getByText('Turn it')).toBeVisible();
  await page.getByLabel('Assignee').selectOption({ label: 'Ben' });
  await page.getByRole('textbox', { name: 'Write a comment' }).fill('It sticks');
  await page.getByRole('button', { name: 'Comment' }).click();
  await expect(page.getByRole('region', { name: 'Comments' })).toContainText('It sticks');
  await expect(chip(page)).toContainText('All changes are on the server');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });

  await browser.offline(true);
  await page.getByRole('textbox', { name: 'Title' }).fill('Valve of the pump');
  await page.getByRole('button', { name: 'Save title' }).click();
  await page.getByLabel('State').selectOption({ label: columns.doing });
  await expect(chip(page)).toContainText('2 changes only on this device');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Valve of the pump' })).toBeVisible();
  await expect(page.getByLabel('State')).toHaveValue('doing');
  await expect(page.getByText(/^As of \d+:\d+/)).toBeVisible();
  await page.getByRole('link', { name: '← Tasks of the project' }).click();
  await isOnlyHere(page, 'Valve of the pump');
  await addTask(page, 'Hatch');
  await isOnlyHere(page, 'Hatch');
  await page.getByRole('link', { name: 'Changes' }).click();
  await expect(page.getByRole('region', { name: 'Only on this device' }).getByRole('listitem')).toHaveCount(
    3,
  );
  expect(await titles(team)).toEqual(['Pump', 'Valve']);

  await browser.offline(false);
  await expect(page.getByText('Everything that you wrote here is on the server.')).toBeVisible();
  expect(await titles(team)).toEqual(['Hatch', 'Pump', 'Valve of the pump']);
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByRole('link', { name: team.projectName }).click();
  await isOnServer(page, 'Hatch');
  await page.getByRole('button', { name: 'Done: Hatch' }).click();
  await expect(page.getByRole('region', { name: 'Done, 1' })).toContainText('Hatch');
});

test('W1, W2: back to the full app with unsent work: it is counted, sent once, and shown there', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Valve'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  // The full app leaves something unsent of its own.
  await browser.offline(true);
  await app.says('Offline');
  await app.addTask(columns.todo, 'Written in the full app');
  await app.isOnlyHere('Written in the full app');
  await browser.offline(false);
  await app.upToDate();

  const { page } = app;
  await app.goTo('Settings');
  await page.getByRole('button', { name: 'Use light mode' }).click();
  await expect(page).toHaveTitle('Outpost, light mode');
  await page.getByRole('link', { name: team.projectName }).click();
  await isOnServer(page, 'Written in the full app');
  await browser.offline(true);
  await addTask(page, 'Written in light mode');
  await isOnlyHere(page, 'Written in light mode');
  // What was chosen holds for the app's own addresses, too.
  await page.goto('/');
  await expect(page).toHaveTitle('Outpost, light mode');
  await page.getByRole('link', { name: 'What it cannot do, and the way back' }).click();
  await expect(page.getByText('It was opened because you chose it in the settings.')).toBeVisible();
  await page.getByRole('button', { name: 'Open the full app' }).click();
  await app.says(/Offline/);
  await expect(app.chip).toHaveAccessibleName(/1/);
  expect(await titles(team)).toEqual(['Valve', 'Written in the full app']);
  await browser.offline(false);
  await app.upToDate();
  expect(await titles(team)).toEqual(['Valve', 'Written in light mode', 'Written in the full app']);
  await app.openBoard(team);
  await app.isOnServer('Written in light mode');
});

test('W1: light mode says that the full app has unsent work which it cannot read', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Valve'] });
  const browser = await device();
  const app = await browser.boardOf(team, team.owner);
  await browser.offline(true);
  await app.says('Offline');
  await app.addTask(columns.todo, 'Hatch');
  await app.isOnlyHere('Hatch');
  await app.page.goto('/?light#/about');
  await app.page.getByRole('link', { name: 'What it cannot do, and the way back' }).click();
  await expect(
    app.page.getByText('The full app on this device has one change that is not on the server yet.'),
  ).toBeVisible();
});

test('W3: what the server refuses is shown with its sentence, and comes into the Inbox of the full app', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Valve'] });
  const browser = await device();
  const page = await lightTab(browser, team);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await browser.offline(true);
  await page.getByRole('link', { name: 'Valve' }).click();
  await expect(page.getByText('Nothing was kept of this page on this device.')).toBeVisible();
  await page.getByRole('link', { name: '← Projects' }).click();
  await page.getByRole('link', { name: team.projectName }).click();
  await addTask(page, 'Hatch');
  const projects = await team.owner.rows(team.workspaceId, 'project');
  await team.owner.write([{ kind: 'delete', table: 'project', id: [...projects.keys()][0]! }]);
  await browser.offline(false);
  await page.getByRole('link', { name: 'See why' }).click();
  const refused = page.getByRole('region', { name: 'Not stored by the server' });
  await expect(refused).toContainText('The project of this task does not exist any more.');
  await page.goto('/');
  await expect(page.getByRole('button', { name: /^Sync:/ })).toBeVisible();
  await page.getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.getByRole('list', { name: 'Inbox' })).toContainText(
    'The project of this task does not exist any more.',
  );
});

test('a browser without WebAssembly comes to light mode by itself', async ({ server, device }) => {
  const team = await makeTeam(server, { tasks: ['Valve'] });
  const browser = await device();
  await browser.context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'WebAssembly');
  });
  const app = await browser.tab();
  await app.openBoard(team);
  await app.page.waitForURL(/\/sign-in/);
  await signIn(app.page, team.owner);
  await expect(app.page).toHaveTitle('Outpost, light mode');
  await expect(app.page.getByRole('link', { name: team.projectName })).toBeVisible();
  await app.page.getByRole('link', { name: 'What it cannot do, and the way back' }).click();
  await expect(
    app.page.getByText('It was opened because this browser cannot run the full app.'),
  ).toBeVisible();
  await expect(app.page.getByRole('button', { name: 'Open the full app' })).toBeHidden();
});

test('a worker that fails at its start leads to light mode by itself, and there is a way back', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['Valve'] });
  const browser = await device({ serviceWorkers: 'block' });
  let isBroken = true;
  await browser.context.route(/pglite-.*\.wasm/, (route) => (isBroken ? route.abort() : route.continue()));
  const app = await browser.tab();
  await app.openBoard(team);
  await signIn(app.page, team.owner);
  await expect(app.page).toHaveTitle('Outpost, light mode', { timeout: 60_000 });
  await app.page.getByRole('link', { name: team.projectName }).click();
  await addTask(app.page, 'Hatch');
  await isOnServer(app.page, 'Hatch');
  isBroken = false;
  await app.page.getByRole('link', { name: 'What it cannot do, and the way back' }).click();
  await expect(app.page.getByText(/the database on this device did not start/)).toBeVisible();
  await app.page.getByRole('button', { name: 'Open the full app' }).click();
  await app.upToDate();
  await expect(app.card('Hatch')).toBeVisible();
});

test('C2: a booking that clashes is stored as in conflict, and light mode says so', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server);
  await makeResources(team, ['Lab'], { opens: '00:00', closes: '24:00' });
  const browser = await device();
  const page = await browser.context.newPage();
  await page.goto('/?light');
  await signIn(page, team.owner);
  await page.getByRole('link', { name: 'Bookings' }).click();
  await page.getByText('New booking').click();
  const today = await page.evaluate(() => new Date().toLocaleDateString('sv'));
  const book = async (title: string, from: string, to: string) => {
    await page.getByLabel('What for').fill(title);
    await page.getByLabel('From').fill(`${today}T${from}`);
    await page.getByLabel('To').fill(`${today}T${to}`);
    await page.getByRole('button', { name: 'Book', exact: true }).click();
  };
  await book('Tide tables', '10:00', '11:00');
  await isOnServer(page, 'Tide tables');
  await book('Ice cores', '10:30', '11:30');
  await expect(task(page, 'Ice cores')).toContainText('In conflict');
  await isOnServer(page, 'Ice cores');
  await page.getByRole('link', { name: 'Changes' }).click();
  await expect(page.getByRole('region', { name: 'Stored otherwise' })).toContainText('it clashes');
});

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(sizes)) {
  test(`no serious or critical finding of axe in light mode: ${size}`, async ({ server, device }) => {
    const team = await makeTeam(server, { tasks: [{ title: 'Valve', description: 'Turn it' }] });
    const browser = await device({ viewport });
    const page = await lightTab(browser, team);
    const app = new App(page);
    const findings = await serious(app, 'project');
    await page.getByRole('link', { name: 'Valve' }).click();
    await page.getByRole('textbox', { name: 'Write a comment' }).fill('It sticks');
    await page.getByRole('button', { name: 'Comment' }).click();
    await expect(page.getByRole('region', { name: 'Comments' })).toContainText('It sticks');
    findings.push(...(await serious(app, 'task')));
    for (const name of ['Bookings', 'Pages', 'Stock', 'Changes']) {
      await page.getByRole('navigation', { name: 'Light mode' }).getByRole('link', { name }).click();
      await expect(page.getByRole('heading', { level: 1, name: new RegExp(`^${name}`) })).toBeVisible();
      findings.push(...(await serious(app, name)));
    }
    await page.getByRole('link', { name: 'What it cannot do, and the way back' }).click();
    findings.push(...(await serious(app, 'about')));
    expect(findings).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(viewport.width);
  });
}
