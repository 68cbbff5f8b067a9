// S4: what a device of a released version holds is opened by this program, in place, with its unsent work.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { KeptDevice } from '../scripts/release';
import { openNodeEngineWithDatabase } from './open-node';
import { createStore } from './sync/facade';

const fixtures = fileURLToPath(new URL('../e2e/fixtures/', import.meta.url));
const versions = existsSync(fixtures) ? readdirSync(fixtures).sort() : [];

test('S4: the first release is kept', () => {
  expect(versions[0]).toBe('0.2.0');
});

test.each(versions)('S4: a device of %s opens with its unsent work, and goes on', async (version) => {
  const read = (name: string) => readFileSync(new URL(`${version}/${name}`, `file://${fixtures}`));
  const kept = JSON.parse(read('device.json').toString('utf8')) as KeptDevice;
  const { engine } = await openNodeEngineWithDatabase({
    userId: kept.userId,
    baseUrl: 'http://localhost:1',
    prepared: new Blob([brotliDecompressSync(read('device.tar.br'))]),
    sync: false,
  });
  const store = createStore(kept.userId, engine);
  try {
    const { db } = store;
    const outbox = await store.read<Record<string, unknown>>({
      compile: () =>
        sql<
          Record<string, unknown>
        >`select i, n, "table", row_id, kind, set, was, clock from sync.outbox order by i`.compile(db),
    });
    expect(JSON.parse(JSON.stringify(outbox))).toEqual(kept.outbox);
    expect(store.status().unsent).toBe(2);
    const tasks = await store.read(db.selectFrom('task').select(['id', 'title']));
    expect(Object.fromEntries(tasks.map(({ id, title }) => [id, title]))).toEqual(kept.tasks);
    const written = await store.write(
      db.updateTable('task').set({ title: 'After the upgrade' }).where('id', '=', tasks[0]!.id),
    );
    expect(written.changes).toHaveLength(1);
    expect(store.status().unsent).toBe(3);
  } finally {
    await store.close();
  }
});
