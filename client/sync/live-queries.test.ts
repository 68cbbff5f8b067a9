// Live queries on a real database: who is told, how often, and what a query depends on.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { until } from '../../scripts/testing/until';
import { openNodeEngine } from '../open-node';
import type { Engine } from './engine';
import { tablesIn } from './live-queries';
import { StoreError } from './store';

let prepared: Promise<Blob> | undefined;
let engine: Engine;
const workspaceId = crypto.randomUUID();

beforeEach(async () => {
  prepared ??= preparedBlob();
  engine = await openNodeEngine({ userId: 'u', baseUrl: '', sync: false, prepared: await prepared });
  await engine.read({
    sql: "insert into sync.workspace (id, name, created_at, updated_at, version) values ($1, 'W', now(), now(), 1)",
    parameters: [workspaceId],
  });
  await engine.read({ sql: 'select sync.apply_workspace(false)', parameters: [] });
});
afterEach(() => engine.close());

async function label(name: string): Promise<void> {
  await engine.write(crypto.randomUUID(), [
    {
      sql: "insert into label (id, workspace_id, name, color) values ($1, $2, $3, '#112233')",
      parameters: [crypto.randomUUID(), workspaceId, name],
    },
  ]);
}

function watch(sql: string) {
  const seen: unknown[][] = [];
  const errors: unknown[] = [];
  const stop = engine.watch(
    { sql, parameters: [] },
    { onRows: (rows) => seen.push(rows), onError: (error) => errors.push(error) },
  );
  return { seen, errors, stop };
}

test('a watcher hears at once, after each change of a table it reads, and not after its end', async () => {
  const names = watch('select name from label order by name');
  await until('the first rows', () => names.seen.length === 1);
  await label('b');
  await until('the change', () => names.seen.length === 2);
  names.stop();
  await label('a');
  const later = watch('select name from label order by name');
  await until('rows', () => later.seen.length === 1);
  expect(names.seen).toEqual([[], [{ name: 'b' }]]);
  expect(later.seen).toEqual([[{ name: 'a' }, { name: 'b' }]]);
});

test('equal queries share rows, and one that joins during a run is told too', async () => {
  const watchers = Array.from({ length: 5 }, () => watch('select name from label order by name'));
  await label('x');
  const late = watch('select name from label order by name');
  for (const w of [...watchers, late])
    await until('x', () => JSON.stringify(w.seen.at(-1)) === '[{"name":"x"}]');
});

test('a result that did not change is not told again', async () => {
  const count = watch("select count(*)::int as n from label where name = 'y'");
  await until('the first rows', () => count.seen.length === 1);
  await label('z');
  await label('y');
  await until('the change', () => count.seen.length === 2);
  expect(count.seen).toEqual([[{ n: 0 }], [{ n: 1 }]]);
});

test('a query that is wrong tells its watcher a kind, not SQL', async () => {
  const wrong = watch('select nonsense from label');
  await until('the error', () => wrong.errors.length === 1);
  expect(wrong.errors[0]).toBeInstanceOf(StoreError);
  expect(wrong.errors[0]).toMatchObject({ kind: 'query' });
});

test('a write that breaks a rule names the rule in words and changes nothing', async () => {
  await label('once');
  await expect(label('ONCE')).rejects.toMatchObject({
    kind: 'constraint',
    rule: 'label_name_unique',
    message: 'There is already a label with this name.',
  });
  const readOnly = engine.write(crypto.randomUUID(), [
    { sql: "update workspace set name = 'x'", parameters: [] },
  ]);
  await expect(readOnly).rejects.toMatchObject({ kind: 'read-only' });
  expect(await engine.read({ sql: 'select distinct n from sync.outbox', parameters: [] })).toEqual([
    { n: '1' },
  ]);
});

test('W2: a repeated request of a tab takes effect once', async () => {
  const request = crypto.randomUUID();
  const statement = {
    sql: "insert into label (id, workspace_id, name, color) values ($1, $2, 'again', '#112233') on conflict do nothing",
    parameters: [crypto.randomUUID(), workspaceId],
  };
  const first = await engine.write(request, [statement]);
  const second = await engine.write(request, [statement]);
  expect(second).toEqual(first);
  expect(await engine.read({ sql: 'select count(*)::int as n from sync.outbox', parameters: [] })).toEqual([
    { n: 1 },
  ]);
});

test('a query depends on the tables it names', () => {
  const watchable = ['task', 'task_label', 'outbox'];
  expect(
    [
      ...tablesIn('select * from "task" left join "sync"."outbox" as o on o.row_id = task.id', watchable),
    ].sort(),
  ).toEqual(['outbox', 'task']);
  expect(tablesIn('select * from task_label', watchable).has('task')).toBe(false);
});
