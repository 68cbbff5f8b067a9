// The places of bookings in the app.
import { CalendarRange } from 'lucide-react';
import type { Command, Feature } from '../kit/feature';
import { useAvailable, useKeyboard } from '../kit/keys/keyboard';
import type { Shortcut } from '../kit/keys/shortcuts';
import { routes } from './routes';
import { bookingShortcuts as keys } from './shortcuts';
import { useAllResources } from './use-resources';

/** What can be done on the page of bookings. */
const actions: readonly Shortcut[] = [
  keys.newBooking,
  keys.bookingsToday,
  keys.bookingsDay,
  keys.bookingsWeek,
  keys.bookingsMonth,
  keys.bookingsEarlier,
  keys.bookingsLater,
];

function useCommands(): readonly Command[] {
  const keyboard = useKeyboard();
  const available = useAvailable();
  if (!available(keys.bookingsToday)) return [];
  return actions.filter(available).map((shortcut) => ({
    group: 'Bookings',
    name: shortcut.title,
    keys: shortcut.keys[0],
    // The dialog opens when the palette has gone, so that it gets the focus.
    run: () => void setTimeout(() => keyboard.run(shortcut)),
  }));
}

export const booking = {
  name: 'booking',
  named: [{ table: 'resource', canReplace: true, useRows: useAllResources }],
  routes,
  places: [
    {
      name: 'Bookings',
      icon: CalendarRange,
      to: '/w/$workspaceId/bookings',
      shortcuts: [{ title: 'Go to bookings', keys: ['g c'], group: 'Go to' }],
      keywords: ['calendar', 'rooms', 'vehicles', 'resources'],
      at: 40,
      sidebar: 'above',
    },
  ],
  shortcuts: keys,
  useCommands,
  inbox: () => import('./inbox').then(({ inbox }) => inbox),
} satisfies Feature;
