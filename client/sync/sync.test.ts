// Two devices, the real API, the real shape server, one Postgres: what one does arrives at the other.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
let station: Station;
let a: Device;
let b: Device;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  [a, b] = await Promise.all([station.device(station.ada), station.device(station.ben)]);
});
afterEach(() => station.close());

const project = (on: Device, key?: string) => station.project(on, key);
const task = (on: Device, p: string, title: string) => station.task(on, p, title);
const sameTitle = (id: string, title: string | undefined) => station.shows(title, id, a, b);

describe('two devices', () => {
  test('R1: what one writes arrives at the other, and nothing is left pending', async () => {
    const p = await project(a);
    const t = await task(a, p, 'Check the mast');
    await sameTitle(t, 'Check the mast');
    await b.write("update task set status = 'done' where id = $1", t);
    await until('done on a', async () => {
      const [row] = await a.rows<{ status: string }>('select status from task where id = $1', t);
      return row?.status === 'done';
    });
    await station.expectSame(a, b);
  });

  test('M1: offline edits of different fields both stand, of the same field the later one; the loser is told', async () => {
    const p = await project(a);
    const t = await task(a, p, 'Check the mast');
    await sameTitle(t, 'Check the mast');
    a.offline();
    await a.write("update task set title = 'from a' where id = $1", t);
    await a.write("update task set status = 'doing' where id = $1", t);
    await b.write("update task set title = 'from b', priority = 3 where id = $1", t);
    await until('b is through', () => b.store.status().unsent === 0);
    expect(a.store.status()).toMatchObject({ unsent: 2, network: 'offline' });
    a.online();
    await sameTitle(t, 'from b');
    await station.expectSame(a, b);
    const [row] = await a.rows<{ status: string; priority: number }>(
      'select status, priority from task where id = $1',
      t,
    );
    expect(row).toEqual({ status: 'doing', priority: 3 });
    const notices = await until('the notice on a', async () => {
      const rows = await a.rows<Record<string, unknown>>(
        'select kind, field, lost, kept, by_name from notice where row_id = $1',
        t,
      );
      return rows.length > 0 && rows;
    });
    expect(notices).toEqual([
      { kind: 'lost', field: 'title', lost: 'from a', kept: 'from b', by_name: 'Ben' },
    ]);
    expect(await b.rows('select * from notice')).toEqual([]);
    await until('the chip says so', () => a.store.status().attention === 1);
    await a.write('update notice set resolved_at = now() where row_id = $1', t);
    await station.expectSame(a, b);
    expect(a.store.status().attention).toBe(0);
  });

  test('M1: a later offline edit replaces one it has not seen, and the replaced author is told', async () => {
    const p = await project(a);
    const t = await task(a, p, 'Check the mast');
    await sameTitle(t, 'Check the mast');
    a.offline();
    await b.write("update task set title = 'from b' where id = $1", t);
    await until('b is through', () => b.store.status().unsent === 0);
    await a.write("update task set title = 'from a' where id = $1", t);
    a.online();
    await sameTitle(t, 'from a');
    const notices = await until('the notice on b', async () => {
      const rows = await b.rows<Record<string, unknown>>(
        'select kind, field, lost, kept, by_name from notice where row_id = $1',
        t,
      );
      return rows.length > 0 && rows;
    });
    expect(notices).toEqual([
      { kind: 'overwritten', field: 'title', lost: 'from b', kept: 'from a', by_name: 'Ada' },
    ]);
  });

  test('W2: lost answers and repeated requests take effect once', async () => {
    const p = await project(a);
    a.network.loseAnswers = 2;
    a.network.repeat = 1;
    const t = await task(a, p, 'Once');
    await a.write(
      "insert into comment (id, workspace_id, task_id, body) values ($1, $2, $3, 'one')",
      crypto.randomUUID(),
      station.workspaceId,
      t,
    );
    await station.expectSame(a, b);
    const { rows } = await station.api.pool.query(
      'select count(*)::int as n from comment where task_id = $1',
      [t],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('W3, W4: a refused operation leaves the others alone and is kept', async () => {
    const key = `K${Math.floor(Math.random() * 1e6)}`;
    a.offline();
    const mine = await project(a, key);
    const t = await task(a, mine, 'In a project that will be refused');
    const theirs = await project(b, key);
    await until('b is through', () => b.store.status().unsent === 0);
    const other = await project(a, 'OTHER');
    a.online();
    await station.expectSame(a, b);
    expect(
      (await a.rows<{ id: string }>('select id from project order by key')).map((r) => r.id).sort(),
    ).toEqual([theirs, other].sort());
    const refused = await a.rows<Record<string, unknown>>(
      'select "table", row_id, kind, refusal, rule from sync.refused order by at, "table"',
    );
    expect(refused).toEqual(
      expect.arrayContaining([
        { table: 'project', row_id: mine, kind: 'insert', refusal: 'duplicate', rule: 'project_key_unique' },
        { table: 'task', row_id: t, kind: 'insert', refusal: 'parent-missing', rule: 'task_project_exists' },
      ]),
    );
    expect(refused).toHaveLength(2);
  });

  test('R5: a row that cannot be applied is parked, and applied when it can be', async () => {
    const key = `P${Math.floor(Math.random() * 1e6)}`;
    // The device keeps its own project of the same key from being answered, while the other one's row arrives.
    a.offline();
    const mine = await project(a, key);
    const theirs = await project(b, key);
    await until('b is through', () => b.store.status().unsent === 0);
    await a.rows(
      `insert into sync.project (id, workspace_id, key, name, position, archived, created_at, updated_at, version)
       values ($1, $2, $3, 'Operations', 'a0', false, now(), now(), 1)`,
      theirs,
      station.workspaceId,
      key,
    );
    await a.rows('select sync.apply_project(false)');
    const parked = await a.rows<Record<string, unknown>>('select row_id, error from sync.incoming');
    expect(parked).toEqual([{ row_id: theirs, error: expect.stringContaining('project_key_unique') }]);
    a.online();
    await station.expectSame(a, b);
    expect((await a.rows<{ id: string }>('select id from project')).map((r) => r.id)).toEqual([theirs]);
    expect(
      (await a.rows<{ row_id: string }>('select row_id from sync.refused')).map((r) => r.row_id),
    ).toEqual([mine]);
  });

  test('M1: delete wins over an edit that did not know, and the edit is offered', async () => {
    const p = await project(a);
    const t = await task(a, p, 'Check the mast');
    await sameTitle(t, 'Check the mast');
    a.offline();
    await a.write("update task set title = 'still needed' where id = $1", t);
    await b.write('delete from task where id = $1', t);
    await until('b is through', () => b.store.status().unsent === 0);
    a.online();
    await sameTitle(t, undefined);
    const notices = await until('the notice on a', async () => {
      const rows = await a.rows<{ kind: string; lost: { title: string } }>('select kind, lost from notice');
      return rows.length > 0 && rows;
    });
    expect(notices).toMatchObject([{ kind: 'deleted', lost: { title: 'still needed' } }]);
  });

  test('undo brings a deleted project back with all that hung on it', async () => {
    const p = await project(a);
    const t = await task(a, p, 'Check the mast');
    await a.write(
      "insert into comment (id, workspace_id, task_id, body) values ($1, $2, $3, 'one')",
      crypto.randomUUID(),
      station.workspaceId,
      t,
    );
    await station.expectSame(a, b);
    const gone = await a.engine.write(crypto.randomUUID(), [
      { sql: 'delete from project where id = $1', parameters: [p] },
    ]);
    expect(gone.changes.map((c) => c.table)).toEqual(['project', 'task', 'comment']);
    await sameTitle(t, undefined);
    await a.store.undo(gone);
    await sameTitle(t, 'Check the mast');
    await station.expectSame(a, b);
    expect(await b.rows('select body from comment')).toEqual([{ body: 'one' }]);
  });
});
