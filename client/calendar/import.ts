// Imports a calendar file into a resource: ordinary local writes, sent and checked by the server like any other. Doing
// it again changes nothing; an event that has changed in the file changes here.
import { sql } from 'kysely';
import { formatRange, type Span } from '../../db/booking';
import type { CalendarProblem } from '../../db/calendar/problem';
import { bookingOf } from '../../db/calendar/write';
import { type Compilable, type Store, StoreError } from '../sync/store';
import { type Imported, type Insert, type Plan, planImport } from './plan';
import { readAside } from './read-aside';

export interface ImportInto {
  readonly workspaceId: string;
  readonly resource: { readonly id: string; readonly time_zone: string };
  readonly author: string;
  /** An owner may change bookings of others. */
  readonly isOwner: boolean;
  /** ms since 1970 */
  readonly now: number;
}

export interface CalendarImport {
  readonly made: number;
  readonly changed: number;
  readonly cancelled: number;
  readonly unchanged: number;
  /** They differ from the file and stay: cancelled or moved here, or somebody else's. */
  readonly left: number;
  /** Made tentative because the time is taken, as far as this device knows. */
  readonly clashing: number;
  readonly problems: readonly CalendarProblem[];
}

/** Rows in one local transaction, so that typing meanwhile does not wait. */
const batch = 150;
/** A booking may arrive between the plan and the writing, and take a time: then the plan is made again. */
const attempts = 3;

/**
 * @param bytes of the file, or its text
 * @throws CalendarError before anything is written; StoreError
 */
export async function importCalendar(
  store: Store,
  bytes: Uint8Array | string,
  into: ImportInto,
): Promise<CalendarImport> {
  const given = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const file = await readAside(given, { zone: into.resource.time_zone, now: into.now });
  const ours = [...new Set(file.occurrences.flatMap(({ uid }) => bookingOf(uid) ?? []))];
  let first: Plan | null = null;
  for (let attempt = 1; ; attempt++) {
    const plan = planImport(file, {
      resourceId: into.resource.id,
      userId: store.userId,
      here: await imported(store, into),
      known: await known(store, ours),
      busy: await busy(store, into.resource.id),
    });
    first ??= plan;
    try {
      await carryOut(store, into, plan);
      const { inserts, changes, cancels, unchanged, left, clashing } = first;
      const counts = { made: inserts.length, changed: changes.length, cancelled: cancels.length };
      return { ...counts, unchanged, left, clashing, problems: file.problems };
    } catch (error) {
      const taken = error instanceof StoreError && error.rule === 'booking_no_overlap';
      if (!taken || attempt === attempts) throw error;
    }
  }
}

const starts = sql<string>`lower(during)`;
const ends = sql<string>`upper(during)`;
const span = (row: { starts: string; ends: string }): Span => ({
  start: Date.parse(row.starts),
  end: Date.parse(row.ends),
});

async function imported(store: Store, into: ImportInto): Promise<Imported[]> {
  const rows = await store.read(
    store.db
      .selectFrom('booking')
      .select(['id', 'resource_id', 'source', 'title', 'notes', 'status', 'private', 'user_id'])
      .select([starts.as('starts'), ends.as('ends')])
      .where('workspace_id', '=', into.workspaceId)
      .where('source', 'is not', null),
  );
  return rows.map((row) => ({
    id: row.id,
    resourceId: row.resource_id,
    source: row.source!,
    title: row.title,
    notes: row.notes,
    span: span(row),
    status: row.status,
    private: row.private,
    changeable: into.isOwner || row.user_id === store.userId,
  }));
}

async function known(store: Store, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let from = 0; from < ids.length; from += 1000) {
    const part = ids.slice(from, from + 1000);
    const rows = await store.read(store.db.selectFrom('booking').select('id').where('id', 'in', part));
    for (const { id } of rows) found.add(id);
  }
  return found;
}

async function busy(store: Store, resourceId: string): Promise<Map<string, Span>> {
  const rows = await store.read(
    store.db
      .selectFrom('booking')
      .select(['id', starts.as('starts'), ends.as('ends')])
      .where('resource_id', '=', resourceId)
      .where('status', '=', 'confirmed'),
  );
  return new Map(rows.map((row) => [row.id, span(row)]));
}

async function carryOut(store: Store, into: ImportInto, plan: Plan): Promise<void> {
  const { db } = store;
  const update = (id: string, set: object): Compilable =>
    db.updateTable('booking').set(set).where('id', '=', id);
  const moved = plan.changes.filter(({ set }) => set.span);
  const changes = [
    ...plan.cancels.map((id) => update(id, { status: 'cancelled' })),
    // Bookings that change places must not meet on the way.
    ...moved.map(({ id }) => update(id, { status: 'tentative' })),
    ...plan.changes.map(({ id, set: { span: to, ...set } }) =>
      update(id, { ...set, ...(to ? { during: formatRange(to) } : {}) }),
    ),
  ];
  if (changes.length > 0) await store.write(...changes);
  for (let from = 0; from < plan.inserts.length; from += batch) {
    const rows = plan.inserts.slice(from, from + batch);
    await store.write(db.insertInto('booking').values(rows.map((row) => booking(store, into, row))));
  }
}

function booking(store: Store, into: ImportInto, { id, source, seriesId, occurrence, status }: Insert) {
  return {
    id,
    workspace_id: into.workspaceId,
    resource_id: into.resource.id,
    user_id: store.userId,
    author: into.author,
    title: occurrence.title,
    notes: occurrence.notes,
    during: formatRange(occurrence.span),
    status,
    private: occurrence.private,
    series_id: seriesId,
    source,
  };
}
