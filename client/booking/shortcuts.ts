// The keys of the calendar.
import type { Shortcut } from '../kit/keys/shortcuts';

export const bookingShortcuts = {
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
} as const satisfies Record<string, Shortcut>;
