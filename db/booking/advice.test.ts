// Advice on the device, in SQL: who is in the way, what is free nearby, and opening hours by the resource's own clocks.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import fc from 'fast-check';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readMigrations } from '../../api/host/migrations';
import { migrate } from '../sync/migrate';
import { schema } from '../tables';
import { type AlternativesWish, alternatives } from './alternatives';
import { clashes, conflictsWithoutCase } from './clashes';
import { isOpenFor } from './opening';
import type { Span } from './range';

let pg: PGlite;
const workspace = crypto.randomUUID();
const compiler = new Kysely<object>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

async function run<T>(query: RawBuilder<T>): Promise<T[]> {
  const { sql, parameters } = query.compile(compiler);
  return (
    await pg.query<T>(sql, [...parameters], {
      parsers: { 1184: (text: string) => new Date(`${text}:00`).toISOString() },
    })
  ).rows;
}

beforeAll(async () => {
  pg = await PGlite.create({ extensions: { btree_gist } });
  await migrate(pg, readMigrations(), 'client', schema.machinery);
  await pg.exec("set timezone = 'UTC'; set session_replication_role = replica");
  await pg.query("insert into workspace (id, name) values ($1, 'Station')", [workspace]);
});
afterAll(() => pg.close());
beforeEach(() => pg.exec('delete from booking; delete from resource; delete from violation'));

async function resource(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const id = crypto.randomUUID();
  const row = {
    ...{ id, workspace_id: workspace, kind: 'room', name, color: '#112233', position: 'a0', capacity: 4 },
    ...{ time_zone: 'UTC', opens: '00:00', closes: '24:00', open_days: 127, archived: false, ...more },
  };
  const columns = Object.keys(row).join(', ');
  await pg.query(
    `insert into resource (${columns}) select ${columns} from jsonb_populate_record(null::resource, $1)`,
    [JSON.stringify(row)],
  );
  return id;
}

async function book(resourceId: string, span: Span, more: Record<string, unknown> = {}): Promise<string> {
  const row = {
    ...{
      id: crypto.randomUUID(),
      workspace_id: workspace,
      resource_id: resourceId,
      user_id: 'ben',
      author: 'Ben',
    },
    ...{ title: 'Theirs', status: 'confirmed', version: 7, ...more },
    during: `[${new Date(span.start).toISOString()},${new Date(span.end).toISOString()})`,
  };
  const columns = Object.keys(row).join(', ');
  await pg.query(
    `insert into booking (${columns}) select ${columns} from jsonb_populate_record(null::booking, $1)`,
    [JSON.stringify(row)],
  );
  return row.id;
}

const hours = (from: number, to: number, day = 23): Span => ({
  start: Date.UTC(2026, 10, day, from),
  end: Date.UTC(2026, 10, day, to),
});
const notBefore = hours(0, 1, 1).start;

describe('clashes', () => {
  test('C3: names who and when, for each wished time, and what only this device knows', async () => {
    const room = await resource('Room');
    const known = await book(room, hours(10, 11));
    const mine = await book(room, hours(12, 13), { version: 0, user_id: 'ada', author: 'Ada' });
    const asks = await book(room, hours(10, 12), { status: 'tentative' });
    await book(room, hours(9, 10));
    await book(room, hours(10, 11, 24), { status: 'cancelled' });
    await book(await resource('Other'), hours(10, 11));
    const found = await run(
      clashes({ resourceId: room, spans: [hours(10, 11), hours(10, 11, 24), hours(12, 14)] }),
    );
    expect(found.map((c) => [c.wish, c.id, c.status, c.only_here])).toEqual([
      [0, known, 'confirmed', false],
      [0, asks, 'tentative', false],
      [2, mine, 'confirmed', true],
    ]);
    expect(found[0]).toMatchObject({
      ...{ title: 'Theirs', user_id: 'ben', author: 'Ben' },
      ...{ starts: '2026-11-23T10:00:00.000Z', ends: '2026-11-23T11:00:00.000Z' },
    });
    expect(await run(clashes({ resourceId: room, spans: [hours(12, 14)], bookingId: mine }))).toEqual([]);
  });

  test('C2: a person’s conflicted bookings without a violation are found, with what holds their time', async () => {
    const room = await resource('Room');
    const free = await book(room, hours(8, 9), { user_id: 'ada', status: 'conflicted' });
    await book(room, hours(10, 11));
    const taken = await book(room, hours(10, 12), { user_id: 'ada', status: 'conflicted' });
    const told = await book(room, hours(10, 12), { user_id: 'ada', status: 'conflicted' });
    await book(room, hours(10, 12), { status: 'conflicted' });
    await pg.query(
      `insert into violation (id, workspace_id, case_id, rule, "table", row_id)
       values ($1, $2, $1, 'booking_no_overlap', 'booking', $3)`,
      [crypto.randomUUID(), workspace, told],
    );
    expect((await run(conflictsWithoutCase('ada'))).map((c) => [c.id, c.holders])).toEqual([
      [free, 0],
      [taken, 1],
    ]);
  });
});

describe('alternatives', () => {
  const free = async (resourceId: string, span: Span, more: Partial<AlternativesWish> = {}) =>
    (await run(alternatives({ resourceId, span, notBefore, limit: 3, ...more }))).map((a) => [
      a.sort,
      a.name,
      a.starts.slice(5, 16),
    ]);

  test('the nearest free times of the resource, then other resources by capacity', async () => {
    const room = await resource('Room', { capacity: 6, opens: '08:00', closes: '18:00' });
    await resource('Small', { capacity: 2 });
    await resource('Large', { capacity: 20 });
    await resource('Fitting', { capacity: 8 });
    const full = await resource('Full', { capacity: 6 });
    await resource('Old', { archived: true });
    await resource('Car', { kind: 'vehicle' });
    await book(full, hours(9, 11));
    await book(room, hours(9, 12));
    expect(await free(room, hours(10, 11))).toEqual([
      ['time', 'Room', '11-23T08:00'],
      ['time', 'Room', '11-23T12:00'],
      ['time', 'Room', '11-23T17:00'],
      ['resource', 'Fitting', '11-23T10:00'],
      ['resource', 'Large', '11-23T10:00'],
      ['resource', 'Small', '11-23T10:00'],
    ]);
    expect(await free(room, hours(10, 11), { capacity: 2, limit: 1 })).toEqual([
      ['time', 'Room', '11-23T08:00'],
      ['resource', 'Small', '11-23T10:00'],
    ]);
  });

  test('opening hours are the resource’s own, over a daylight-saving change', async () => {
    const oslo = { time_zone: 'Europe/Oslo', opens: '09:00', closes: '10:00' };
    const room = await resource('Room', oslo);
    // 25 October 2026, 9:00 in Oslo is 8:00 UTC; a day before it was 7:00 UTC.
    const wished = { start: Date.UTC(2026, 9, 25, 8), end: Date.UTC(2026, 9, 25, 9) };
    await book(room, wished);
    const found = await free(room, wished, { notBefore: 0 });
    expect(found).toEqual([
      ['time', 'Room', '10-26T08:00'],
      ['time', 'Room', '10-24T07:00'],
      ['time', 'Room', '10-27T08:00'],
    ]);
  });

  test('whatever is offered is free, open, and not past', async () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 24 * 6 }), fc.integer({ min: 1, max: 30 }))
      .map(([from, lasts]) => hours(from, from + lasts, 20));
    const zone = fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Moon/Tycho');
    await fc.assert(
      fc.asyncProperty(
        fc.array(span, { maxLength: 30 }),
        span,
        zone,
        fc.integer({ min: 1, max: 127 }),
        async (taken, wished, time_zone, open_days) => {
          await pg.exec('delete from booking; delete from resource');
          const opening = { time_zone, open_days, opens: '06:30', closes: '22:00' };
          const ids = [await resource('A', opening), await resource('B', { ...opening, opens: '00:00' })];
          const held: (Span & { id: string })[] = [];
          for (const [i, one] of taken.entries()) {
            const id = ids[i % 2]!;
            if (held.some((h) => h.id === id && h.start < one.end && one.start < h.end)) continue;
            held.push({ ...one, id });
            await book(id, one);
          }
          const earliest = wished.start - 30 * 3_600_000;
          const found = await run(
            alternatives({ resourceId: ids[0]!, span: wished, notBefore: earliest, limit: 5 }),
          );
          for (const a of found) {
            const offered = { start: Date.parse(a.starts), end: Date.parse(a.ends) };
            expect(offered.end - offered.start).toBe(wished.end - wished.start);
            expect(offered.start).toBeGreaterThanOrEqual(earliest);
            expect(
              held.filter((h) => h.id === a.resource_id && h.start < offered.end && offered.start < h.end),
            ).toEqual([]);
            const own = a.resource_id === ids[0] ? opening : { ...opening, opens: '00:00' };
            expect(isOpenFor(own, offered)).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

test('M3: opening hours are the same in TypeScript and in SQL', async () => {
  const zone = fc.constantFrom('UTC', 'Europe/Oslo', 'Australia/Lord_Howe', 'America/St_Johns', 'Moon/Tycho');
  const clock = fc
    .integer({ min: 0, max: 47 })
    .map((n) => `${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 ? '30' : '00'}`);
  const start = fc.integer({ min: Date.UTC(2026, 0, 1) / 900_000, max: Date.UTC(2027, 0, 1) / 900_000 });
  await fc.assert(
    fc.asyncProperty(
      zone,
      clock,
      fc.integer({ min: 0, max: 127 }),
      start,
      fc.integer({ min: 1, max: 300 }),
      async (time_zone, opens, open_days, from, lasts) => {
        const span = { start: from * 900_000, end: (from + lasts) * 900_000 };
        const { rows } = await pg.query<{ open: boolean }>(
          "select sync.is_open($1, $2, '24:00', $3, $4, $5) as open",
          [time_zone, opens, open_days, new Date(span.start).toISOString(), new Date(span.end).toISOString()],
        );
        expect(isOpenFor({ time_zone, opens, closes: '24:00', open_days }, span)).toBe(rows[0]!.open);
      },
    ),
    { numRuns: 200 },
  );
});
