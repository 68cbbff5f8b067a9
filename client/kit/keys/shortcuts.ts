// Every shortcut of the application, in one table: the help sheet, the palette and the key handler read it.

export interface Shortcut {
  readonly title: string;
  /** Alternatives: `mod+k`; `g b` is one after the other. `mod` is Ctrl, or ⌘ on Apple keyboards. */
  readonly keys: readonly string[];
  readonly group: 'Everywhere' | 'Go to' | 'Tasks' | 'A task' | 'Bookings' | 'Pages';
  /** On this page its keys come before whatever else they mean. */
  readonly place?: 'bookings' | 'pages';
  /** Works while typing, too. */
  readonly whileTyping?: boolean;
  /** Shown on the help sheet only: a component handles the keys itself. */
  readonly shownOnly?: boolean;
}

export const shortcuts = {
  palette: { title: 'Open the command palette', keys: ['mod+k'], group: 'Everywhere', whileTyping: true },
  search: { title: 'Search everything', keys: ['/'], group: 'Everywhere' },
  create: { title: 'Create a task', keys: ['c'], group: 'Everywhere' },
  undo: { title: 'Undo', keys: ['mod+z'], group: 'Everywhere' },
  redo: { title: 'Do again', keys: ['mod+shift+z', 'mod+y'], group: 'Everywhere' },
  help: { title: 'Show keyboard shortcuts', keys: ['?'], group: 'Everywhere' },
  sidebar: { title: 'Show or hide the sidebar', keys: ['['], group: 'Everywhere' },
  goBoard: { title: 'Go to the board', keys: ['g b'], group: 'Go to' },
  goList: { title: 'Go to the list', keys: ['g l'], group: 'Go to' },
  goInbox: { title: 'Go to the Inbox', keys: ['g i'], group: 'Go to' },
  goSearch: { title: 'Go to search', keys: ['g s'], group: 'Go to' },
  goBookings: { title: 'Go to bookings', keys: ['g c'], group: 'Go to' },
  goStock: { title: 'Go to stock', keys: ['g k'], group: 'Go to' },
  goPages: { title: 'Go to pages', keys: ['g p'], group: 'Go to' },
  goMembers: { title: 'Go to members', keys: ['g m'], group: 'Go to' },
  goSettings: { title: 'Go to settings', keys: ['g ,'], group: 'Go to' },
  next: { title: 'Next task', keys: ['j', 'arrowdown'], group: 'Tasks' },
  previous: { title: 'Previous task', keys: ['k', 'arrowup'], group: 'Tasks' },
  left: { title: 'Column to the left', keys: ['h', 'arrowleft'], group: 'Tasks' },
  right: { title: 'Column to the right', keys: ['l', 'arrowright'], group: 'Tasks' },
  open: { title: 'Open the task', keys: ['enter'], group: 'Tasks' },
  drag: {
    title: 'Pick up a card, then move it with the arrows',
    keys: ['space'],
    group: 'Tasks',
    shownOnly: true,
  },
  filter: { title: 'Filter', keys: ['f'], group: 'Tasks' },
  close: { title: 'Close the task', keys: ['escape'], group: 'A task' },
  edit: { title: 'Edit the title', keys: ['e'], group: 'A task' },
  setStatus: { title: 'Set status…', keys: ['s'], group: 'A task' },
  setPriority: { title: 'Set priority…', keys: ['p'], group: 'A task' },
  setAssignee: { title: 'Assign to…', keys: ['a'], group: 'A task' },
  assignMe: { title: 'Assign to me', keys: ['i'], group: 'A task' },
  setLabels: { title: 'Set labels…', keys: ['t'], group: 'A task' },
  setDue: { title: 'Set due date…', keys: ['d'], group: 'A task' },
  setProject: { title: 'Move to project…', keys: ['m'], group: 'A task' },
  priority0: { title: 'No priority', keys: ['0'], group: 'A task' },
  priority1: { title: 'Urgent', keys: ['1'], group: 'A task' },
  priority2: { title: 'High priority', keys: ['2'], group: 'A task' },
  priority3: { title: 'Medium priority', keys: ['3'], group: 'A task' },
  priority4: { title: 'Low priority', keys: ['4'], group: 'A task' },
  statusNext: { title: 'Next status', keys: ['shift+arrowright'], group: 'A task' },
  statusPrevious: { title: 'Previous status', keys: ['shift+arrowleft'], group: 'A task' },
  moveUp: { title: 'Move up', keys: ['shift+arrowup'], group: 'A task' },
  moveDown: { title: 'Move down', keys: ['shift+arrowdown'], group: 'A task' },
  comment: { title: 'Write a comment', keys: ['r'], group: 'A task' },
  copyLink: { title: 'Copy link to the task', keys: ['mod+shift+c'], group: 'A task' },
  remove: { title: 'Delete the task', keys: ['mod+backspace', 'delete'], group: 'A task' },
  newBooking: { title: 'Book the chosen time', keys: ['n', 'c'], group: 'Bookings', place: 'bookings' },
  bookingsToday: { title: 'Today', keys: ['t'], group: 'Bookings', place: 'bookings' },
  bookingsDay: { title: 'Day', keys: ['d'], group: 'Bookings', place: 'bookings' },
  bookingsWeek: { title: 'Week', keys: ['w'], group: 'Bookings', place: 'bookings' },
  bookingsMonth: { title: 'Month', keys: ['m'], group: 'Bookings', place: 'bookings' },
  bookingsEarlier: { title: 'Earlier', keys: ['['], group: 'Bookings', place: 'bookings' },
  bookingsLater: { title: 'Later', keys: [']'], group: 'Bookings', place: 'bookings' },
  nextBooking: { title: 'Next booking', keys: ['j'], group: 'Bookings', place: 'bookings' },
  previousBooking: { title: 'Previous booking', keys: ['k'], group: 'Bookings', place: 'bookings' },
  moveBooking: {
    title: 'Choose a time, or move the booking',
    keys: ['arrowup', 'arrowdown', 'arrowleft', 'arrowright'],
    group: 'Bookings',
    place: 'bookings',
    shownOnly: true,
  },
  stretchBooking: {
    title: 'Make the booking longer or shorter',
    keys: ['shift+arrowdown', 'shift+arrowup'],
    group: 'Bookings',
    place: 'bookings',
    shownOnly: true,
  },
  pageBlocks: { title: 'Choose a block', keys: ['/'], group: 'Pages', place: 'pages', shownOnly: true },
  pageMention: {
    title: 'Mention a task, page, person or booking',
    keys: ['@'],
    group: 'Pages',
    place: 'pages',
    shownOnly: true,
  },
  pageTask: {
    title: 'Make a task of the checklist item',
    keys: ['mod+enter'],
    group: 'Pages',
    place: 'pages',
    shownOnly: true,
  },
  pageRename: {
    title: 'Rename the page in the sidebar',
    keys: ['f2'],
    group: 'Pages',
    place: 'pages',
    shownOnly: true,
  },
  pageMove: {
    title: 'Move the page in the sidebar',
    keys: ['alt+arrowup', 'alt+arrowdown', 'alt+arrowright', 'alt+arrowleft'],
    group: 'Pages',
    place: 'pages',
    shownOnly: true,
  },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;
export const shortcutIds = Object.keys(shortcuts) as ShortcutId[];

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

/** Those of a page first: their keys come before what the same keys mean elsewhere. */
const inOrder = [...shortcutIds].sort(
  (a, b) => Number('place' in shortcuts[b]) - Number('place' in shortcuts[a]),
);

/**
 * Finds what keys mean.
 * @param before the chord pressed just before, if it may begin a sequence
 * @param here whether the page of a shortcut that belongs to one is open
 * @returns the shortcut, or `prefix` if a sequence may follow, or null
 */
export function shortcutFor(
  chord: string,
  before: string | null,
  here: (id: ShortcutId) => boolean = () => false,
): ShortcutId | 'prefix' | null {
  const sequence = before === null ? null : `${before} ${chord}`;
  let prefix = false;
  for (const id of inOrder) {
    const shortcut: Shortcut = shortcuts[id];
    if (shortcut.shownOnly || (shortcut.place && !here(id))) continue;
    for (const keys of shortcut.keys) {
      if (sequence !== null ? keys === sequence : keys === chord) return id;
      if (keys.startsWith(`${chord} `)) prefix = true;
    }
  }
  if (sequence !== null) return shortcutFor(chord, null, here);
  return prefix ? 'prefix' : null;
}
