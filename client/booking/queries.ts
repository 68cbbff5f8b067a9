// Reads of the calendar: resources, the bookings of a span of time, one booking, violations and what was decided.
import { type Expression, type Kysely, sql } from 'kysely';
import { formatRange } from '../../db/booking/range';
import type { DB } from '../../db/schema';
import { pending } from '../sync/react/sql';

type Db = Kysely<DB>;

export interface ResourceRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly capacity: number;
  readonly color: string;
  readonly time_zone: string;
  /** HH:mm:ss in its own zone; closes can be 24:00:00. */
  readonly opens: string;
  readonly closes: string;
  /** Bit 0 is Monday. */
  readonly open_days: number;
  readonly position: string;
  readonly archived: boolean;
}

/** A booking as the calendar shows it. */
export interface BookingRow {
  readonly id: string;
  readonly resource_id: string;
  readonly user_id: string;
  readonly author: string;
  readonly title: string;
  readonly notes: string;
  /** ISO 8601 */
  readonly starts: string;
  readonly ends: string;
  readonly status: string;
  readonly private: boolean;
  /** Ids of members. */
  readonly people: unknown;
  readonly series_id: string | null;
  /** It has changes that are on this device only. */
  readonly pending: boolean;
  /** An open violation that it is a party of. */
  readonly violation_id: string | null;
}

/** All resources of the workspace, the archived ones last. */
export function resources(db: Db, workspaceId: string) {
  return db
    .selectFrom('resource')
    .select([
      ...(['id', 'kind', 'name', 'capacity', 'color', 'time_zone', 'opens', 'closes'] as const),
      ...(['open_days', 'position', 'archived'] as const),
    ])
    .where('workspace_id', '=', workspaceId)
    .orderBy('archived')
    .orderBy('position')
    .orderBy('id');
}

export const starts = sql<string>`lower(booking.during)`;
export const ends = sql<string>`upper(booking.during)`;

const openViolation = (id: Expression<string>) =>
  sql<string | null>`(select v.id from violation v
    where v.resolved_at is null and (v.row_id = ${id} or v.other_id = ${id}) order by v.created_at limit 1)`;

const columns = [
  ...(['id', 'resource_id', 'user_id', 'author', 'title', 'notes', 'status'] as const),
  ...(['private', 'people', 'series_id'] as const),
] as const;

function bookings(db: Db) {
  return db
    .selectFrom('booking')
    .select(columns)
    .select((eb) => [
      starts.as('starts'),
      ends.as('ends'),
      pending('booking', eb.ref('booking.id')).as('pending'),
      openViolation(eb.ref('booking.id')).as('violation_id'),
    ]);
}

/**
 * Bookings that touch a span of time, by beginning.
 * @param from ms since 1970. @param to ms, not included.
 * @param cancelled whether those are wanted, too
 */
export function bookingsBetween(
  db: Db,
  workspaceId: string,
  span: { from: number; to: number; resourceId?: string | undefined; cancelled: boolean },
) {
  const range = formatRange({ start: span.from, end: span.to });
  let query = bookings(db)
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`booking.during && ${range}::tstzrange`);
  if (span.resourceId) query = query.where('resource_id', '=', span.resourceId);
  if (!span.cancelled) query = query.where('status', '<>', 'cancelled');
  return query.orderBy(starts).orderBy('id');
}

export function bookingById(db: Db, id: string) {
  return bookings(db).where('id', '=', id);
}
