// M1 and M3: the merge is a join (order and repetition do not matter), and its two implementations are one.
import fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { admit, type Clock, clockMs, formatClock, observe, tick } from './clock';
import { fieldClock, type Merged, merge, type Register } from './merge';

const fields = ['title', 'status', 'due_on'] as const;
const node = fc.constantFrom('00000000000a', '00000000000b', '00000000000c');
const clock = fc
  .record({ ms: fc.integer({ min: 1, max: 6 }), counter: fc.integer({ min: 0, max: 2 }), node })
  .map((c) => formatClock(c.ms, c.counter, c.node));

interface Op {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly fields: readonly string[];
  readonly clock: Clock;
}
// An insert decides every field: the write API sees to that.
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), fields: fc.constant([...fields]), clock }),
  fc.record({
    kind: fc.constant('update' as const),
    fields: fc.subarray([...fields], { minLength: 1 }),
    clock,
  }),
  fc.record({ kind: fc.constant('delete' as const), fields: fc.constant([]), clock }),
);
const history = fc.uniqueArray(op, { selector: (o) => o.clock, minLength: 1, maxLength: 8 });

/** The first insert makes the row known; then any order. Values are the clocks that wrote them. */
function run(first: Op, rest: readonly Op[]) {
  let register = merge(null, 'insert', first.fields, first.clock).register;
  const values: Record<string, Clock> = Object.fromEntries(first.fields.map((f) => [f, first.clock]));
  for (const o of rest) {
    const merged = merge(register, o.kind, o.fields, o.clock);
    register = merged.register;
    for (const f of merged.won) values[f] = o.clock;
  }
  return {
    alive: register.alive,
    life: register.life,
    values,
    clocks: Object.fromEntries(fields.map((f) => [f, fieldClock(register, f)])),
  };
}

const insert: fc.Arbitrary<Op> = fc.record({
  kind: fc.constant('insert' as const),
  fields: fc.constant([...fields]),
  clock: fc.constant(formatClock(0, 1, '00000000000a')),
});

describe('merge', () => {
  test('M1: any arrival order and any repetition give the same row', () => {
    fc.assert(
      fc.property(
        insert,
        history.chain((ops) =>
          fc.tuple(
            fc.constant(ops),
            fc.shuffledSubarray(ops, { minLength: ops.length }),
            fc.shuffledSubarray(ops),
          ),
        ),
        (first, [ops, shuffled, again]) => {
          const expected = run(first, ops);
          expect(run(first, [...shuffled, ...again])).toEqual(expected);
          for (const f of fields) expect(expected.values[f]).toBe(expected.clocks[f]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('M1: the newest write of each field stands', () => {
    fc.assert(
      fc.property(insert, history, (first, ops) => {
        const result = run(first, ops);
        for (const f of fields) {
          const writes = [first, ...ops].filter((o) => o.fields.includes(f)).map((o) => o.clock);
          expect(result.clocks[f]).toBe(writes.sort().at(-1));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the twins', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('M3: sync.merge and merge() give the same result', async () => {
    await fc.assert(
      fc.asyncProperty(insert, history, async (first, ops) => {
        const states: { before: Register | null; op: Op; after: Merged }[] = [];
        let register: Register | null = null;
        for (const o of [first, ...ops]) {
          const after = merge(register, o.kind, o.fields, o.clock);
          states.push({ before: register, op: o, after });
          register = after.register;
        }
        const { rows } = await pool.query<{ result: Merged }>(
          `select sync.merge(nullif(s -> 'before', 'null'), s ->> 'kind',
             array(select jsonb_array_elements_text(s -> 'fields')), s ->> 'clock') as result
           from jsonb_array_elements($1) with ordinality as x (s, i) order by i`,
          [JSON.stringify(states.map((s) => ({ before: s.before, ...s.op })))],
        );
        expect(rows.map((r) => r.result)).toEqual(states.map((s) => s.after));
      }),
      { numRuns: 300 },
    );
  });

  test('M2: a clock more than 60 s ahead becomes the server’s own time, in both', async () => {
    await pool.query("select setval('sync.clock', 0)");
    const now = Date.now();
    for (const ahead of [-3_600_000, 0, 30_000, 120_000, 9e12]) {
      const sent = formatClock(now + ahead, 7, '0000000000ff');
      const { rows } = await pool.query<{ clock: string }>('select sync.admit($1) as clock', [sent]);
      const twin = admit(sent, { ms: 0, counter: 0 }, now).clock;
      expect(rows[0]!.clock === sent).toBe(ahead <= 60_000);
      expect(twin === sent).toBe(ahead <= 60_000);
      expect(Math.abs(clockMs(rows[0]!.clock) - clockMs(twin))).toBeLessThan(60_000);
      expect(rows[0]!.clock.slice(18)).toBe('0000000000ff');
    }
  });

  test('M1: clocks only rise, and rise above what was observed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 50 })), { maxLength: 40 }),
        (events) => {
          let state = { ms: 0, counter: 0 };
          let last = '';
          let seen = 0;
          for (const [isTick, ms] of events) {
            if (isTick) {
              state = tick(state, ms);
              const c = formatClock(state.ms, state.counter, '00000000000a');
              expect(c > last).toBe(true);
              expect(c > formatClock(seen, 0xffff, 'ffffffffffff') || seen === 0).toBe(true);
              last = c;
            } else {
              state = observe(state, ms);
              seen = Math.max(seen, ms);
            }
          }
        },
      ),
    );
  });
});
