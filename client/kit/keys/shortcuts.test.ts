// shortcuts.ts: keys are unambiguous and mean what the table says.
import { expect, test } from 'vitest';
import { chordOf, type Shortcut, shortcutFor, shortcutIds, shortcuts } from './shortcuts';

test('no key means two things, and no key hides a sequence', () => {
  const everywhere = (id: (typeof shortcutIds)[number]) => !('place' in shortcuts[id]);
  for (const ids of [shortcutIds.filter(everywhere), shortcutIds.filter((id) => !everywhere(id))]) {
    const keys = ids.flatMap((id) => [...shortcuts[id].keys]);
    expect(new Set(keys).size).toBe(keys.length);
  }
  const all = shortcutIds.flatMap((id) => [...shortcuts[id].keys]);
  const sequences = all.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0]);
  for (const first of sequences) expect(all).not.toContain(first);
});

test('every key of the table is found again', () => {
  for (const id of shortcutIds) {
    const shortcut: Shortcut = shortcuts[id];
    if (shortcut.shownOnly) continue;
    for (const keys of shortcut.keys) {
      const [first, second] = keys.split(' ');
      const here = () => shortcut.place !== undefined;
      expect(shortcutFor(first!, null, here)).toBe(second ? 'prefix' : id);
      if (second) expect(shortcutFor(second, first!, here)).toBe(id);
    }
  }
});

test('keys of a page mean what they mean elsewhere while it is not open', () => {
  expect(shortcutFor('d', null)).toBe('setDue');
  expect(shortcutFor('d', null, () => true)).toBe('bookingsDay');
  expect(shortcutFor('n', null)).toBeNull();
});

test('a broken sequence starts anew', () => {
  expect(shortcutFor('e', 'g')).toBe('edit');
  expect(shortcutFor('q', 'g')).toBeNull();
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
