// shortcuts.ts: keys are unambiguous and mean what the table says.
import { expect, test } from 'vitest';
import { chordOf, type Shortcut, shortcutFor, shortcutIds, shortcuts } from './shortcuts';

test('no key means two things, and no key hides a sequence', () => {
  const all = shortcutIds.flatMap((id) => [...shortcuts[id].keys]);
  expect(new Set(all).size).toBe(all.length);
  const sequences = all.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0]);
  for (const first of sequences) expect(all).not.toContain(first);
});

test('every key of the table is found again', () => {
  for (const id of shortcutIds) {
    const shortcut: Shortcut = shortcuts[id];
    if (shortcut.shownOnly) continue;
    for (const keys of shortcut.keys) {
      const [first, second] = keys.split(' ');
      expect(shortcutFor(first!, null)).toBe(second ? 'prefix' : id);
      if (second) expect(shortcutFor(second, first!)).toBe(id);
    }
  }
});

test('a broken sequence starts anew', () => {
  expect(shortcutFor('c', 'g')).toBe('create');
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
