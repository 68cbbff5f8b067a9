// The shortcuts of all features: keys are unambiguous and mean what the tables say.
// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { bookingShortcuts } from '../booking/shortcuts';
import { chordOf, shortcutFor } from '../kit/keys/shortcuts';
import { taskShortcuts } from '../task/shortcuts';
import { features } from './features';
import { allShortcuts } from './shell/all-shortcuts';

const shortcuts = allShortcuts(features);

test('no key means two things, and no key hides a sequence', () => {
  const ofPage = shortcuts.filter((shortcut) => shortcut.place !== undefined);
  const everywhere = shortcuts.filter((shortcut) => shortcut.place === undefined);
  expect(ofPage.length).toBeGreaterThan(10);
  expect(everywhere.length).toBeGreaterThan(30);
  for (const list of [everywhere, ofPage]) {
    const keys = list.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
  const all = shortcuts.flatMap((shortcut) => shortcut.keys);
  const sequences = all.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0]);
  for (const first of sequences) expect(all).not.toContain(first);
});

test('every key of the tables is found again', () => {
  for (const shortcut of shortcuts) {
    if (shortcut.shownOnly) continue;
    for (const keys of shortcut.keys) {
      const [first, second] = keys.split(' ');
      const here = () => shortcut.place !== undefined;
      expect(shortcutFor(shortcuts, first!, null, here)).toBe(second ? 'prefix' : shortcut);
      if (second) expect(shortcutFor(shortcuts, second, first!, here)).toBe(shortcut);
    }
  }
});

test('keys of a page mean what they mean elsewhere while it is not open', () => {
  expect(shortcutFor(shortcuts, 'd', null)).toBe(taskShortcuts.setDue);
  expect(shortcutFor(shortcuts, 'd', null, () => true)).toBe(bookingShortcuts.bookingsDay);
  expect(shortcutFor(shortcuts, 'n', null)).toBeNull();
});

test('a broken sequence starts anew', () => {
  expect(shortcutFor(shortcuts, 'e', 'g')).toBe(taskShortcuts.edit);
  expect(shortcutFor(shortcuts, 'q', 'g')).toBeNull();
});

test('the help sheet goes by headings, each with the same order as ever', () => {
  expect([...new Set(shortcuts.map((shortcut) => shortcut.group))]).toEqual([
    'Everywhere',
    'Go to',
    'Tasks',
    'Bookings',
    'Pages',
    'A task',
  ]);
  const first = (group: string) =>
    shortcuts.filter((shortcut) => shortcut.group === group).map((shortcut) => shortcut.keys[0]);
  expect(first('Everywhere')).toEqual(['mod+k', '/', 'c', 'mod+z', 'mod+shift+z', '?', '[']);
  expect(first('Go to')).toEqual(['g b', 'g l', 'g i', 'g s', 'g c', 'g k', 'g p', 'g m', 'g d', 'g ,']);
});

test('chords are written one way', () => {
  const press = (
    key: string,
    mods: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
  ) => chordOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...mods });
  expect(press('k', { metaKey: true })).toBe('mod+k');
  expect(press('Z', { ctrlKey: true, shiftKey: true })).toBe('mod+shift+z');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('ArrowRight', { shiftKey: true })).toBe('shift+arrowright');
  expect(press(' ')).toBe('space');
  expect(press('Shift', { shiftKey: true })).toBeNull();
  expect(press('c', { altKey: true })).toBeNull();
});
