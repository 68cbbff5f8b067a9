// The report that people copy into a mail: of a device with rows in every table, none of what anybody wrote is in it.
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { schema } from '../../../db/tables';
import { preparedBlob } from '../../../scripts/prepare';
import { sampleRow } from '../../../scripts/testing/rows';
import { openNodeEngineWithDatabase } from '../../open-node';
import type { Facts } from './facts';
import { reportOf } from './report';

/** A word that nothing but rows has. */
const MARK = 'zqmarked';

test('W5: a report holds figures of everything, and nothing of what anybody wrote', async () => {
  const userId = `${MARK}-account`;
  const { engine, pg } = await openNodeEngineWithDatabase({
    ...{ userId, baseUrl: '', sync: false, prepared: await preparedBlob() },
  });
  const workspaceId = crypto.randomUUID();
  await pg.exec('set session_replication_role = replica');
  const pool = { query: (sql: string, values?: unknown[]) => pg.query(sql, values) } as unknown as Pool;
  await pg.query('insert into workspace (id, name) values ($1, $2)', [workspaceId, MARK]);
  const owner = { userId, memberId: crypto.randomUUID(), name: MARK };
  let marked = 0;
  for (const table of schema.names) {
    if (table === 'workspace') continue;
    const { row } = await sampleRow(pool, workspaceId, table as Parameters<typeof sampleRow>[2], owner);
    const columns = Object.keys(row).map((column) => `"${column}"`);
    await pg.query(
      `insert into "${table}" (id, ${columns}) select gen_random_uuid(), ${columns} from jsonb_populate_record(null::"${table}", $1)`,
      [JSON.stringify(row)],
    );
    const texts = await pg.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and atttypid = 'text'::regtype`,
      [table],
    );
    for (const { name } of texts.rows) {
      // Where a constraint allows it.
      const set = await pg.query(`update "${table}" set "${name}" = $1`, [MARK]).catch(() => null);
      if (set) marked++;
    }
  }
  await pg.exec('set session_replication_role = origin');
  expect(marked).toBeGreaterThan(20);
  await engine.write(crypto.randomUUID(), [
    {
      sql: "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#aabbcc')",
      parameters: [workspaceId, `${MARK} unsent`],
    },
  ]);
  await pg.query(
    `insert into sync.refused ("table", row_id, workspace_id, kind, set, was, refusal, sentence)
     values ('label', gen_random_uuid(), $1, 'insert', $2, '{}', 'forbidden', $3)`,
    [workspaceId, JSON.stringify({ name: MARK }), MARK],
  );
  await pg.query(
    `insert into sync.incoming ("table", row_id, "row", error) values ('label', gen_random_uuid(), $1, $2)`,
    [JSON.stringify({ name: MARK }), MARK],
  );
  const found = await engine.diagnostics();
  await engine.close();
  expect(found.outbox).toMatchObject({ waiting: 1, refused: 1, held: 0, parked: 1, answered: 0 });
  expect(found.tables.every(({ rows }) => rows > 0)).toBe(true);
  const at = Date.now();
  const facts: Facts = {
    status: {
      ...{
        database: 'failed',
        databaseError: MARK,
        storage: 'opfs',
        network: 'online',
        session: 'signed-in',
        beside: 0,
      },
      ...{ unsent: 1, onlyHere: 3, sending: false, writing: 0, attention: 2, loading: null, upToDate: false },
      // A sentence of the server, which may name something.
      ...{ heardAt: at, problem: { kind: 'refused', sentence: MARK }, faults: { file: MARK } },
    },
    database: {
      ...found,
      shapes: schema.names.map((table) => ({
        workspaceId,
        table,
        state: 'behind',
        currentAt: at - 5_000,
        rows: 7,
      })),
      problems: [{ at, kind: 'busy', sentence: 'The server is busy. The app keeps trying.' }],
    },
    ...{ storage: { used: 5_000_000, granted: 1e9, isKept: false }, heap: 2e7, browser: 'A browser' },
    start: [
      { step: 'navigation', at: at - 2_000 },
      { step: 'writable', at: at - 500 },
    ],
  };
  const report = reportOf(facts, at);
  for (const word of [MARK, workspaceId, userId]) expect(report).not.toContain(word);
  // It does say something.
  expect(report).toContain(`Engine: PGlite ${found.engine.pglite}, Postgres ${found.engine.postgres}`);
  for (const table of schema.names) expect(report).toContain(`| 1 | ${table} | 7 | Behind | 5.0 s |`);
  expect(report).toContain('- 1.5 s: Database open');
  expect(report).toContain('Changes that wait to be sent: 1');
  expect(report).not.toMatch(/NaN|undefined|\[object/);
});
