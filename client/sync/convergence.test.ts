// Random edits on three devices, partitions, lost and repeated requests: every device and the server end with the same
// rows, and they are the rows that the merge rules say. The same histories with each source of rows: the shape stream,
// and plain polling without a shape server (docs/leaving.md). OUTPOST_HISTORIES sets how many histories are tried.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { merge, type Register } from '../../db/sync/merge';
import type { SyncedTable } from '../../db/sync/schema';
import { schema, tables } from '../../db/tables';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { type PollingServer, servePolling } from '../../scripts/testing/polling-route';
import { pollingSource } from '../../scripts/testing/polling-source';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { Change, Written } from './store';

const histories = Number(process.env.OUTPOST_HISTORIES ?? 12);
const DEVICES = 3;
/** Of the histories, so that both sources get the same. */
const seed = Date.now() % 2 ** 31;

let api: TestApi;
let devices: Device[] = [];
let workspaceId: string;

const device = fc.integer({ min: 0, max: DEVICES - 1 });
const row = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('insert' as const), device, row }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      device,
      row,
      field: fc.constantFrom('title', 'status', 'priority', 'due_on', 'description'),
      value: fc.integer({ min: 0, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), device, row }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('comment' as const), device, row }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), device }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mend' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose-answer' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('meet' as const), device }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const values = {
  title: (v: number) => `title ${v}`,
  description: (v: number) => 'x'.repeat(v * 700),
  status: (v: number) => ['backlog', 'todo', 'doing', 'review', 'done'][v],
  priority: (v: number) => v,
  due_on: (v: number) => (v === 0 ? null : `2026-11-0${v}`),
} as const;

/** One history in a project of its own. @returns every change of a task that any device made */
async function play(steps: readonly Step[]): Promise<{ projectId: string; changes: Change[] }> {
  const projectId = crypto.randomUUID();
  const taskIds = Array.from({ length: 4 }, () => crypto.randomUUID());
  const key = `K${projectId.slice(0, 6).toUpperCase()}`;
  await devices[0]!.write(
    "insert into project (id, workspace_id, key, name, position) values ($1, $2, $3, 'Test', 'a0')",
    projectId,
    workspaceId,
    key,
  );
  for (const d of devices) {
    await until(
      'the project everywhere',
      async () => (await d.rows('select from project where id = $1', projectId)).length,
    );
  }
  const written: Change[] = [];
  const last: (Written | undefined)[] = [];
  const write = async (i: number, sql: string, ...parameters: unknown[]) => {
    const made = await devices[i]!.engine.write(crypto.randomUUID(), [{ sql, parameters }]);
    if (made.n !== null) last[i] = made;
    written.push(...made.changes);
  };
  for (const s of steps) {
    const d = devices[s.device]!;
    switch (s.do) {
      case 'insert':
        await write(
          s.device,
          `insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, 'new', 'a0')
           on conflict (id) do nothing`,
          taskIds[s.row],
          workspaceId,
          projectId,
        );
        break;
      case 'update':
        await write(
          s.device,
          `update task set ${s.field} = $1 where id = $2`,
          values[s.field](s.value),
          taskIds[s.row],
        );
        break;
      case 'delete':
        await write(s.device, 'delete from task where id = $1', taskIds[s.row]);
        break;
      case 'undo': {
        const undone = last[s.device];
        last[s.device] = undefined;
        if (undone) written.push(...(await d.engine.undo(crypto.randomUUID(), undone.changes)).changes);
        break;
      }
      case 'comment':
        await write(
          s.device,
          `insert into comment (id, workspace_id, task_id, body)
           select $1::uuid, workspace_id, id, 'said' from task where id = $2`,
          crypto.randomUUID(),
          taskIds[s.row],
        );
        break;
      case 'cut':
        d.offline();
        break;
      case 'mend':
        d.online();
        break;
      case 'lose-answer':
        d.network.loseAnswers++;
        break;
      case 'repeat':
        d.network.repeat++;
        break;
      case 'meet':
        if (d.network.up) await d.settled();
    }
  }
  return { projectId, changes: written.filter((c) => c.table === 'task') };
}

/** What the rules say of each task: the changes folded in any order with the TypeScript merge. */
function expected(changes: readonly Change[]): Map<string, Record<string, unknown>> {
  const rows = new Map<string, Record<string, unknown>>();
  for (const id of new Set(changes.map((c) => c.id))) {
    const own = changes.filter((c) => c.id === id);
    own.sort((x, y) => Number(y.kind === 'insert') - Number(x.kind === 'insert'));
    let register: Register | null = null;
    const values: Record<string, unknown> = {};
    for (const c of own) {
      const fields = c.kind === 'insert' ? (tables.task as SyncedTable).insertable : Object.keys(c.set);
      const merged = merge(register, c.kind, fields, c.clock);
      register = merged.register;
      for (const f of merged.won) values[f] = c.set[f];
    }
    if (register?.alive) rows.set(id, values);
  }
  return rows;
}

const taskRows = `select id, title, description, status, priority, due_on::text as due_on, project_id, position
  from task where project_id = $1 order by id`;

describe.each(['the shape stream', 'plain polling of SQL'])('rows by %s', (source) => {
  let polling: PollingServer | null = null;

  beforeAll(async () => {
    const isPolling = source === 'plain polling of SQL';
    const noShapes = async () => {
      throw new Error('there is no shape server');
    };
    api = await startTestApi(isPolling ? { upstream: noShapes } : { longPoll: 2_000 });
    if (isPolling) polling = await servePolling(api, schema);
    const ada = await api.person('Ada');
    ({ workspaceId } = await foundWorkspace(ada));
    const people = [ada];
    for (let i = 1; i < DEVICES; i++) {
      const person = await api.person(`P${i}`);
      await join(ada, person, workspaceId, 'member');
      people.push(person);
    }
    const options = polling ? { source: pollingSource(polling.url) } : {};
    devices = await Promise.all(people.map((person) => openDevice(api.url, person, options)));
    await Promise.all(devices.map((d) => d.settled()));
  });
  afterAll(async () => {
    await Promise.all(devices.map((d) => d.close()));
    await polling?.stop();
    await api.stop();
  });

  test('R1, W1, W2, M1: random histories converge to the rows that the rules say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
        const { projectId, changes } = await play(steps);
        for (const d of devices) d.online();
        for (const d of devices) await d.settled();
        const server = await api.pool.query<Record<string, unknown> & { id: string }>(taskRows, [projectId]);
        const rules = expected(changes);
        expect(server.rows.map((r) => r.id).sort()).toEqual([...rules.keys()].sort());
        for (const r of server.rows) {
          const { id, ...values } = r;
          expect(rules.get(id)).toMatchObject(values);
        }
        for (const table of ['task', 'comment']) {
          const sql = `select to_jsonb(t) - 'search' as row from ${table} t where workspace_id = $1 order by id`;
          const truth = await api.pool.query(sql, [workspaceId]);
          for (const d of devices) {
            await until(`${table} equal`, async () => {
              return JSON.stringify(await d.rows(sql, workspaceId)) === JSON.stringify(truth.rows);
            }).catch(async () => expect(await d.rows(sql, workspaceId)).toEqual(truth.rows));
          }
        }
        for (const d of devices) {
          // Only what depends on a deleted task may have been refused; nothing may be parked.
          const refused = await d.rows<{ refusal: string }>(
            `select refusal from sync.refused where "table" <> 'comment'`,
          );
          expect(refused.filter((r) => r.refusal !== 'unknown-row')).toEqual([]);
          expect(await d.rows('select * from sync.incoming')).toEqual([]);
        }
      }),
      { numRuns: histories, endOnFailure: true, seed },
    );
  }, 600_000);
});
