// The server's own clock, sync.tick: it rises whatever the wall clock does, and nobody waits for it.
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { clockMs } from './clock';

const HOUR = 3_600_000;
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 6 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => setLast(0));

/** What the clock gave last, ms since 1970: later than now is what a wall clock that went back looks like. */
async function setLast(ms: number): Promise<void> {
  await pool.query("select setval('sync.clock', $1)", [ms * 1000]);
}

async function ticks(count: number, on: Pool = pool): Promise<string[]> {
  const sql = "select sync.tick('000000000000') as clock from generate_series(1, $1)";
  return (await on.query<{ clock: string }>(sql, [count])).rows.map((row) => row.clock);
}

function expectRising(clocks: readonly string[]): void {
  expect(clocks.filter((clock, i) => i > 0 && clock <= clocks[i - 1]!)).toEqual([]);
}

test.each([
  ['the wall clock goes on', 0],
  ['the wall clock went back by an hour', HOUR],
  ['the wall clock went back by a moment', 20],
])('M1: the server’s clock rises in each session and over all, when %s', async (_, back) => {
  const start = Date.now() + back;
  await setLast(back === 0 ? 0 : start);
  const all: string[] = [];
  let last = '';
  for (let round = 0; round < 8; round++) {
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => ticks(300)));
    for (const session of sessions) {
      expectRising(session);
      // All of a round come after all of the one before.
      expect(session[0]! > last).toBe(true);
    }
    all.push(...sessions.flat());
    last = sessions
      .map((session) => session.at(-1)!)
      .sort()
      .at(-1)!;
  }
  // All of these come from one sequence that only rises.
  if (back === HOUR) expect(new Set(all).size).toBe(all.length);
  expect(clockMs(all[0]!)).toBeGreaterThanOrEqual(start - 1);
  expect(clockMs(last)).toBeLessThanOrEqual(Date.now() + back + 1);
});

test('M1: a rollback, and new connections, take nothing of the clock back', async () => {
  await setLast(Date.now() + HOUR);
  const one = await pool.connect();
  await one.query('begin');
  const inside = (await one.query<{ clock: string }>("select sync.tick('000000000000') as clock")).rows[0]!;
  await one.query('rollback');
  one.release(true);
  const other = new Pool({ connectionString: database.url, max: 1 });
  const [after] = await ticks(1, other);
  await other.end();
  expect(after! > inside.clock).toBe(true);
});

test('A5: nobody waits for the clock of a transaction that is under way', async () => {
  const slow = await pool.connect();
  try {
    await slow.query('begin');
    await slow.query("select sync.tick('000000000000')");
    const quick = await pool.connect();
    try {
      await quick.query("set lock_timeout = '5s'");
      await quick.query("select sync.tick('000000000000')");
    } finally {
      quick.release(true);
    }
  } finally {
    await slow.query('rollback');
    slow.release();
  }
});
