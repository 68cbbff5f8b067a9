// Bookings through the write API: what is flagged, who is told what, and what people's decisions do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatRange } from '../../db/booking/range';
import { weekly } from '../../db/booking/repetition';
import type { SyncedTable } from '../../db/sync/schema';
import { schema, tables } from '../../db/tables';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import {
  type BookingSender,
  type BookingStation,
  bookingStation,
  type ViolationRow,
} from '../../scripts/testing/bookings';

let api: TestApi;
let station: BookingStation;
let ada: BookingSender;
let ben: BookingSender;
let cleo: BookingSender;
let room: string;
let hut: string;

beforeAll(async () => {
  api = await startTestApi();
  station = await bookingStation(api);
  ({ ada, ben, cleo } = station);
});
afterAll(() => api.stop());
beforeEach(async () => {
  [room, hut] = [await station.resource(), await station.resource()];
});

const during = (from: number, to: number, day = 23) =>
  `["2026-11-${day}T${String(from).padStart(2, '0')}:00:00Z","2026-11-${day}T${String(to).padStart(2, '0')}:00:00Z")`;

/** Ada confirms 10–11, Ben wants 10–12 and is flagged. */
async function clash(more: { ada?: object; ben?: object } = {}) {
  const held = await ada.book(room, during(10, 11), more.ada);
  const asked = await ben.book(room, during(10, 12), more.ben);
  expect([held.verdict.status, asked.verdict.status]).toEqual(['applied', 'flagged']);
  return { held: held.id, asked: asked.id };
}

describe('flagging', () => {
  test('C1, C2: the second of two is stored as conflicted, and both are told of both', async () => {
    const { held, asked } = await clash();
    expect(await station.statuses(held, asked)).toEqual(['confirmed', 'conflicted']);
    const [v, ...more] = await station.violations(asked);
    expect(more).toEqual([]);
    expect(v).toMatchObject({
      rule: 'booking_no_overlap',
      user_id: null,
      row_id: asked,
      other_id: held,
      asked_by: ben.userId,
      asked_name: 'Ben',
      held_by: ada.userId,
      held_name: 'Ada',
      title: 'Booking of Ben',
      outcome: null,
    });
    expect(v!.detail).toMatchObject({
      asked: { title: 'Booking of Ben', resource_id: room, status: 'conflicted' },
      held: { title: 'Booking of Ada', status: 'confirmed' },
      meets: '["2026-11-23 10:00:00+00","2026-11-23 11:00:00+00")',
    });
  });

  test('C1: ranges that touch do not clash', async () => {
    const made = [
      await ada.book(room, during(10, 11)),
      await ben.book(room, during(11, 12)),
      await ben.book(room, during(9, 10)),
    ];
    expect(made.map((m) => m.verdict.status)).toEqual(['applied', 'applied', 'applied']);
    expect(await station.violations(...made.map((m) => m.id))).toEqual([]);
  });

  test('C1: over a daylight-saving change the clocks’ hour that comes twice is two hours, and clashes stay clashes', async () => {
    const zone = 'Europe/Oslo';
    // Half past two comes twice on 25 October 2026: these show the same on the wall and do not meet.
    const first = await ada.book(room, '["2026-10-25T00:30:00Z","2026-10-25T01:00:00Z")');
    const second = await ben.book(room, '["2026-10-25T01:30:00Z","2026-10-25T02:00:00Z")');
    expect([first.verdict.status, second.verdict.status]).toEqual(['applied', 'applied']);
    // Weekly at ten in Oslo: eight o'clock UTC in summer, nine in winter.
    const start = Date.UTC(2026, 9, 12, 8);
    const weeks = weekly({ start, end: start + 3_600_000 }, zone, { count: 4 });
    await ada.transactions([weeks.map((w) => ada.booking(crypto.randomUUID(), hut, formatRange(w), {}))]);
    const inUtc = weeks.map((_, i) => {
      const at = start + i * 7 * 86_400_000;
      return ben.booking(crypto.randomUUID(), hut, formatRange({ start: at, end: at + 3_600_000 }), {});
    });
    const verdicts = await ben.transactions([inUtc]);
    expect(verdicts.map((v) => v.status)).toEqual(['flagged', 'flagged', 'applied', 'applied']);
  });

  test('C1, C2: a booking that is moved onto another is flagged', async () => {
    const one = await ada.book(room, during(10, 11));
    const other = await ben.book(room, during(14, 15));
    expect(await ben.update(other.id, { during: during(10, 12) })).toMatchObject({ status: 'flagged' });
    expect(await station.statuses(one.id, other.id)).toEqual(['confirmed', 'conflicted']);
    expect(await station.violations(other.id)).toHaveLength(1);
  });

  test('C2: a tentative booking asks whoever holds the time, whichever of the two comes first', async () => {
    const held = await ada.book(room, during(10, 11));
    const late = await ben.book(room, during(10, 12), { status: 'tentative' });
    expect(late.verdict.status).toBe('flagged');
    const early = await cleo.book(hut, during(10, 12), { status: 'tentative' });
    expect(early.verdict.status).toBe('applied');
    const taken = await ada.book(hut, during(10, 11));
    expect(taken.verdict.status).toBe('applied');
    expect(await station.statuses(late.id, early.id)).toEqual(['tentative', 'tentative']);
    expect(await station.violations(late.id)).toMatchObject([{ other_id: held.id, outcome: null }]);
    expect(await station.violations(early.id)).toMatchObject([{ other_id: taken.id, outcome: null }]);
  });

  test('C2: a booking that meets several has a violation with each', async () => {
    const first = await ada.book(room, during(10, 11));
    const second = await cleo.book(room, during(11, 12));
    const asked = await ben.book(room, during(10, 12));
    const others = (await station.violations(asked.id)).map((v) => v.other_id);
    expect(others.sort()).toEqual([first.id, second.id].sort());
  });

  test('M1: a flagged change and its repetition end in the same row', async () => {
    const { asked } = await clash();
    const again = await ben.again();
    expect(again).toMatchObject({ status: 'flagged' });
    expect(await station.statuses(asked)).toEqual(['conflicted']);
    expect(await station.violations(asked)).toHaveLength(1);
  });

  test('W4: a flagged row in the middle of 500 changes delays nothing', async () => {
    await ada.book(room, during(10, 11));
    const ids = Array.from({ length: 500 }, () => crypto.randomUUID());
    const verdicts = await ben.transactions(
      ids.map((id, i) => [
        ben.booking(id, i === 250 ? room : hut, i === 250 ? during(10, 11) : minutes(i), {}),
      ]),
    );
    expect(verdicts.map((v) => v.status).filter((s) => s !== 'applied')).toEqual(['flagged']);
    expect(verdicts).toHaveLength(500);
    const one = crypto.randomUUID();
    const inOne = await ben.transactions([
      [
        ...ids.slice(0, 499).map((id) => ben.change(id, { title: 'Renamed' })),
        ben.booking(one, room, during(10, 11), {}),
      ],
    ]);
    expect(inOne.filter((v) => v.status === 'applied')).toHaveLength(499);
    expect(await station.statuses(one)).toEqual(['conflicted']);
  });

  test('C1: a cancelled booking stays cancelled, and says so in words', async () => {
    const { id } = await ada.book(room, during(10, 11));
    await ada.update(id, { status: 'cancelled' });
    expect(await ada.update(id, { status: 'confirmed' })).toMatchObject({
      status: 'refused',
      rule: 'booking_cancelled_final',
      sentence: 'A cancelled booking stays cancelled; make a new one for this time.',
    });
  });
});

const minutes = (i: number) =>
  `["${new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString()}","${new Date(Date.UTC(2026, 0, 1, 0, i + 1)).toISOString()}")`;

describe('private bookings', () => {
  const secrets = (v: ViolationRow, ...words: string[]) => {
    const text = JSON.stringify(v);
    for (const word of words) expect(text).not.toContain(word);
  };

  test('W5: whoever meets a private booking is told that the time is taken, not by whom', async () => {
    const { held, asked } = await clash({ ada: { private: true, title: 'Dentist' } });
    const rows = await station.violations(asked, held);
    expect(rows.map((v) => v.user_id).sort()).toEqual([ada.userId, ben.userId].sort());
    const bens = rows.find((v) => v.user_id === ben.userId)!;
    expect(bens).toMatchObject({ row_id: asked, other_id: null, held_by: null, held_name: '' });
    expect(bens.detail).toMatchObject({ meets: '["2026-11-23 10:00:00+00","2026-11-23 11:00:00+00")' });
    secrets(bens, 'Dentist', held, ada.userId, 'Ada');
    const adas = rows.find((v) => v.user_id === ada.userId)!;
    expect(adas).toMatchObject({ row_id: asked, other_id: held, asked_name: 'Ben', held_name: 'Ada' });
    expect(adas.case_id).toBe(bens.case_id);
    expect(await cleo.sees('violation')).not.toContain(bens.id);
    expect(await cleo.sees('booking')).not.toContain(held);
  });

  test('W5: who decides about a private booking is not told either', async () => {
    const { held, asked } = await clash({ ada: { private: true } });
    const rows = await station.violations(asked, held);
    const mine = rows.find((v) => v.user_id === ada.userId)!;
    expect(await ada.resolve(mine.id, 'give_way')).toMatchObject({ outcome: 'done' });
    expect(await station.statuses(held, asked)).toEqual(['cancelled', 'confirmed']);
    const bens = (await station.violations(asked)).find((v) => v.user_id === ben.userId)!;
    expect(bens).toMatchObject({ outcome: 'gave_way', resolved_by: null, resolved_name: '' });
    const notices = await station.notices(ben.userId, asked);
    expect(notices).toMatchObject([{ kind: 'decided', by_user: null, by_name: '' }]);
    secrets(notices[0] as never, held, ada.userId, 'Ada');
    for (const table of ['resolution', 'violation'] as const) {
      const seen = JSON.stringify(await ben.rows(table));
      expect(seen).not.toContain(held);
      if (table === 'resolution') expect(seen).not.toContain(mine.id);
    }
  });

  test('W5: a booking that becomes private takes back what its violation told', async () => {
    const { held, asked } = await clash({ ada: { title: 'Dentist' } });
    await ada.update(held, { private: true });
    const rows = await station.violations(asked, held);
    expect(rows).toHaveLength(2);
    secrets(rows.find((v) => v.user_id === ben.userId)!, 'Dentist', held, ada.userId, 'Ada');
  });

  test('A2: a private booking is nobody else’s to change, an owner’s neither', async () => {
    const { id } = await ben.book(room, during(10, 11), { private: true });
    expect(await ada.update(id, { title: 'Mine' })).toMatchObject({ kind: 'unknown-row' });
  });
});

describe('disputes that end by themselves', () => {
  test.each([
    ['the one who asks cancels', 'asked', { status: 'cancelled' }, 'cancelled', 'Ben'],
    ['the one who asks moves', 'asked', { during: during(14, 15) }, 'moved', 'Ben'],
    ['the holder cancels', 'held', { status: 'cancelled' }, 'cancelled', 'Ada'],
    ['the holder moves', 'held', { during: during(14, 15) }, 'moved', 'Ada'],
    ['the holder deletes', 'held', null, 'withdrawn', 'Ada'],
  ] as const)('C2: %s', async (_, which, set, outcome, by) => {
    const rows = await clash();
    const who = which === 'asked' ? ben : ada;
    const verdict = set === null ? await who.remove(rows[which]) : await who.update(rows[which], set);
    expect(verdict.status).toBe('applied');
    expect(await station.violations(rows.asked)).toMatchObject([{ outcome, resolved_name: by }]);
    if (which === 'held') expect(await station.statuses(rows.asked)).toEqual(['conflicted']);
  });

  test('C2: a resource that is deleted takes its bookings and their disputes along', async () => {
    const { asked } = await clash();
    expect(await ben.remove(room, 'resource')).toMatchObject({ kind: 'forbidden' });
    expect(await ada.remove(room, 'resource')).toMatchObject({ status: 'applied' });
    expect(await station.violations(asked)).toMatchObject([{ outcome: 'withdrawn' }]);
  });

  test('C2: who asked takes a time that has become free', async () => {
    const { held, asked } = await clash();
    const [v] = await station.violations(asked);
    await ada.update(held, { status: 'cancelled' });
    expect(await ben.resolve(v!.id, 'move')).toMatchObject({ outcome: 'done' });
    expect(await station.statuses(asked)).toEqual(['confirmed']);
  });

  test('C2: a conflicted booking that meets a new holder has a violation again', async () => {
    const { held, asked } = await clash();
    await ada.update(held, { status: 'cancelled' });
    const next = await cleo.book(room, during(11, 13));
    expect(await station.violations(asked)).toMatchObject([
      { outcome: 'cancelled' },
      { outcome: null, other_id: next.id },
    ]);
  });
});

describe('the registry', () => {
  test('C2: the rules that flag are the same in the registry and on the server, and name a constraint', async () => {
    const flagged = Object.entries(schema.rules).flatMap(([name, rule]) =>
      rule.stored === 'flagged' ? [{ constraint_name: name, table: rule.table, patch: rule.patch }] : [],
    );
    const stored = await api.pool.query('select constraint_name, "table", patch from sync.rule order by 1');
    expect(stored.rows).toEqual(flagged);
    const made = await api.pool.query(
      `select c.conname from pg_constraint c join sync.rule r on r.constraint_name = c.conname
       where c.conrelid = format('public.%I', r."table")::regclass`,
    );
    expect(made.rows).toEqual(flagged.map((rule) => ({ conname: rule.constraint_name })));
  });

  test('C2: every choice that the registry offers is one that can be stored, and the other way round', async () => {
    const { rows } = await api.pool.query<{ definition: string }>(
      "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'resolution_choice_known'",
    );
    const stored = [...rows[0]!.definition.matchAll(/'(\w+)'::text/g)].map((match) => match[1]);
    const rule = schema.rules.booking_no_overlap!;
    expect([...rule.resolutions].sort()).toEqual(stored.sort());
  });

  test('W3: a rule that refuses names a field that a client can change, or offers nothing to change', () => {
    const writable = new Set<string>(Object.values(tables).flatMap((t: SyncedTable) => [...t.insertable]));
    for (const [name, rule] of Object.entries(schema.rules)) {
      if (/^(member|workspace|violation|notice)_/.test(name)) continue;
      if (rule.field !== null) expect([name, writable.has(rule.field)]).toEqual([name, true]);
      if (rule.stored === 'refused') {
        expect(rule.resolutions).toContain('discard');
        // Without a field to change, it can at most be sent again as it is.
        const ways = rule.resolutions.filter((way) => way !== 'discard' && way !== 'again');
        expect([name, ways.length > 0]).toEqual([name, rule.field !== null]);
      }
    }
  });
});
