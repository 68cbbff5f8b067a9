// Statements that change resources and bookings. Each function gives the statements of one local transaction.
import { type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { formatRange, type Span } from '../../db/booking/range';
import type { Booking, DB, Resource } from '../../db/schema';
import { newId } from '../../db/sync/ids';
import type { Compilable } from '../sync/store';

type Db = Kysely<DB>;

export type BookingStatus = 'confirmed' | 'tentative' | 'conflicted' | 'cancelled';

export interface BookingFields {
  readonly resourceId: string;
  readonly title: string;
  readonly notes: string;
  readonly private: boolean;
  readonly people: readonly string[];
}

export interface NewBookings extends BookingFields {
  readonly workspaceId: string;
  readonly userId: string;
  readonly author: string;
  /** One, or the occurrences of a repetition. */
  readonly occurrences: readonly (Span & { readonly status: 'confirmed' | 'tentative' })[];
}

export function createBookings(db: Db, made: NewBookings): { ids: string[]; statements: Compilable[] } {
  const series = made.occurrences.length > 1 ? newId() : null;
  const rows = made.occurrences.map((occurrence) => ({ id: newId(), occurrence }));
  return {
    ids: rows.map((row) => row.id),
    statements: rows.map(({ id, occurrence }) =>
      db.insertInto('booking').values({
        id,
        workspace_id: made.workspaceId,
        resource_id: made.resourceId,
        user_id: made.userId,
        author: made.author,
        title: made.title.trim(),
        notes: made.notes,
        during: formatRange(occurrence),
        status: occurrence.status,
        private: made.private,
        people: sql`${JSON.stringify(made.people)}::jsonb`,
        series_id: series,
      }),
    ),
  };
}

export type BookingChange = Partial<BookingFields> & {
  readonly span?: Span;
  readonly status?: BookingStatus;
};

export function changeBooking(db: Db, id: string, change: BookingChange): Compilable[] {
  const { resourceId, people, span, title, ...rest } = change;
  const set: Updateable<Booking> = {
    ...rest,
    ...(title === undefined ? {} : { title: title.trim() }),
    ...(resourceId === undefined ? {} : { resource_id: resourceId }),
  };
  return [
    db
      .updateTable('booking')
      .set({
        ...set,
        ...(people === undefined ? {} : { people: sql`${JSON.stringify(people)}::jsonb` }),
        ...(span === undefined ? {} : { during: formatRange(span) }),
      })
      .where('id', '=', id),
  ];
}

/** Cancels a booking, or all of its series that begin at or after it. */
export function cancelBooking(db: Db, id: string, later?: { seriesId: string; from: number }): Compilable[] {
  if (!later) return changeBooking(db, id, { status: 'cancelled' });
  return [
    db
      .updateTable('booking')
      .set({ status: 'cancelled' })
      .where('series_id', '=', later.seriesId)
      .where('status', '<>', 'cancelled')
      .where(sql<boolean>`lower(during) >= ${new Date(later.from).toISOString()}::timestamptz`),
  ];
}

export type ResourceFields = Pick<
  Selectable<Resource>,
  'kind' | 'name' | 'capacity' | 'color' | 'time_zone' | 'opens' | 'closes' | 'open_days'
>;

export function createResource(
  db: Db,
  made: ResourceFields & { workspaceId: string; position: string },
): { id: string; statements: Compilable[] } {
  const id = newId();
  const { workspaceId, ...fields } = made;
  return {
    id,
    statements: [db.insertInto('resource').values({ id, workspace_id: workspaceId, ...fields })],
  };
}

export function changeResource(
  db: Db,
  id: string,
  change: Partial<ResourceFields & { archived: boolean; position: string }>,
): Compilable[] {
  return [db.updateTable('resource').set(change).where('id', '=', id)];
}
