// The keys that belong to no feature.
import type { Shortcut } from '../../kit/keys/shortcuts';

export const appShortcuts = {
  palette: {
    title: 'Open the command palette',
    keys: ['mod+k'],
    group: 'Everywhere',
    at: 10,
    whileTyping: true,
  },
  undo: { title: 'Undo', keys: ['mod+z'], group: 'Everywhere' },
  redo: { title: 'Do again', keys: ['mod+shift+z', 'mod+y'], group: 'Everywhere' },
  help: { title: 'Show keyboard shortcuts', keys: ['?'], group: 'Everywhere' },
  sidebar: { title: 'Show or hide the sidebar', keys: ['['], group: 'Everywhere' },
} as const satisfies Record<string, Shortcut>;
