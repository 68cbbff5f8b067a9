// A database that a version before kept as many files in OPFS is moved into one: with its unsent work, whenever the process
// is killed in between, and not at all when there is no room. MOVE_KILLS gives the number of kills.
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { beforeAll, expect, test, vi } from 'vitest';
import { schema } from '../../db/tables';
import { preparedBlob } from '../../scripts/prepare';
import type { KeptDevice } from '../../scripts/release';
import { MemoryOpfs } from '../../scripts/testing/memory-opfs';
import { MemoryRegistry } from '../../scripts/testing/memory-registry';
import { migrationFiles } from '../open-node';
import { type Database, extensions, startParams } from './database';
import { OpfsFiles } from './opfs';
import { imageOf } from './prepared-node';
import type { Kind } from './registry';
import { storedName } from './registry';
import { openStorage } from './storage';

const kept = new URL('../../e2e/fixtures/0.2.0/', import.meta.url);
const device = JSON.parse(readFileSync(new URL('device.json', kept), 'utf8')) as KeptDevice;
const app = { name: 'outpost', schema, migrations: migrationFiles() };
const name = storedName(app, device.userId);
const kills = Number(process.env.MOVE_KILLS ?? 12);

interface Browser {
  readonly opfs: MemoryOpfs;
  readonly registry: MemoryRegistry;
}

let old: MemoryOpfs;
let image: Blob;

beforeAll(async () => {
  // OPFS-AHP says of each file that it could not open.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  image = await imageOf(await preparedBlob());
  old = new MemoryOpfs();
  const tar = new Blob([brotliDecompressSync(readFileSync(new URL('device.tar.br', kept)))]);
  const fs = new OpfsFiles(name, { initialPoolSize: 3000, maintainedPoolSize: 120 });
  // As it was, without the migrations of today.
  await old.run(async () => {
    const pg = await PGlite.create({ fs, loadDataDir: tar, startParams, extensions });
    await pg.close();
  });
});

function browserWith(
  opfs: MemoryOpfs,
  kinds: ReadonlyMap<string, Kind>,
  lefts?: ReadonlyMap<string, Kind>,
): Browser {
  const found = opfs.afterKill();
  return { opfs: found, registry: new MemoryRegistry(found, new Map(kinds), new Map(lefts)) };
}

async function open({ opfs, registry }: Browser): Promise<Database> {
  return await opfs.run(() => openStorage(device.userId, app, async () => image, registry));
}

async function expectWhole({ pg }: Database): Promise<void> {
  const { rows } = await pg.query(
    'select i, n, "table", row_id, kind, set, was, clock from sync.outbox order by i',
  );
  expect(JSON.parse(JSON.stringify(rows))).toEqual(device.outbox);
  const tasks = await pg.query<{ id: string; title: string }>('select id, title from task');
  expect(Object.fromEntries(tasks.rows.map(({ id, title }) => [id, title]))).toEqual(device.tasks);
  // It can be written.
  await pg.exec('create table written (i int); drop table written');
}

const remembered = new Map<string, Kind>([[name, 'opfs']]);

test.each([
  ['remembered', remembered],
  ['not remembered, as when a version before was the first to start', new Map<string, Kind>()],
])('S4: a device of before, %s, is moved into one file with its unsent work', async (_, kinds) => {
  const browser = browserWith(old, kinds);
  const database = await open(browser);
  await expectWhole(database);
  await database.pg.close();
  expect(browser.opfs.names()).toEqual([`${name}.disk`]);
  expect(browser.registry.kinds.get(name)).toBe('disk');
  expect(browser.registry.lefts.size).toBe(0);
  const again = await open(browserWith(browser.opfs, browser.registry.kinds));
  await expectWhole(again);
  await again.pg.close();
});

test('S4: killed at any step of the move, nothing is lost, and the next start ends it', {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const whole = browserWith(old, remembered);
  const log: number[] = [];
  const { set, removedLeft } = whole.registry;
  whole.registry.set = (...args) => {
    log.push(whole.opfs.fault.done);
    return set.apply(whole.registry, args);
  };
  whole.registry.removedLeft = (key) => {
    log.push(whole.opfs.fault.done);
    return removedLeft.call(whole.registry, key);
  };
  await (await open(whole)).pg.close();
  const [switched, ended] = log as [number, number];
  expect(ended).toBeGreaterThan(switched);
  // Around the switch and the removal each step; before it some.
  const near = [-1, 0, 1, 2, 3].map((d) => switched + d).filter((step) => step <= ended);
  const far = Array.from({ length: Math.max(0, kills - near.length) }, (_, i) =>
    Math.floor(((i + 0.5) * switched) / (kills - near.length)),
  );
  for (const left of [...far, ...near]) {
    const browser = browserWith(old, remembered);
    browser.opfs.fault.left = left;
    // One that comes to its end first is killed after it.
    await Promise.race([open(browser).catch(() => {}), browser.opfs.killed]);
    browser.opfs.fault.left = 0;
    const next = browserWith(browser.opfs, browser.registry.kinds, browser.registry.lefts);
    const database = await open(next).catch((cause: unknown) => {
      throw new Error(`killed after ${left} of ${ended} calls`, { cause });
    });
    await expectWhole(database);
    await database.pg.close();
    expect(next.opfs.names()).toEqual([`${name}.disk`]);
  }
});

test('S4: without room for both, the database stays where it is, and is moved when there is room', async () => {
  const browser = browserWith(old, remembered);
  browser.opfs.fault.room = 8 * 2 ** 20;
  const database = await open(browser);
  browser.opfs.fault.room = Number.POSITIVE_INFINITY;
  expect(browser.registry.kinds.get(name)).toBe('opfs');
  await expectWhole(database);
  await database.pg.close();
  expect(browser.opfs.names()).toEqual([name]);
  const next = browserWith(browser.opfs, browser.registry.kinds);
  const moved = await open(next);
  await expectWhole(moved);
  await moved.pg.close();
  expect(next.opfs.names()).toEqual([`${name}.disk`]);
});

test('W1: a first start that was killed leaves nothing that is taken for a database', async () => {
  const whole = browserWith(new MemoryOpfs(), new Map());
  await (await open(whole)).pg.close();
  const { done } = whole.opfs.fault;
  for (const part of [0.1, 0.5, 0.97]) {
    const browser = browserWith(new MemoryOpfs(), new Map());
    browser.opfs.fault.left = Math.floor(done * part);
    await Promise.race([open(browser).catch(() => {}), browser.opfs.killed]);
    const next = browserWith(browser.opfs, browser.registry.kinds);
    const database = await open(next);
    expect((await database.pg.query('select from task')).rows).toEqual([]);
    expect(database.storage).toBe('opfs');
    await database.pg.close();
  }
});
