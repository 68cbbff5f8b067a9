// The board by keyboard alone, and by mouse.
import { columns } from './app';
import { makeTeam } from './team';
import { expect, test } from './test';

test('the keyboard alone makes, opens, comments, moves, deletes and undoes', async ({ server, device }) => {
  const team = await makeTeam(server, { tasks: ['First', 'Second'] });
  const app = await (await device()).boardOf(team, team.owner);
  const { keyboard } = app.page;
  const focused = app.page.locator(':focus');

  await keyboard.press('c');
  const dialog = app.page.getByRole('dialog', { name: 'New task' });
  await expect(dialog.getByRole('textbox', { name: 'Title' })).toBeFocused();
  await keyboard.type('Typed');
  await keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(['Typed', 'First', 'Second']);

  // Through the cards, and into one.
  await keyboard.press('j');
  await expect(focused).toHaveAccessibleName(/^Typed,/);
  await keyboard.press('j');
  await expect(focused).toHaveAccessibleName(/^First,/);
  await keyboard.press('Enter');
  await expect(app.title).toHaveValue('First');
  await keyboard.press('r');
  await expect(app.panel.getByRole('textbox', { name: 'Write a comment' })).toBeFocused();
  await keyboard.type('No hands on the mouse');
  await keyboard.press('ControlOrMeta+Enter');
  await expect(app.panel.getByRole('article')).toContainText('No hands on the mouse');
  await keyboard.press('Escape');
  await keyboard.press('p');
  await app.page.getByRole('dialog', { name: 'Set priority' }).getByRole('combobox').fill('high');
  await keyboard.press('Enter');
  await expect(app.field('Priority')).toHaveAccessibleName('Priority: High');
  await keyboard.press('Escape');
  await expect(app.panel).toBeHidden();
  await expect(focused).toHaveAccessibleName(/^First,/);

  // Picked up with Space, moved with arrows.
  await keyboard.press('Space');
  await expect(app.page.getByText('Picked up First.')).toBeAttached();
  // The drag listens to keys from its first timer on, which may come after a key that is as quick as this one.
  await app.page.evaluate(() => new Promise<void>((done) => setTimeout(done)));
  await keyboard.press('ArrowRight');
  await expect(app.page.getByText('First: In progress')).toBeAttached();
  await keyboard.press('ArrowRight');
  await expect(app.page.getByText('First: In review')).toBeAttached();
  await keyboard.press('Space');
  await expect(app.card('First', app.column(columns.review))).toBeVisible();
  await keyboard.press('ControlOrMeta+z');
  await expect(app.card('First', app.column(columns.todo))).toBeVisible();
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(['Typed', 'First', 'Second']);
  await keyboard.press('ControlOrMeta+Shift+z');
  await expect(app.card('First', app.column(columns.review))).toBeVisible();

  // Within the column, and deleted.
  await app.card('Second').focus();
  await keyboard.press('Shift+ArrowUp');
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(['Second', 'Typed']);
  await keyboard.press('Delete');
  const asked = app.page.getByRole('dialog', { name: 'Delete this task?' });
  await expect(asked.getByRole('button', { name: 'Delete task' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(app.card('Second')).toHaveCount(0);
  await keyboard.press('ControlOrMeta+z');
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(['Second', 'Typed']);

  await keyboard.press('g');
  await keyboard.press('l');
  await expect(app.page).toHaveURL(/\/list/);
  await expect(app.card('Typed')).toBeVisible();
  await app.upToDate();
  const stored = await team.owner.rows(team.workspaceId, 'task');
  expect([...stored.values()].map((row) => `${row.title}: ${row.status}`).sort()).toEqual([
    'First: review',
    'Second: todo',
    'Typed: todo',
  ]);
});

test('R2: cards go where the mouse drops them, and stay there', async ({ server, device }) => {
  const team = await makeTeam(server, {
    tasks: ['One', 'Two', 'Three', { title: 'Four', status: 'doing' }],
  });
  const app = await (await device()).boardOf(team, team.owner);
  const other = await (await device()).boardOf(team, team.owner);

  await app.drag('Two', columns.review);
  await app.isOnServer('Two');
  await expect(other.card('Two', other.column(columns.review))).toBeVisible();
  // Onto a card: before it.
  await app.dragOnto('Three', 'One');
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(['Three', 'One']);
  await app.dragOnto('Four', 'One');
  const expected = ['Three', 'Four', 'One'];
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(expected);
  await app.upToDate();
  await expect.poll(() => other.titlesIn(columns.todo)).toEqual(expected);
  expect(await app.titlesIn(columns.todo)).toEqual(expected);

  // Left where it was when Escape ends the drag.
  const card = await app.card('One').boundingBox();
  await app.page.mouse.move(card!.x + 40, card!.y + 20);
  await app.page.mouse.down();
  await app.page.mouse.move(card!.x + 340, card!.y + 60, { steps: 8 });
  await app.page.keyboard.press('Escape');
  await app.page.mouse.up();
  await expect.poll(() => app.titlesIn(columns.todo)).toEqual(expected);
  await expect(app.panel).toBeHidden();
});
