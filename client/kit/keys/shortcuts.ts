// Shortcuts: what one is, and what pressed keys mean. Which there are is said by the features.

export interface Shortcut {
  readonly title: string;
  /** Alternatives: `mod+k`; `g b` is one after the other. `mod` is Ctrl, or ⌘ on Apple keyboards. */
  readonly keys: readonly string[];
  /** Its heading on the help sheet. */
  readonly group: string;
  /** Smaller ones stand first under the heading; 100 where it is missing. */
  readonly at?: number;
  /** The page it belongs to: while something there handles it, its keys come before whatever else they mean. */
  readonly place?: string;
  /** Works while typing, too. */
  readonly whileTyping?: boolean;
  /** Shown on the help sheet only: a component handles the keys itself. */
  readonly shownOnly?: boolean;
}

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** @returns the chord as written in the table, or null for keys that are none of ours. */
export function chordOf(event: Pressed): string | null {
  if (event.altKey || ['Control', 'Meta', 'Shift', 'Alt'].includes(event.key)) return null;
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  // The shift that makes `?` out of `/` is part of the character, not of the chord.
  const shift = event.shiftKey && (key.length > 1 || mod || /[a-z]/.test(key));
  return `${mod ? 'mod+' : ''}${shift ? 'shift+' : ''}${key}`;
}

/**
 * Finds what keys mean.
 * @param all in the order in which they are tried; those of a page come before the others in any case
 * @param before the chord pressed just before, if it may begin a sequence
 * @param here whether the page of a shortcut that belongs to one is open
 * @returns the shortcut, or `prefix` if a sequence may follow, or null
 */
export function shortcutFor(
  all: readonly Shortcut[],
  chord: string,
  before: string | null,
  here: (shortcut: Shortcut) => boolean = () => false,
): Shortcut | 'prefix' | null {
  const sequence = before === null ? null : `${before} ${chord}`;
  let prefix = false;
  const inOrder = [...all].sort((a, b) => Number('place' in b) - Number('place' in a));
  for (const shortcut of inOrder) {
    if (shortcut.shownOnly || (shortcut.place && !here(shortcut))) continue;
    for (const keys of shortcut.keys) {
      if (sequence !== null ? keys === sequence : keys === chord) return shortcut;
      if (keys.startsWith(`${chord} `)) prefix = true;
    }
  }
  if (sequence !== null) return shortcutFor(all, chord, null, here);
  return prefix ? 'prefix' : null;
}
