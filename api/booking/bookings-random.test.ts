// Twenty devices that book, change, cancel and decide at random and at once: what is always true afterwards.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import {
  type BookingSender,
  type BookingStation,
  bookingStation,
  type Choice,
} from '../../scripts/testing/bookings';

const DEVICES = 20;
const histories = Number(process.env.OUTPOST_HISTORIES ?? 8);

let api: TestApi;
let station: BookingStation;
let devices: BookingSender[];

beforeAll(async () => {
  api = await startTestApi();
  station = await bookingStation(api);
  const people = [station.ada, station.ben, station.cleo];
  for (let i = people.length; i < 10; i++) people.push(await station.member(`P${i}`));
  devices = [...people, ...(await Promise.all(people.map((person) => station.device(person))))];
});
afterAll(() => api.stop());

const at = (hour: number) => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();
const range = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 3 }))
  .map(([from, length]) => `["${at(from)}","${at(from + length)}")`);
const place = fc.integer({ min: 0, max: 1 });
const which = fc.nat(1000);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('book' as const),
      place,
      range,
      status: fc.constantFrom('confirmed', 'confirmed', 'confirmed', 'tentative'),
      private: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), which, place, range }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      which,
      set: fc.constantFrom(
        { status: 'cancelled' },
        { status: 'confirmed' },
        { private: true },
        { private: false },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      which,
      choice: fc.constantFrom<Choice>('move', 'swap', 'agree', 'decline', 'give_way', 'cancel'),
      place,
      range,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What one device does, in order; it knows its own bookings and the violations that its person may see. */
async function play(device: BookingSender, steps: readonly Step[], rooms: readonly string[]): Promise<void> {
  const mine: string[] = [];
  for (const s of steps) {
    const id = 'which' in s ? mine[s.which % Math.max(mine.length, 1)] : undefined;
    if (s.do === 'book') {
      const { verdict, id: made } = await device.book(rooms[s.place]!, s.range, {
        status: s.status,
        private: s.private,
      });
      expect(['applied', 'flagged']).toContain(verdict.status);
      mine.push(made);
    } else if (s.do === 'decide') {
      const open = await device.openViolations(rooms);
      const violation = open[s.which % Math.max(open.length, 1)];
      if (violation)
        await device.resolve(violation, s.choice, { resource_id: rooms[s.place], during: s.range });
    } else if (id !== undefined) {
      if (s.do === 'move') await device.update(id, { resource_id: rooms[s.place], during: s.range });
      if (s.do === 'set') await device.update(id, s.set);
      if (s.do === 'delete') await device.remove(id);
    }
  }
}

/** Pairs of which the first asks for what the second holds, and those that have an open dispute. */
async function state(rooms: readonly string[]) {
  const query = async (sql: string) =>
    (await api.pool.query<{ a: string; b: string }>(sql, [rooms])).rows.map((r) => `${r.a} ${r.b}`).sort();
  return {
    bothConfirmed: await query(`select a.id as a, b.id as b from booking a join booking b
      on a.resource_id = b.resource_id and a.during && b.during and a.id < b.id
      where a.status = 'confirmed' and b.status = 'confirmed' and a.resource_id = any($1)`),
    clashing: await query(`select a.id as a, b.id as b from booking a join booking b
      on a.resource_id = b.resource_id and a.during && b.during and a.id <> b.id
      where a.status in ('conflicted', 'tentative') and b.status = 'confirmed' and a.resource_id = any($1)`),
    disputed: await query(`select d.asked_id as a, d.held_id as b from sync.dispute d
      join booking x on x.id = d.asked_id where not d.closed and x.resource_id = any($1)`),
    /** Parties of open disputes who have no open violation to see. */
    silent: await query(`select d.id as a, p.person as b from sync.dispute d
      join booking x on x.id = d.asked_id and x.resource_id = any($1), unnest(array[d.asked_by, d.held_by]) as p (person)
      where not d.closed and not exists (select from violation v where v.case_id = d.id and v.resolved_at is null
        and (v.user_id is null or v.user_id = p.person))`),
    /** What names a private booking, or its person, to somebody else. */
    leaks:
      await query(`select v.id as a, x.id as b from violation v join booking x on x.private and x.resource_id = any($1)
      where v.resolved_at is null and v.workspace_id = x.workspace_id and v.user_id is distinct from x.user_id
        and (v.row_id = x.id or v.other_id = x.id or to_jsonb(v)::text like '%' || x.id || '%')`),
  };
}

test('C1, C2, W5: whatever twenty devices do at once, nothing overlaps, everything that clashes is told and can be resolved', async () => {
  const steps = fc.array(fc.array(step, { maxLength: 6 }), { minLength: DEVICES, maxLength: DEVICES });
  await fc.assert(
    fc.asyncProperty(steps, async (plays) => {
      const rooms = [await station.resource(), await station.resource()];
      await Promise.all(plays.map((own, i) => play(devices[i]!, own, rooms)));
      const now = await state(rooms);
      expect(now.bothConfirmed).toEqual([]);
      expect(now.disputed).toEqual(now.clashing);
      expect(now.silent).toEqual([]);
      expect(now.leaks).toEqual([]);
      for (const device of devices) {
        for (const id of await device.openViolations(rooms)) {
          const v = (await device.violation(id))!;
          if (v.outcome !== null) continue;
          const choice = v.asked_by === device.userId ? 'cancel' : 'give_way';
          if (choice === 'give_way' && v.held_by !== device.userId) continue;
          expect(await device.resolve(id, choice)).toMatchObject({ outcome: 'done' });
        }
      }
      const after = await state(rooms);
      expect([after.disputed, after.clashing, after.bothConfirmed]).toEqual([[], [], []]);
    }),
    { numRuns: histories, endOnFailure: true },
  );
}, 300_000);
