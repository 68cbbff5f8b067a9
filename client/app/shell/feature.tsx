// What belongs to the app and to no feature: the palette itself, the help sheet, undo, the theme.
import { Keyboard, Moon, Sun, Undo2 } from 'lucide-react';
import type { Command, Feature } from '../../kit/feature';
import { later } from '../../kit/later';
import { shows, useOverlays } from '../../kit/overlays';
import { useUndo } from '../../sync/react/act';
import { setTheme } from '../theme';
import { AppKeys } from './app-keys';
import * as overlays from './overlays';
import { appShortcuts } from './shortcuts';

function useCommands(): readonly Command[] {
  const { show } = useOverlays();
  const { undo } = useUndo();
  const more = { group: 'More', at: 10 };
  return [
    { group: 'Do', name: 'Undo', icon: <Undo2 size={15} />, keys: 'mod+z', run: () => void undo() },
    { ...more, name: 'Light theme', icon: <Sun size={15} />, run: () => setTheme('light') },
    { ...more, name: 'Dark theme', icon: <Moon size={15} />, run: () => setTheme('dark') },
    { ...more, name: 'Theme of the system', run: () => setTheme('system') },
    {
      ...more,
      name: 'Keyboard shortcuts',
      icon: <Keyboard size={15} />,
      keys: '?',
      stay: true,
      run: () => show(overlays.help),
    },
  ];
}

export const shell = {
  name: 'shell',
  shortcuts: appShortcuts,
  useCommands,
  overlays: [
    shows(
      overlays.palette,
      later(() => import('../palette/palette').then((m) => m.Palette)),
    ),
    shows(
      overlays.help,
      later(() => import('./help').then((m) => m.Help)),
    ),
  ],
  Background: AppKeys,
} satisfies Feature;
