// The keyboard in the grid. Arrows move the chosen time, or the booking that has the focus; with Shift they stretch.
// A booking is written when the keys rest, so that it can pass over others on its way.

import {
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { Span } from '../../db/booking/range';
import { useShortcut } from '../kit/keys/keyboard';
import { ROW_PX } from './drag';
import type { GridProps } from './grid-props';
import { type Axis, ROW_MS, rowsAt, STEP_MS, spanText, timeAt, whenText } from './grid-time';
import type { GridColumn } from './lanes';
import type { BookingRow } from './queries';
import { bookingShortcuts } from './shortcuts';

interface Nudged extends Span {
  readonly id: string;
  readonly resourceId: string;
}

/** How long the keys rest before a moved booking is written, ms. */
const REST_MS = 800;
const down: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };
const across: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

export function useGridKeys(grid: {
  axis: Axis;
  columns: readonly GridColumn[];
  bookings: readonly BookingRow[];
  scroller: RefObject<HTMLElement | null>;
  nudged: Nudged | null;
  setNudged: (nudged: Nudged | null) => void;
  say: (text: string) => void;
  drop: (booking: BookingRow, resourceId: string, span: Span) => Promise<void>;
  grid: GridProps;
}): {
  cursor: ReactNode;
  onFocus: (booking: BookingRow, event: FocusEvent) => void;
  onBlur: () => void;
  onKeyDown: (booking: BookingRow, event: KeyboardEvent) => void;
} {
  const { columns, axis, bookings, nudged, setNudged, scroller } = grid;
  const { readOnly, onCreate } = grid.grid;
  const [place, setPlace] = useState({ column: 0, row: 18, rows: 2 });
  const slot = useRef<HTMLButtonElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const latest = useRef({ nudged, bookings, drop: grid.drop });
  useEffect(() => {
    latest.current = { nudged, bookings, drop: grid.drop };
  });

  const column = columns[Math.min(place.column, columns.length - 1)];
  const chosen: Span | null = column
    ? { start: timeAt(column.day, place.row), end: timeAt(column.day, place.row + place.rows) }
    : null;

  const settle = () => {
    clearTimeout(timer.current);
    const { nudged: last, bookings: rows, drop } = latest.current;
    const booking = last && rows.find((b) => b.id === last.id);
    if (booking) void drop(booking, last.resourceId, last);
    setNudged(null);
  };

  const create = () => {
    if (!column || !chosen || readOnly !== null) return false;
    onCreate(column.resource.id, { start: chosen.start, end: Math.max(chosen.end, chosen.start + STEP_MS) });
  };
  useShortcut(bookingShortcuts.newBooking, readOnly === null ? create : null);

  const focusSlot = (next: { column: number; row: number; rows: number }) => {
    setPlace(next);
    requestAnimationFrame(() => {
      slot.current?.focus({ preventScroll: true });
      slot.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  };
  /** Bookings in the order of the grid. */
  const step = (by: 1 | -1) => () => {
    const all = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-booking] > button') ?? [])];
    if (all.length === 0) return false;
    const i = all.indexOf(document.activeElement as HTMLElement);
    const next = i < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, i + by));
    all[next]!.focus();
    all[next]!.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  useShortcut(bookingShortcuts.nextBooking, step(1));
  useShortcut(bookingShortcuts.previousBooking, step(-1));

  const onSlotKey = (event: KeyboardEvent) => {
    const by = down[event.key];
    const side = across[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (by !== undefined && event.shiftKey) {
      setPlace({ ...place, rows: Math.max(1, Math.min(axis.rows.length - place.row, place.rows + by)) });
    } else if (by !== undefined) {
      focusSlot({ ...place, row: Math.max(0, Math.min(axis.rows.length - place.rows, place.row + by)) });
    } else if (side !== undefined) {
      focusSlot({ ...place, column: Math.max(0, Math.min(columns.length - 1, place.column + side)) });
    } else return;
    event.preventDefault();
  };

  const onKeyDown = (booking: BookingRow, event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const start = Date.parse(booking.starts);
    const end = Date.parse(booking.ends);
    if (event.key === 'Escape') {
      event.preventDefault();
      if (nudged) {
        clearTimeout(timer.current);
        setNudged(null);
        grid.say('Moved back');
        return;
      }
      const i = columns.findIndex(
        (c) => c.resource.id === booking.resource_id && start < c.day.end && end > c.day.start,
      );
      const at = columns[Math.max(0, i)]!;
      focusSlot({ column: Math.max(0, i), row: Math.floor(rowsAt(at.day, start)), rows: 2 });
      return;
    }
    if (event.key === 'Enter' && nudged) {
      event.preventDefault();
      settle();
      return;
    }
    const by = down[event.key];
    const side = across[event.key];
    if (by === undefined && (side === undefined || event.shiftKey)) return;
    event.preventDefault();
    if (readOnly !== null || booking.status === 'cancelled') {
      grid.say(readOnly ?? 'A cancelled booking stays as it is.');
      return;
    }
    const next = moved(columns, booking, { down: by ?? 0, across: side ?? 0, stretch: event.shiftKey });
    if (!next) return;
    setNudged({ id: booking.id, ...next });
    const name = columns.find((c) => c.resource.id === next.resourceId)?.resource.name ?? '';
    grid.say(`${whenText(next.start, next.end)}, ${name}`);
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, REST_MS);
  };

  const cursor =
    column && chosen ? (
      <button
        ref={slot}
        type="button"
        data-slot
        aria-label={`${column.resource.name}, ${whenText(chosen.start, chosen.end)}: ${taken(bookings, column, chosen)}. ${
          readOnly ?? 'Enter books it.'
        }`}
        onClick={create}
        onKeyDown={onSlotKey}
        className="pointer-events-none absolute z-[3] flex items-start rounded-md bg-accent/10 px-2 py-0.5 text-2xs font-[550] text-accent-ink tabular-nums opacity-0 focus-visible:opacity-100"
        style={{
          top: place.row * ROW_PX + 1,
          height: place.rows * ROW_PX - 2,
          left: `calc(${(columns.indexOf(column) / columns.length) * 100}% + 2px)`,
          width: `calc(${100 / columns.length}% - 5px)`,
        }}
      >
        {spanText(chosen.start, chosen.end)}
      </button>
    ) : null;

  return {
    cursor,
    onKeyDown,
    onBlur: () => {
      if (latest.current.nudged) settle();
    },
    onFocus: (booking) => {
      const start = Date.parse(booking.starts);
      const i = columns.findIndex(
        (c) => c.resource.id === booking.resource_id && start < c.day.end && start + ROW_MS > c.day.start,
      );
      // The chosen time goes along, so that Escape or Tab is at the same place.
      if (i >= 0) setPlace((old) => ({ ...old, column: i, row: Math.floor(rowsAt(columns[i]!.day, start)) }));
    },
  };
}

/** Where a booking goes by one press of a key; null: nowhere. It stays within the days that are shown. */
function moved(
  columns: readonly GridColumn[],
  booking: BookingRow,
  by: { down: number; across: number; stretch: boolean },
): (Span & { resourceId: string }) | null {
  const start = Date.parse(booking.starts);
  const end = Date.parse(booking.ends);
  const i = columns.findIndex(
    ({ day, resource }) => resource.id === booking.resource_id && start < day.end && end > day.start,
  );
  const from = columns[i];
  if (!from) return null;
  const resourceId = booking.resource_id;
  if (by.stretch) return { resourceId, start, end: Math.max(start + STEP_MS, end + by.down * STEP_MS) };
  if (by.down !== 0) {
    const next = start + by.down * STEP_MS;
    const first = columns[0]!.day.start;
    const last = columns.at(-1)!.day.end;
    return next < first || next >= last ? null : { resourceId, start: next, end: next + (end - start) };
  }
  const to = columns[i + by.across];
  if (!to) return null;
  // The same place on the axis: the same time of day, also over a change of the clocks.
  const next = to.day === from.day ? start : timeAt(to.day, rowsAt(from.day, start), 'nearest');
  return { resourceId: to.resource.id, start: next, end: next + (end - start) };
}

function taken(bookings: readonly BookingRow[], column: GridColumn, span: Span): string {
  const clash = bookings.find(
    (b) =>
      b.resource_id === column.resource.id &&
      b.status === 'confirmed' &&
      Date.parse(b.starts) < span.end &&
      Date.parse(b.ends) > span.start,
  );
  return clash ? `taken by ${clash.author || 'somebody'}, ${clash.title}` : 'free';
}
