// Property test: whatever concurrent writers do and whenever a shape is asked for, its materialised rows are those
// of the same query in Postgres, at every up-to-date.
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';
import { createShapeServer, type ShapeServer } from './server';
import { type AskedShape, clauses, type History, history } from './testing/history';
import { type AuditEntry, columns, fewColumns, Playground } from './testing/playground';
import { type Checkpoint, isKnown, Reader, type Row } from './testing/reader';

/** SHAPE_HISTORIES=1000 for a long run; SHAPE_SEED repeats one. */
const histories = Number(process.env.SHAPE_HISTORIES ?? 40);
const seed = process.env.SHAPE_SEED === undefined ? {} : { seed: Number(process.env.SHAPE_SEED) };

let database: TestDatabase;
let admin: Client;
const writers: Client[] = [];
/** One with tiny chunks, one with ordinary ones. */
const servers: ShapeServer[] = [];
let played = 0;
let checked = 0;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  const connect = async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("set synchronous_commit = on; set timezone = 'UTC'");
    return client;
  };
  admin = await connect();
  for (let i = 0; i < 4; i++) writers.push(await connect());
  for (const chunkBytes of [700, 2 * 1024 * 1024]) {
    servers.push(
      await createShapeServer({
        databaseUrl: database.url,
        publication: `shapes_${chunkBytes}`,
        chunkBytes,
        longPollMs: 500,
        sseMs: 300,
        catalogEveryMs: 200,
      }),
    );
  }
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await Promise.all([admin, ...writers].map((client) => client.end()));
  await database.drop();
});

test(`R1: materialised rows equal the query at every up-to-date, ${histories} histories`, {
  timeout: 60_000 + histories * 3_000,
}, async () => {
  await fc.assert(fc.asyncProperty(history, playHistory), {
    ...seed,
    numRuns: histories,
    endOnFailure: true,
    verbose: 1,
  });
  console.log(`${played} histories, ${checked} checkpoints`);
  expect(checked).toBeGreaterThan(played);
});

interface Followed {
  readonly asked: AskedShape;
  readonly reader: Reader;
  readonly checkpoints: Checkpoint[];
  readonly done: Promise<void>;
}

async function playHistory(plan: History): Promise<void> {
  const playground = await Playground.make(admin, `history_${++played}`, plan);
  const end = new AbortController();
  try {
    const followed = plan.shapes.map((asked, i) => follow(playground, plan, asked, i, end.signal));
    await Promise.all(plan.writers.map((list, i) => playground.play(writers[i]!, list)));
    for (const each of followed) await settle(playground, plan, each);
    end.abort();
    await Promise.all(followed.map((each) => each.done));
    for (const each of followed) await verify(playground, plan, each);
  } finally {
    end.abort();
    await playground.drop();
  }
}

function follow(
  playground: Playground,
  plan: History,
  asked: AskedShape,
  index: number,
  signal: AbortSignal,
): Followed {
  const clause = clauses[asked.where]!;
  const params: Record<string, string> = { table: playground.table, replica: asked.replica };
  if (clause.where) params.where = clause.where;
  clause.params?.forEach((value, i) => {
    params[`params[${i + 1}]`] = value;
  });
  if (asked.someColumns) params.columns = fewColumns[plan.table].join(',');
  const checkpoints: Checkpoint[] = [];
  const reader = new Reader({
    fetch: (request) => servers[index % servers.length]!.handle(request),
    params,
    live: asked.live,
    onUpToDate: (checkpoint) => checkpoints.push(checkpoint),
  });
  const started = new Promise<void>((resolve) => setTimeout(resolve, asked.after));
  const done = started.then(() => reader.follow(signal));
  done.catch(() => {});
  return { asked, reader, checkpoints, done };
}

const shownBy = (plan: History, asked: AskedShape) => (asked.someColumns ? fewColumns[plan.table] : columns);

/** Waits until the reader has what the query finds now that nobody writes any more. */
async function settle(
  playground: Playground,
  plan: History,
  { asked, reader, done }: Followed,
): Promise<void> {
  const { where = 'true', params = [] } = clauses[asked.where]!;
  const expected = canonical(await playground.select(where, params, shownBy(plan, asked)));
  let failure: unknown;
  done.catch((error) => {
    failure = error;
  });
  await until(
    'the reader to have the final rows',
    () => {
      if (failure) throw failure;
      return reader.lsn >= 0n && canonical(reader.rows.values()) === expected;
    },
    15_000,
  ).catch((error) => {
    expect(canonical(reader.rows.values()), String(error)).toBe(expected);
    throw error;
  });
}

/** Every up-to-date must show exactly the row versions of the transactions that the reader knew or had passed. */
async function verify(
  playground: Playground,
  plan: History,
  { asked, checkpoints }: Followed,
): Promise<void> {
  const { where = 'true', params = [] } = clauses[asked.where]!;
  const audit = await playground.audit(where, params, shownBy(plan, asked));
  for (const checkpoint of checkpoints) {
    const expected = rowsKnownAt(playground, audit, checkpoint);
    expect(canonical(checkpoint.rows.values())).toBe(canonical(expected));
    checked++;
  }
}

function rowsKnownAt(playground: Playground, audit: readonly AuditEntry[], checkpoint: Checkpoint): Row[] {
  const latest = new Map<string, Row | null>();
  for (const { xid, ident, row } of audit) {
    const walAfter = playground.committed.get(xid);
    const passed = walAfter !== undefined && walAfter <= checkpoint.lsn;
    if (passed || isKnown(xid, checkpoint)) latest.set(ident, row);
  }
  return [...latest.values()].filter((row) => row !== null);
}

/** The rows as one text, in an order of their own; booleans are `t` in the log and `true` in snapshots. */
function canonical(rows: Iterable<Row>): string {
  const lines = [...rows].map((row) => {
    const flag = row.flag === 't' ? 'true' : row.flag === 'f' ? 'false' : row.flag;
    const shown = 'flag' in row ? { ...row, flag } : row;
    return JSON.stringify(Object.entries(shown as Row).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return lines.sort().join('\n');
}
