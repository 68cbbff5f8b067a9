// Advice before saving, with 10,000 bookings on the device: the real database in Node, the very queries of the app.
// `npx tsx scripts/measure/bookings.ts` measures it alone and fails beyond the limits of scripts/budgets.json.
import { pathToFileURL } from 'node:url';
import type { RawBuilder } from 'kysely';
import { openNodeEngineWithDatabase } from '../../client/open-node';
import type { Engine } from '../../client/sync/engine';
import { compiler } from '../../client/sync/facade';
import { alternatives } from '../../db/booking/alternatives';
import { clashes } from '../../db/booking/clashes';
import { formatRange, type Span } from '../../db/booking/range';
import { overBookings, readBudgets } from './budgets';
import { quantile } from './figures';

export interface BookingFigures {
  readonly bookings: number;
  readonly samples: number;
  /** p95 in ms: who is in the way of one wished time. */
  readonly clashP95Ms: number;
  /** p95 in ms: the same for a weekly repetition of a year. */
  readonly weeklyClashP95Ms: number;
  /** p95 in ms: the nearest free times and resources, asked for a time that is taken. */
  readonly alternativesP95Ms: number;
}

const RESOURCES = 20;
const HOUR = 3_600_000;
const first = Date.UTC(2026, 0, 5, 8);

/** Bookings of an hour, back to back for nine hours of every day: the fullest calendar that leaves room at all. */
function spanOf(i: number): Span {
  const slot = Math.floor(i / RESOURCES);
  const start = first + Math.floor(slot / 9) * 24 * HOUR + (slot % 9) * HOUR;
  return { start, end: start + HOUR };
}

async function fill(count: number) {
  const { engine, pg } = await openNodeEngineWithDatabase({ userId: 'me', baseUrl: '', sync: false });
  const workspace = crypto.randomUUID();
  const resources = Array.from({ length: RESOURCES }, () => crypto.randomUUID());
  const rows = Array.from({ length: count }, (_, i) => ({
    ...{ id: crypto.randomUUID(), workspace_id: workspace, resource_id: resources[i % RESOURCES]! },
    ...{ user_id: `person ${i % 30}`, title: `Booking ${i}`, during: formatRange(spanOf(i)), version: i + 1 },
  }));
  await pg.transaction(async (tx) => {
    await tx.exec('set local session_replication_role = replica');
    await tx.query("insert into workspace (id, name) values ($1, 'Station')", [workspace]);
    await tx.query(
      `insert into resource (id, workspace_id, kind, name, color, capacity, position, time_zone, opens, closes)
       select r::uuid, $1, 'room', 'Room ' || n, '#112233', n, 'a' || n, 'Europe/Oslo', '07:00', '20:00'
       from unnest($2::text[]) with ordinality as x (r, n)`,
      [workspace, resources],
    );
    await tx.query(
      `insert into booking (id, workspace_id, resource_id, user_id, title, during, version)
       select id, workspace_id, resource_id, user_id, title, during, version from jsonb_populate_recordset(null::booking, $1)`,
      [JSON.stringify(rows)],
    );
  });
  await pg.exec('analyze');
  return { engine, resources };
}

/** @returns p95 in ms over `samples` questions, after some that do not count */
async function p95(
  engine: Engine,
  samples: number,
  question: (i: number) => RawBuilder<unknown>,
): Promise<number> {
  const db = compiler();
  const times: number[] = [];
  for (let i = -20; i < samples; i++) {
    const start = performance.now();
    const { sql, parameters } = question(Math.abs(i)).compile(db);
    const rows = await engine.read({ sql, parameters });
    if (i >= 0) times.push(performance.now() - start);
    if (rows.length === 0) throw new Error('a question that has an answer got none');
  }
  return quantile(times, 0.95);
}

export async function measureBookings(count = 10_000, samples = 300): Promise<BookingFigures> {
  const { engine, resources } = await fill(count);
  try {
    // Spread over all that is there, half an hour off, so that each meets two bookings or one.
    const wish = (i: number) => {
      const at = (i * 7919) % count;
      const { start } = spanOf(at);
      return {
        resourceId: resources[at % RESOURCES]!,
        span: { start: start + HOUR / 2, end: start + HOUR * 1.5 },
      };
    };
    const weeks = ({ start, end }: Span) =>
      Array.from({ length: 52 }, (_, n) => ({ start: start + n * 168 * HOUR, end: end + n * 168 * HOUR }));
    return {
      bookings: count,
      samples,
      clashP95Ms: await p95(engine, samples, (i) => {
        const { resourceId, span } = wish(i);
        return clashes({ resourceId, spans: [span] });
      }),
      weeklyClashP95Ms: await p95(engine, samples, (i) => {
        const { resourceId, span } = wish(i);
        return clashes({ resourceId, spans: weeks(span) });
      }),
      alternativesP95Ms: await p95(engine, samples, (i) => alternatives({ ...wish(i), notBefore: first })),
    };
  } finally {
    await engine.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const figures = await measureBookings();
  console.log(JSON.stringify(figures, null, 2));
  const broken = overBookings(readBudgets(), figures);
  for (const sentence of broken) console.error(`over budget: ${sentence}`);
  if (broken.length > 0) process.exitCode = 1;
}
