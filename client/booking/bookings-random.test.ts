// Random bookings on three devices that lose the network now and then: in the end every device shows what the server
// has, nothing is parked or still yielding, and no two confirmed bookings overlap. OUTPOST_HISTORIES sets how many.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

const histories = Number(process.env.OUTPOST_HISTORIES ?? 6);

let api: TestApi;
let station: Station;
let devices: Device[];

beforeAll(async () => {
  api = await startTestApi({ longPoll: 2_000 });
  station = await openStation(api);
  devices = await Promise.all(
    [station.ada, station.ben, station.ben].map((person) => station.device(person)),
  );
});
afterAll(async () => {
  await station.close();
  await api.stop();
});

const at = (hour: number) => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();
const device = fc.integer({ min: 0, max: 2 });
const during = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 3 }))
  .map(([from, lasts]) => `["${at(from)}","${at(from + lasts)}")`);
const which = fc.nat(1000);
const status = fc.constantFrom('confirmed', 'confirmed', 'tentative');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('book' as const), device, during, status, private: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), device, which, during }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), device, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), device, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), device, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give-way' as const), device, which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), device }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mend' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('meet' as const), device }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A local write; what this device knows to be taken is refused before it is saved, and that is all right. */
async function attempt(d: Device, sql: string, ...parameters: unknown[]): Promise<void> {
  try {
    await d.write(sql, ...parameters);
  } catch (error) {
    expect(['booking_no_overlap', 'booking_cancelled_final']).toContain((error as { rule?: unknown }).rule);
  }
}

async function play(steps: readonly Step[], room: string): Promise<void> {
  for (const s of steps) {
    const d = devices[s.device]!;
    const own = await d.rows<{ id: string }>(
      'select id from booking where resource_id = $1 and user_id = $2 order by id',
      ...[room, d.userId],
    );
    const id = 'which' in s && own.length > 0 ? own[s.which % own.length]!.id : null;
    switch (s.do) {
      case 'book':
        await attempt(
          d,
          `insert into booking (id, workspace_id, resource_id, user_id, title, during, status, private)
           values ($1, $2, $3, $4, 'Work', $5, $6, $7)`,
          ...[crypto.randomUUID(), station.workspaceId, room, d.userId, s.during, s.status, s.private],
        );
        break;
      case 'move':
        await attempt(
          d,
          "update booking set during = $1 where id = $2 and status <> 'cancelled'",
          s.during,
          id,
        );
        break;
      case 'rename':
        await attempt(d, "update booking set title = 'Renamed' where id = $1", id);
        break;
      case 'cancel':
        await attempt(d, "update booking set status = 'cancelled' where id = $1", id);
        break;
      case 'delete':
        await attempt(d, 'delete from booking where id = $1', id);
        break;
      case 'give-way': {
        const open = await d.rows<{ id: string }>(
          'select id from violation where held_by = $1 and resolved_at is null order by id',
          d.userId,
        );
        const violation = open[s.which % Math.max(open.length, 1)];
        if (!violation) break;
        await d.write(
          `insert into resolution (id, workspace_id, violation_id, user_id, choice) values ($1, $2, $3, $4, 'give_way')`,
          ...[crypto.randomUUID(), station.workspaceId, violation.id, d.userId],
        );
        break;
      }
      case 'cut':
        d.offline();
        break;
      case 'mend':
        d.online();
        break;
      case 'meet':
        if (d.network.up) await d.settled();
    }
  }
}

const rowsOf = (table: 'booking' | 'violation') =>
  `select to_jsonb(t) - 'search' as row from ${table} t where workspace_id = $1 order by id`;
const visible = {
  booking: (r: Row, userId: string) => r.private === false || r.user_id === userId,
  violation: (r: Row, userId: string) => r.user_id === null || r.user_id === userId,
};
type Row = Record<string, unknown>;

test('R1, R5, C1, C2: random bookings converge to what the server has, with nothing left over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const room = crypto.randomUUID();
      await devices[0]!.write(
        `insert into resource (id, workspace_id, kind, name, color, position) values ($1, $2, 'room', $3, '#112233', 'a0')`,
        ...[room, station.workspaceId, `Room ${room}`],
      );
      for (const d of devices) {
        await until(
          'the room',
          async () => (await d.rows('select from resource where id = $1', room)).length === 1,
        );
      }
      await play(steps, room);
      for (const d of devices) d.online();
      // A row whose end the read path brought before its beginning is done with the next live answer, 20 s later.
      for (const d of devices) await d.settled().catch(() => d.settled());
      const overlaps = await api.pool.query(
        `select 1 from booking a join booking b on a.resource_id = b.resource_id and a.during && b.during and a.id < b.id
         where a.status = 'confirmed' and b.status = 'confirmed'`,
      );
      expect(overlaps.rows).toEqual([]);
      for (const table of ['booking', 'violation'] as const) {
        const truth = await api.pool.query<{ row: Row }>(rowsOf(table), [station.workspaceId]);
        for (const d of devices) {
          const mine = truth.rows.filter(({ row }) => visible[table](row, d.userId));
          const here = () => d.rows(rowsOf(table), station.workspaceId);
          await until(
            `${table} equal`,
            async () => JSON.stringify(await here()) === JSON.stringify(mine),
          ).catch(async () => expect(await here()).toEqual(mine));
        }
      }
      for (const d of devices) {
        expect(await d.rows('select * from sync.yielded')).toEqual([]);
        expect(await d.rows('select * from sync.incoming')).toEqual([]);
        // Only what was done to a row that had gone, or that had been cancelled elsewhere, may have been refused.
        const refused = await d.rows<{ rule: string | null }>(
          `select rule, refusal from sync.refused where refusal <> 'unknown-row'`,
        );
        expect(refused.filter((r) => r.rule !== 'booking_cancelled_final')).toEqual([]);
      }
    }),
    { numRuns: histories, endOnFailure: true },
  );
}, 600_000);
