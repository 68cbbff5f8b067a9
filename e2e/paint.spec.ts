// A write is on the screen before the database answers: here the database is busy with something else meanwhile, and
// what a key does must be seen in the next frame all the same, with a mark that does not claim more than is so.
import type { Page } from '@playwright/test';
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

/**
 * Keeps the database of this browser busy, as another tab could: asks the worker that holds it for a query that takes long.
 * @returns resolves when it is through
 */
async function occupy(
  page: Page,
  seconds: number,
): Promise<{ done: () => Promise<boolean>; through: () => Promise<void> }> {
  await page.evaluate(async (length) => {
    const { held = [] } = await navigator.locks.query();
    const prefix = 'sync leader ';
    const name = held.find((lock) => lock.name?.startsWith(prefix))?.name?.slice(prefix.length);
    if (name === undefined) throw new Error('nobody leads');
    const channel = new BroadcastChannel(`sync ${name}`);
    const me = crypto.randomUUID();
    const leader = await new Promise<string>((found) => {
      channel.onmessage = ({ data }) => data.type === 'i-lead' && found(data.from);
      channel.postMessage({ type: 'who-leads', from: me });
    });
    const sql = `do $$ begin while clock_timestamp() < now() + interval '${length} s' loop end loop; end $$`;
    const state = window as unknown as { occupied: boolean };
    state.occupied = true;
    channel.onmessage = ({ data }) => {
      if (data.type === 'to-tab' && data.to === me) state.occupied = false;
    };
    const message = { type: 'call', id: 1, method: 'read', args: [{ sql, parameters: [] }] };
    channel.postMessage({ type: 'to-leader', to: leader, from: me, message });
  }, seconds);
  const isBusy = () => page.evaluate(() => (window as unknown as { occupied: boolean }).occupied);
  return {
    done: async () => !(await isBusy()),
    through: () => expect.poll(isBusy, { timeout: 30_000 }).toBe(false),
  };
}

/** @returns the names of all cards two frames after the next key press */
async function atNextFrame(page: Page, key: string): Promise<string[]> {
  await page.evaluate(() => {
    const state = window as unknown as { shown: Promise<string[]> };
    state.shown = new Promise((shown) => {
      const look = () =>
        shown(
          [...document.querySelectorAll('[data-task-id]')].map(
            (card) => card.getAttribute('aria-label') ?? '',
          ),
        );
      const onKey = ({ key: pressed }: KeyboardEvent) => {
        // That of Shift comes before: two frames after it, the key itself may not have come.
        if (pressed === 'Shift') return;
        removeEventListener('keydown', onKey, true);
        requestAnimationFrame(() => requestAnimationFrame(look));
      };
      addEventListener('keydown', onKey, true);
    });
  });
  await page.keyboard.press(key);
  return await page.evaluate(() => (window as unknown as { shown: Promise<string[]> }).shown);
}

test('W1: while the database is busy, changes, moves, new and deleted tasks are seen in the next frame, as being stored', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['First', 'Second', 'Third'] });
  const app = await (await device()).boardOf(team, team.owner);
  const { page } = app;
  const { keyboard } = page;
  await app.isOnServer('First');
  await app.card('First').focus();
  const busy = await occupy(page, 12);

  // A change.
  expect(await atNextFrame(page, '1')).toContain('First, To do, Urgent priority, being stored');
  // A move within the column, and one to another column.
  expect(await atNextFrame(page, 'Shift+ArrowDown')).toContain('First, To do, Urgent priority, being stored');
  expect(await app.titlesIn(columns.todo)).toEqual(['Second', 'First', 'Third']);
  await expect(app.column(columns.todo)).toHaveAccessibleName('To do, 3 tasks');
  await app.card('Third').focus();
  expect(await atNextFrame(page, 'Shift+ArrowRight')).toContain('Third, In progress, being stored');
  expect(await app.titlesIn(columns.doing)).toEqual(['Third']);
  await expect(app.column(columns.todo)).toHaveAccessibleName('To do, 2 tasks');
  await expect(app.column(columns.doing)).toHaveAccessibleName('In progress, 1 task');
  // A new one.
  await app
    .column(columns.todo)
    .getByRole('button', { name: `Add a task to ${columns.todo}` })
    .click();
  await keyboard.type('Fourth');
  expect(await atNextFrame(page, 'Enter')).toContain('Fourth, To do, being stored');
  await keyboard.press('Escape');
  // A deleted one.
  await app.card('Second').focus();
  await keyboard.press('Delete');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Delete task' })).toBeFocused();
  const left = await atNextFrame(page, 'Enter');
  expect(left.filter((name) => name.startsWith('Second'))).toEqual([]);
  expect(await app.titlesIn(columns.todo)).toEqual(['Fourth', 'First']);
  await app.says('Storing');
  expect(await busy.done()).toBe(false);

  await busy.through();
  await app.upToDate();
  await app.isOnServer('First');
  expect(await app.titlesIn(columns.todo)).toEqual(['Fourth', 'First']);
  expect(await app.titlesIn(columns.doing)).toEqual(['Third']);
  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map((row) => `${row.title}: ${row.status} ${row.priority}`).sort()).toEqual([
    'First: todo 1',
    'Fourth: todo 0',
    'Third: doing 0',
  ]);
});

test('W1: what the database refuses goes from the screen again, and why is said', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['First'] });
  const app = await (await device()).boardOf(team, team.owner);
  const { page } = app;
  await app.openTask('First');
  // Longer than a rule of the database allows.
  const title = app.title;
  await title.evaluate((box) => box.removeAttribute('maxlength'));
  const busy = await occupy(page, 4);
  await title.fill('x'.repeat(501));
  await title.blur();
  await expect(app.card('x'.repeat(501))).toHaveAccessibleName(/being stored$/);
  expect(await busy.done()).toBe(false);
  await busy.through();
  await expect(page.getByText('A task needs a title of at most 500 characters.')).toBeVisible();
  await expect(app.card('First')).toHaveAccessibleName(/on the server$/);
});

test('W1: what could not be stored comes back to where it was typed, before what was typed there since, also when that was closed', async ({
  server,
  device,
}) => {
  const team = await makeTeam(server, { tasks: ['First'] });
  const app = await (await device()).boardOf(team, team.owner);
  const { page } = app;
  const add = app.column(columns.todo).getByRole('button', { name: `Add a task to ${columns.todo}` });
  const box = page.getByRole('textbox', { name: `New task in ${columns.todo}` });
  const failing = async (title: string, meanwhile: () => Promise<void>) => {
    await box.evaluate((area) => area.removeAttribute('maxlength'));
    const busy = await occupy(page, 3);
    await box.fill(title);
    await box.press('Enter');
    await expect(box).toHaveValue('');
    await meanwhile();
    await busy.through();
    await expect(page.getByText('A task needs a title of at most 500 characters.')).toBeVisible();
  };
  await add.click();
  const first = 'x'.repeat(501);
  await failing(first, () => box.fill('typed since'));
  await expect(box).toHaveValue(`${first} typed since`);
  await box.fill('');
  const second = 'y'.repeat(501);
  await failing(second, () => box.press('Escape'));
  await expect(box).toBeHidden();
  await add.click();
  await expect(box).toHaveValue(second);
});
