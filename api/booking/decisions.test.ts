// What people decide about a clash: every choice, who may make it, two at once, and what is not possible any more.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { type BookingSender, type BookingStation, bookingStation } from '../../scripts/testing/bookings';

let api: TestApi;
let station: BookingStation;
let ada: BookingSender;
let ben: BookingSender;
let cleo: BookingSender;
let owner: BookingSender;
let room: string;
let hut: string;
/** Ada's booking, Ben's that came too late, and their violation. */
let held: string;
let asked: string;
let violation: string;

const hours = (from: number, to: number) =>
  `["2026-11-23T${String(from).padStart(2, '0')}:00:00Z","2026-11-23T${String(to).padStart(2, '0')}:00:00Z")`;
const contested = '["2026-11-23 10:00:00+00","2026-11-23 11:00:00+00")';
const later = '["2026-11-23 14:00:00+00","2026-11-23 15:00:00+00")';

beforeAll(async () => {
  api = await startTestApi();
  station = await bookingStation(api);
  owner = station.ada;
  // None of the parties owns the workspace.
  ada = await station.member('Ada');
  ({ ben, cleo } = station);
});
afterAll(() => api.stop());
beforeEach(async () => {
  [room, hut] = [await station.resource(), await station.resource()];
  held = (await ada.book(room, hours(10, 11))).id;
  asked = (await ben.book(room, hours(10, 11))).id;
  [violation] = (await station.violations(asked)).map((v) => v.id) as [string];
});

/** Where bookings are, and whether they hold it. */
async function places(...ids: string[]) {
  const { rows } = await api.pool.query<{ id: string; resource_id: string; during: string; status: string }>(
    'select id, resource_id, during::text, status from booking where id = any($1)',
    [ids],
  );
  return ids.map((id) => {
    const row = rows.find((r) => r.id === id)!;
    return [row.resource_id === room ? 'room' : 'hut', row.during, row.status];
  });
}

const outcome = async () => (await station.violations(asked)).map((v) => v.outcome);

describe('choices', () => {
  test('C2: the one who asked takes another time, and both are told', async () => {
    expect(await ben.resolve(violation, 'move', { during: hours(14, 15) })).toEqual({
      outcome: 'done',
      sentence: '',
    });
    expect(await places(held, asked)).toEqual([
      ['room', contested, 'confirmed'],
      ['room', later, 'confirmed'],
    ]);
    expect(await station.violations(asked)).toMatchObject([
      { outcome: 'moved', resolved_by: ben.userId, resolved_name: 'Ben' },
    ]);
    expect(await station.notices(ada.userId, held)).toMatchObject([
      {
        kind: 'decided',
        by_name: 'Ben',
        lost: { choice: 'move', violation_id: violation },
        kept: { outcome: 'moved' },
      },
    ]);
    expect(await station.notices(ben.userId, asked)).toEqual([]);
  });

  test('C2: the one who asked takes another room', async () => {
    expect(await ben.resolve(violation, 'move', { resource_id: hut })).toMatchObject({ outcome: 'done' });
    expect(await places(asked)).toEqual([['hut', contested, 'confirmed']]);
  });

  test('C2: the holder gives way by cancelling, or by moving', async () => {
    expect(await ada.resolve(violation, 'give_way')).toMatchObject({ outcome: 'done' });
    expect(await station.statuses(held, asked)).toEqual(['cancelled', 'confirmed']);
    expect(await outcome()).toEqual(['gave_way']);
    const third = await cleo.book(room, hours(10, 11));
    const [next] = await station.violations(third.id);
    expect(await ben.resolve(next!.id, 'give_way', { during: hours(14, 15) })).toMatchObject({
      outcome: 'done',
    });
    expect(await places(asked, third.id)).toEqual([
      ['room', later, 'confirmed'],
      ['room', contested, 'confirmed'],
    ]);
  });

  test('C2: a holder who gives way to one of two leaves the other dispute open', async () => {
    const wide = await cleo.book(room, hours(9, 12));
    expect(await ada.resolve(violation, 'give_way')).toMatchObject({ outcome: 'done' });
    expect(await station.statuses(held, asked, wide.id)).toEqual(['cancelled', 'confirmed', 'conflicted']);
    expect(await station.violations(wide.id)).toMatchObject([
      { other_id: held, outcome: 'cancelled' },
      { other_id: asked, outcome: null },
    ]);
  });

  test('C2: a swap is proposed, agreed to, and both bookings hold', async () => {
    expect(await ben.resolve(violation, 'swap', { during: hours(14, 15) })).toMatchObject({
      outcome: 'asked',
    });
    expect(await station.violations(asked)).toMatchObject([
      { outcome: null, proposal: { during: hours(14, 15) } },
    ]);
    expect(await station.statuses(held, asked)).toEqual(['confirmed', 'conflicted']);
    expect(await ada.resolve(violation, 'agree')).toMatchObject({ outcome: 'done' });
    expect(await places(held, asked)).toEqual([
      ['room', later, 'confirmed'],
      ['room', contested, 'confirmed'],
    ]);
    expect(await outcome()).toEqual(['swapped']);
    expect(await station.notices(ben.userId, asked)).toMatchObject([
      { kind: 'decided', kept: { outcome: 'swapped' } },
    ]);
  });

  test('C2: a swap that is declined leaves everything open, and who proposed it is told', async () => {
    await ben.resolve(violation, 'swap', { resource_id: hut });
    expect(await ada.resolve(violation, 'decline')).toMatchObject({ outcome: 'done' });
    expect(await station.violations(asked)).toMatchObject([{ outcome: null, proposal: null }]);
    expect(await station.notices(ben.userId, asked)).toMatchObject([
      { kind: 'decided', lost: { choice: 'decline' }, kept: { outcome: null } },
    ]);
    expect(await ben.resolve(violation, 'cancel')).toMatchObject({ outcome: 'done' });
    expect(await station.statuses(held, asked)).toEqual(['confirmed', 'cancelled']);
    expect(await outcome()).toEqual(['cancelled']);
  });

  test('C2: an owner may decide for either', async () => {
    expect(await owner.resolve(violation, 'give_way')).toMatchObject({ outcome: 'done' });
    expect(await station.notices(ada.userId, held)).toMatchObject([{ kind: 'decided', by_name: 'Ada' }]);
    expect(await station.notices(ben.userId, asked)).toMatchObject([{ kind: 'decided' }]);
  });

  test('A2: only the party concerned decides, for itself and with its own name', async () => {
    const refusal = { status: 'refused', kind: 'forbidden', rule: 'resolution_party' };
    expect(await cleo.resolve(violation, 'cancel')).toMatchObject(refusal);
    expect(await ben.resolve(violation, 'give_way')).toMatchObject(refusal);
    expect(await ada.resolve(violation, 'move', { during: hours(14, 15) })).toMatchObject(refusal);
    expect(await ben.resolve(crypto.randomUUID(), 'cancel')).toMatchObject({ kind: 'parent-missing' });
    const forged = {
      ...{ workspace_id: station.workspaceId, violation_id: violation, user_id: ada.userId },
      ...{ choice: 'give_way' },
    };
    const id = crypto.randomUUID();
    expect(
      await ben.transactions([[{ kind: 'insert', table: 'resolution', id, set: forged }]]),
    ).toMatchObject([{ kind: 'forbidden' }]);
    expect(await station.statuses(held, asked)).toEqual(['confirmed', 'conflicted']);
    expect(await outcome()).toEqual([null]);
  });

  test('A2: what was decided stays: it is neither changed nor removed', async () => {
    await ben.resolve(violation, 'cancel');
    const [row] = await ben.rows('resolution');
    expect(await ben.remove(row!.id, 'resolution')).toMatchObject({ kind: 'forbidden' });
    expect(
      await ben.transactions([[ben.change(violation, { outcome: 'moved' }, 'violation')]]),
    ).toMatchObject([{ kind: 'forbidden' }]);
  });
});

describe('not possible any more', () => {
  test('C2: a place that was taken meanwhile fails with a sentence, and the violation stays open', async () => {
    await cleo.book(room, hours(14, 15));
    const failed = { outcome: 'failed', sentence: 'That place has been taken meanwhile.' };
    expect(await ben.resolve(violation, 'move', { during: hours(14, 15) })).toEqual(failed);
    expect(await ben.resolve(violation, 'swap', { during: hours(14, 15) })).toEqual(failed);
    expect(await ben.resolve(violation, 'move')).toEqual(failed);
    expect(await outcome()).toEqual([null]);
    expect(await station.statuses(held, asked)).toEqual(['confirmed', 'conflicted']);
    expect(await station.notices(ben.userId, asked)).toMatchObject([
      { kind: 'failed', kept: { sentence: failed.sentence } },
      { kind: 'failed' },
      { kind: 'failed' },
    ]);
  });

  test('C2: a swap whose place is taken before the answer fails, and another can be proposed', async () => {
    await ben.resolve(violation, 'swap', { during: hours(14, 15) });
    await cleo.book(room, hours(14, 15));
    expect(await ada.resolve(violation, 'agree')).toMatchObject({ outcome: 'failed' });
    expect(await ada.resolve(violation, 'agree')).toMatchObject({
      sentence: 'There is no proposal to answer any more.',
    });
    expect(await ben.resolve(violation, 'swap', { during: hours(16, 17) })).toMatchObject({
      outcome: 'asked',
    });
    expect(await ada.resolve(violation, 'agree')).toMatchObject({ outcome: 'done' });
  });

  test('C2: nonsense fails and leaves nothing behind', async () => {
    for (const detail of [
      { during: 'tomorrow' },
      { resource_id: crypto.randomUUID() },
      { during: 'empty' },
      ['x'],
    ]) {
      expect(await ben.resolve(violation, 'swap', detail)).toMatchObject({ outcome: 'failed' });
    }
    expect(await ada.resolve(violation, 'give_way', { during: hours(10, 12) })).toMatchObject({
      outcome: 'failed',
      sentence: 'It would still be in the way there.',
    });
    expect(await outcome()).toEqual([null]);
  });

  test('C2: the later of two decisions is told so, and changes nothing', async () => {
    await ada.resolve(violation, 'give_way');
    expect(await ben.resolve(violation, 'cancel')).toEqual({
      outcome: 'late',
      sentence: 'Ada had decided this before.',
    });
    expect(await station.statuses(held, asked)).toEqual(['cancelled', 'confirmed']);
    expect(await station.notices(ben.userId, asked)).toMatchObject([
      { kind: 'decided', kept: { outcome: 'gave_way' } },
      { kind: 'late', by_name: 'Ada', kept: { outcome: 'gave_way' } },
    ]);
  });

  test('C2: two who decide at the same moment end in one outcome', async () => {
    for (let round = 0; round < 10; round++) {
      const place = await station.resource();
      const first = (await ada.book(place, hours(10, 11))).id;
      const second = (await ben.book(place, hours(10, 11))).id;
      const [v] = await station.violations(second);
      const both = await Promise.all([
        ada.resolve(v!.id, 'give_way'),
        ben.resolve(v!.id, 'move', { during: hours(14, 15) }),
      ]);
      expect(both.map((r) => ('outcome' in r ? r.outcome : r)).sort()).toEqual(['done', 'late']);
      const [mine, theirs] = await station.statuses(first, second);
      expect([mine, theirs]).toEqual([
        'outcome' in both[0] && both[0].outcome === 'done' ? 'cancelled' : 'confirmed',
        'confirmed',
      ]);
    }
  });

  test('W2: a decision that is sent twice, also by a copy of the device, is carried out once', async () => {
    const decision = ben.decision(violation, 'move', { during: hours(14, 15) });
    const copy = await station.device(ben);
    expect(await ben.transactions([[decision]])).toMatchObject([{ status: 'applied' }]);
    await ben.again();
    await ben.update(asked, { during: hours(16, 17) });
    await copy.transactions([[decision]]);
    expect(await places(asked)).toMatchObject([
      ['room', '["2026-11-23 16:00:00+00","2026-11-23 17:00:00+00")', 'confirmed'],
    ]);
  });
});
