// The keys of pages, for the help sheet: the editor and the tree handle them themselves.
import type { Shortcut } from '../kit/keys/shortcuts';

export const pageShortcuts = {
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
