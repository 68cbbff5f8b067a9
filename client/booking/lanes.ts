// Where bookings lie in the columns of the grid: cut at the ends of a day, side by side where they overlap.
import type { GridDay } from './grid-time';
import { rowsAt } from './grid-time';
import type { BookingRow, ResourceRow } from './queries';

/** A column: a resource on a day. */
export interface GridColumn {
  readonly key: string;
  readonly day: GridDay;
  readonly resource: ResourceRow;
}

/** A piece of a booking in a column; places in rows of the axis. */
export interface Segment {
  /** The same for as long as the booking is shown, wherever it moves. */
  readonly key: string;
  readonly booking: BookingRow;
  readonly column: number;
  readonly top: number;
  readonly bottom: number;
  readonly lane: number;
  readonly lanes: number;
  /** Whether the booking begins or ends here. */
  readonly first: boolean;
  readonly last: boolean;
}

const order: Record<string, number> = { confirmed: 0, tentative: 1, conflicted: 2, cancelled: 3 };

type Loose = { -readonly [K in keyof Segment]: Segment[K] };

/** @param bookings in any order; those of no column are left out */
export function segmentsOf(columns: readonly GridColumn[], bookings: readonly BookingRow[]): Segment[] {
  const pieces = new Map<string, number>();
  const out: Loose[] = [];
  for (const [column, { day, resource }] of columns.entries()) {
    const here: Loose[] = [];
    for (const booking of bookings) {
      const start = Date.parse(booking.starts);
      const end = Date.parse(booking.ends);
      if (booking.resource_id !== resource.id || start >= day.end || end <= day.start) continue;
      const piece = pieces.get(booking.id) ?? 0;
      pieces.set(booking.id, piece + 1);
      here.push({
        key: `${booking.id}-${piece}`,
        booking,
        column,
        top: rowsAt(day, start),
        bottom: rowsAt(day, end, 'end'),
        lane: 0,
        lanes: 1,
        first: start >= day.start,
        last: end <= day.end,
      });
    }
    intoLanes(here);
    out.push(...here);
  }
  return out;
}

/** Those that overlap, also by way of others, share the width; what holds the time comes first. */
function intoLanes(segments: Loose[]): void {
  segments.sort(
    (a, b) =>
      a.top - b.top ||
      (order[a.booking.status] ?? 9) - (order[b.booking.status] ?? 9) ||
      b.bottom - a.bottom ||
      (a.key < b.key ? -1 : 1),
  );
  let group: Loose[] = [];
  let free: number[] = [];
  const close = () => {
    for (const segment of group) segment.lanes = free.length;
    group = [];
    free = [];
  };
  for (const segment of segments) {
    if (group.length > 0 && free.every((bottom) => bottom <= segment.top)) close();
    const lane = free.findIndex((bottom) => bottom <= segment.top);
    segment.lane = lane < 0 ? free.length : lane;
    free[segment.lane] = segment.bottom;
    group.push(segment);
  }
  close();
}
