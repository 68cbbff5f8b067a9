// Bookings as a calendar file: what this device knows of a resource, or of all of them. Works without a connection.
import { sql } from 'kysely';
import { writeCalendar } from '../../db/calendar/write';
import type { Store } from '../sync/store';

/** @param resourceId null: all resources that are not archived. @returns the file's text */
export async function exportCalendar(
  store: Store,
  workspaceId: string,
  name: string,
  resourceId: string | null,
): Promise<string> {
  let query = store.db
    .selectFrom('booking')
    .innerJoin('resource', 'resource.id', 'booking.resource_id')
    .select(['booking.id', 'booking.title', 'booking.notes', 'booking.status', 'booking.private'])
    .select(['booking.updated_at', 'resource.name as place'])
    .select([sql<string>`lower(booking.during)`.as('starts'), sql<string>`upper(booking.during)`.as('ends')])
    .where('booking.workspace_id', '=', workspaceId)
    .where('booking.status', '<>', 'cancelled');
  query =
    resourceId === null
      ? query.where('resource.archived', '=', false)
      : query.where('booking.resource_id', '=', resourceId);
  const rows = await store.read(query.orderBy(sql`lower(booking.during)`).orderBy('booking.id'));
  return writeCalendar(
    name,
    rows.map(({ starts, ends, updated_at, ...row }) => ({
      ...row,
      start: Date.parse(starts),
      end: Date.parse(ends),
      updatedAt: Date.parse(updated_at),
    })),
  );
}

/** Hands a text to the person as a file. */
export function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/calendar;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** "Meeting room 1" as "meeting-room-1.ics". */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${plain || 'bookings'}.ics`;
}
