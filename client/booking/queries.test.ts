// The queries and statements of the calendar, run on a real PGlite with the client's migrations.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DB } from '../../db/schema';
import { newId } from '../../db/sync/ids';
import { migrationFiles, openPGlite } from '../open-node';
import { searchHits } from '../search/queries';
import type { Compilable } from '../sync/store';
import { caseById, caseCounts, openCases, settledCases } from './case-queries';
import { headline, outcomeText } from './case-words';
import { bookingById, bookingsBetween, resources } from './queries';
import { cancelBooking, changeBooking, changeResource, createBookings, createResource } from './write';

const db = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const workspaceId = newId();
const at = (hour: number) => Date.parse('2026-11-24T00:00:00Z') + hour * 3_600_000;
let pg: Awaited<ReturnType<typeof openPGlite>>;
let room = '';

async function run<R>(query: Compilable<R>): Promise<R[]> {
  const { sql, parameters } = query.compile();
  return (await pg.query<R>(sql, [...parameters])).rows;
}
async function write(statements: readonly Compilable[]): Promise<void> {
  for (const statement of statements) await run(statement);
  await pg.query('select sync.read_words(1000)');
}
const fromServer = (sql: string) =>
  pg.exec(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
const book = async (title: string, ...spans: (readonly [number, number])[]) => {
  const made = createBookings(db, {
    ...{
      workspaceId,
      userId: 'ada',
      author: 'Ada',
      resourceId: room,
      title,
      notes: '',
      private: false,
      people: [],
    },
    occurrences: spans.map(([from, to]) => ({ start: at(from), end: at(to), status: 'confirmed' as const })),
  });
  await write(made.statements);
  return made.ids;
};
const titles = async (from: number, to: number, cancelled = false) =>
  (await run(bookingsBetween(db, workspaceId, { from: at(from), to: at(to), cancelled }))).map(
    (b) => b.title,
  );

beforeAll(async () => {
  pg = await openPGlite({}, migrationFiles());
  await pg.query('insert into sync.client (client_id) values ($1)', [newId()]);
  await fromServer(`insert into workspace (id, name) values ('${workspaceId}', 'Station')`);
  const fields = { kind: 'room', name: 'Lab', capacity: 4, color: '#2563eb', time_zone: 'UTC' };
  const made = createResource(db, {
    ...{ ...fields, opens: '08:00', closes: '24:00', open_days: 31, workspaceId, position: 'a0' },
  });
  room = made.id;
  await write(made.statements);
});
afterAll(() => pg.close());

test('resources come with their hours; archived ones stay', async () => {
  expect(await run(resources(db, workspaceId))).toMatchObject([
    { name: 'Lab', opens: '08:00:00', closes: '24:00:00', open_days: 31, archived: false },
  ]);
  await write(changeResource(db, room, { archived: true }));
  expect(await run(resources(db, workspaceId))).toMatchObject([{ archived: true }]);
  await write(changeResource(db, room, { archived: false }));
});

test('bookings of a span: what only touches it is not in it; moved, changed, cancelled ones', async () => {
  const [id] = await book('Ice cores', [10, 11]);
  expect(await titles(11, 12)).toEqual([]);
  expect(await titles(10.5, 12)).toEqual(['Ice cores']);
  await write(
    changeBooking(db, id!, { span: { start: at(11), end: at(12) }, people: ['x'], title: ' Ice ' }),
  );
  expect(await run(bookingById(db, id!))).toMatchObject([
    { title: 'Ice', starts: '2026-11-24T11:00:00Z', people: ['x'], pending: true, violation_id: null },
  ]);
  expect(await run(searchHits(db, workspaceId, 'ice:*', 5))).toMatchObject([
    { kind: 'booking', id, resource: 'Lab', at: '2026-11-24T11:00:00Z' },
  ]);
  await write(cancelBooking(db, id!));
  expect(await titles(0, 24)).toEqual([]);
  expect(await titles(0, 24, true)).toEqual(['Ice']);
});

test('a series is one transaction, and is cancelled from an occurrence on', async () => {
  const ids = await book('Sked', [20, 21], [20 + 168, 21 + 168], [20 + 336, 21 + 336]);
  const [second] = await run(bookingById(db, ids[1]!));
  await write(cancelBooking(db, ids[1]!, { seriesId: second!.series_id!, from: at(20 + 168) }));
  expect(await titles(0, 1000)).toEqual(['Sked']);
});

test('C2: a case with both bookings, for its parties; how it ended', async () => {
  const [held] = await book('Held', [30, 31]);
  const asked = newId();
  const id = newId();
  const stood = JSON.stringify({
    asked: { title: 'Asked', during: '[)', resource_id: room, status: 'conflicted' },
    held: { title: 'Held', during: '[)', resource_id: room, status: 'confirmed' },
  });
  await fromServer(`
    insert into booking (id, workspace_id, resource_id, user_id, author, title, during, status) values
      ('${asked}', '${workspaceId}', '${room}', 'ben', 'Ben', 'Asked',
       '[2026-11-25 06:00+00,2026-11-25 07:00+00)', 'conflicted');
    insert into violation (id, workspace_id, case_id, rule, "table", row_id, other_id, asked_by, asked_name, held_by,
        held_name, title, detail)
      values ('${id}', '${workspaceId}', '${newId()}', 'booking_no_overlap', 'booking', '${asked}', '${held}', 'ben', 'Ben',
        'ada', 'Ada', 'Asked', '${stood}')`);
  const [row] = await run(openCases(db, 'ada'));
  expect(row).toMatchObject({
    id,
    asked: { title: 'Asked', resource: 'Lab' },
    held: { title: 'Held' },
    decisions: [],
  });
  expect(headline(row!, 'ada')).toBe('Ben booked a time that you hold');
  expect(headline(row!, 'ben')).toBe('Your booking came too late: Ada holds this time');
  expect(await run(openCases(db, 'cora'))).toEqual([]);
  expect(await run(bookingById(db, held!))).toMatchObject([{ violation_id: id }]);
  expect(await run(caseCounts(db, 'ben'))).toEqual([{ open: 1, settled: 0 }]);

  await run(
    db.insertInto('resolution').values({
      ...{ id: newId(), workspace_id: workspaceId, violation_id: id, user_id: 'ada', author: 'Ada' },
      choice: 'give_way',
    }),
  );
  expect((await run(caseById(db, id)))[0]?.decisions).toMatchObject([
    { choice: 'give_way', outcome: null, pending: true },
  ]);
  await fromServer(`update violation set outcome = 'gave_way', resolved_at = now() where id = '${id}'`);
  expect(await run(openCases(db, 'ada'))).toEqual([]);
  const [settled] = await run(settledCases(db, 'ben'));
  expect(outcomeText(settled!)).toBe('Ada gave way; Ben has the time.');
});
