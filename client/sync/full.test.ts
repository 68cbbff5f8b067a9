// A device whose storage is full: the very write that is not stored says so, nothing of it is called saved, and when
// there is room again it works again. The fault is planted under a real PGlite on real files: no file may grow.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { libraryText } from '../../scripts/testing/elsewhere';
import { until } from '../../scripts/testing/until';
import { openNodeEngineWithDatabase } from '../open-node';
import type { Engine } from './engine';
import { createStore } from './facade';
import { type Store, StoreError } from './store';

/** What PGlite's file system in Node writes by. */
const fs = createRequire(import.meta.url)('node:fs') as {
  writeSync: (...args: unknown[]) => number;
  fstatSync(fd: number): { size: number };
  readlinkSync(path: string): string;
};
const writeSync = fs.writeSync;
/** Which files may not grow. */
let full: false | 'all' | 'log' = false;
let refused = 0;

beforeAll(() => {
  fs.writeSync = (...args) => {
    const [fd, , , length, at] = args;
    const grows = full && typeof at === 'number' && at + Number(length) > fs.fstatSync(Number(fd)).size;
    if (grows && (full === 'all' || /pg_wal/.test(fs.readlinkSync(`/proc/self/fd/${fd}`)))) {
      refused++;
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    return writeSync(...args);
  };
});
afterAll(() => {
  fs.writeSync = writeSync;
});

const userId = 'u-full';
const workspaceId = '018f0000-0000-7000-8000-000000000001';
const projectId = '018f0000-0000-7000-8000-000000000002';
const pageId = '018f0000-0000-7000-8000-000000000003';

let prepared: Blob;
let dataDir: string;
let engine: Engine;
let store: Store;

async function open(flush?: () => Promise<void>): Promise<void> {
  const opened = await openNodeEngineWithDatabase({
    userId,
    baseUrl: 'http://127.0.0.1:9',
    sync: false,
    maxPause: 20,
    dataDir,
    prepared,
    ...(flush ? { flush } : {}),
  });
  engine = opened.engine;
  store = createStore(userId, engine);
  // As the read path brings it; of no interest here.
  await opened.pg.exec(`begin; set local session_replication_role = replica;
    insert into workspace (id, name) values ('${workspaceId}', 'Full') on conflict do nothing; commit`);
}

const run = (sql: string, ...parameters: unknown[]) =>
  engine.write(crypto.randomUUID(), [{ sql, parameters }]);
const count = async (table: string) =>
  Number(
    (
      (await engine.read({ sql: `select count(*) as n from ${table}`, parameters: [] })) as { n: string }[]
    )[0]!.n,
  );

beforeEach(async () => {
  full = false;
  refused = 0;
  prepared ??= await preparedBlob();
  dataDir = mkdtempSync(join(tmpdir(), 'outpost-full-'));
  await open();
  await engine.write(crypto.randomUUID(), [
    {
      sql: "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'OPS', 'Operations', 'a0')",
      parameters: [projectId, workspaceId],
    },
  ]);
  return async () => {
    full = false;
    await store.close().catch(() => {});
    rmSync(dataDir, { recursive: true, force: true });
  };
});

/** Text that does not compress. */
const big = (bytes: number) =>
  randomBytes(Math.ceil(bytes / 2))
    .toString('hex')
    .slice(0, bytes);

let booked = 0;

/** Each kind of write that a person makes, until one finds no room. @returns the error */
const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
  task: () =>
    run(
      "insert into task (id, workspace_id, project_id, title, description, position) values (gen_random_uuid(), $1, $2, 'full', $3, 'a0')",
      workspaceId,
      projectId,
      big(3_000),
    ),
  'many tasks': () =>
    run(
      `insert into task (id, workspace_id, project_id, title, position) select gen_random_uuid(), $1, $2, 'full ' || i, 'a0' from generate_series(1, 40) i`,
      workspaceId,
      projectId,
    ),
  project: () =>
    run(
      "insert into project (id, workspace_id, key, name, position) values (gen_random_uuid(), $1, 'K' || floor(random() * 1e7)::int, $2, 'a0')",
      workspaceId,
      big(100),
    ),
  label: () =>
    run(
      "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, gen_random_uuid()::text, '#aa3322')",
      workspaceId,
    ),
  'change of a project': () => run('update project set name = $1 where id = $2', big(100), projectId),
  page: () =>
    run(
      "insert into page (id, workspace_id, title, position) values (gen_random_uuid(), $1, $2, 'a0')",
      workspaceId,
      big(400),
    ),
  'page body': () =>
    run(
      'insert into document_update (id, workspace_id, document_id, update) values (gen_random_uuid(), $1, $2, $3)',
      workspaceId,
      pageId,
      new TextEncoder().encode(big(4_000)),
    ),
  resource: () =>
    run(
      "insert into resource (id, workspace_id, name, kind, color, position) values (gen_random_uuid(), $1, $2, 'room', '#aa3322', 'a0')",
      workspaceId,
      big(100),
    ),
  comment: async () => {
    const [task] = (await engine.read({ sql: 'select id from task limit 1', parameters: [] })) as {
      id: string;
    }[];
    if (!task) return await kinds.task!();
    return await run(
      'insert into comment (id, workspace_id, task_id, body) values (gen_random_uuid(), $1, $2, $3)',
      workspaceId,
      task.id,
      big(3_000),
    );
  },
  booking: async () => {
    const [room] = (await engine.read({ sql: 'select id from resource limit 1', parameters: [] })) as {
      id: string;
    }[];
    if (!room) return await kinds.resource!();
    return await run(
      `insert into booking (id, workspace_id, resource_id, title, notes, user_id, during, status) values (gen_random_uuid(), $1, $2, 'full', $3, $4,
         tstzrange('2030-01-01'::timestamptz + $5 * interval '1 hour', '2030-01-01'::timestamptz + ($5 + 1) * interval '1 hour'), 'confirmed')`,
      workspaceId,
      room.id,
      big(2_000),
      userId,
      booked++,
    );
  },
  'stock request': () =>
    run(
      'insert into sync.stock_request (id, workspace_id, item_id, to_id, quantity, seen, reason) values (gen_random_uuid(), $1, $1, $1, 1, 1, $2)',
      workspaceId,
      big(400),
    ),
  'stock place': () =>
    run(
      'insert into stock_place (id, workspace_id, name) values (gen_random_uuid(), $1, $2)',
      workspaceId,
      big(100),
    ),
};

describe('a storage that is full', () => {
  test.each(Object.keys(kinds))(
    'W1: %s: the write that is not stored says so, and works again when there is room',
    async (kind) => {
      const write = kinds[kind]!;
      await write().catch((error: unknown) => {
        throw new Error(`the test's own ${kind} is wrong: ${String(error)}`);
      });
      full = 'all';
      let stored = 0;
      let failure: unknown;
      while (failure === undefined && stored < 20_000) {
        await write().then(
          () => stored++,
          (error: unknown) => {
            failure = error;
          },
        );
      }
      expect(failure).toBeInstanceOf(StoreError);
      expect((failure as StoreError).kind).toBe('storage');
      expect((failure as StoreError).message).toMatch(
        /^This change could not be stored: this device’s storage is full\./,
      );
      expect(store.status().problem?.kind).toBe('device-full');
      expect(refused).toBeGreaterThan(0);
      full = false;
      await reopenIfStopped();
      await write();
      expect(store.status().problem).toBeNull();
      // What was said to be stored is there: in a copy that is opened anew.
      const before = await count('sync.outbox');
      await store.close();
      await open();
      expect(await count('sync.outbox')).toBe(before);
    },
  );

  test('W1: a log that finds no room stops Postgres: said at once, nothing hangs, and opened anew it has all that was stored', async () => {
    await kinds.task!();
    full = 'log';
    let stored = 0;
    let failure: unknown;
    // Nothing grows but the log.
    while (failure === undefined) {
      await run(
        'update task set description = $1 where project_id = $2',
        `${stored + 1} ${big(150_000)}`,
        projectId,
      ).then(
        () => stored++,
        (error: unknown) => {
          failure = error;
        },
      );
    }
    expect((failure as StoreError).message).toMatch(/storage is full/);
    await engine.stopped;
    // Whatever is asked now is answered at once, in a sentence.
    for (const ask of [
      () => run('update project set name = $1', 'x'),
      () => engine.read({ sql: 'select 1', parameters: [] }),
    ]) {
      const error = await ask().then(
        () => null,
        (cause: unknown) => cause as StoreError,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(error!.message).not.toMatch(libraryText);
    }
    await engine.abandon();
    full = false;
    await open();
    const [row] = (await engine.read({ sql: 'select description from task', parameters: [] })) as {
      description: string;
    }[];
    expect(Number.parseInt(row!.description, 10)).toBe(stored);
    await run('update project set name = $1', 'again');
  });

  test('W1: whatever is written in whatever order, what was said to be stored is there, and nothing else', {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            kind: fc.constantFrom(...Object.keys(kinds)),
            full: fc.constantFrom(false as const, 'all' as const, 'log' as const),
          }),
          {
            minLength: 5,
            maxLength: 40,
          },
        ),
        async (steps) => {
          for (const step of steps) {
            full = step.full;
            const before = await transactions();
            const written = await kinds[step.kind]!().then(
              () => true,
              (error: unknown) => {
                expect((error as StoreError).kind).toBe('storage');
                return false;
              },
            );
            await reopenIfStopped();
            const counts = step.kind !== 'stock request';
            expect(await transactions()).toBe(before + (written && counts ? 1 : 0));
          }
          full = false;
          const last = await transactions();
          await store.close();
          await open();
          expect(await transactions()).toBe(last);
        },
      ),
      { numRuns: Number(process.env.FULL_RUNS ?? 8), endOnFailure: true },
    );
  });

  const transactions = () => count('(select distinct n from sync.outbox) t');

  /** As the worker of a browser does (relay.ts). */
  async function reopenIfStopped(): Promise<void> {
    const stopped = await Promise.race([engine.stopped.then(() => true), Promise.resolve(false)]);
    if (!stopped) return;
    await engine.abandon();
    const was = full;
    full = false;
    await open();
    full = was;
  }
});

test('W1: where rows are in memory until they are flushed (IndexedDB), a full storage is said at once; saved is said when it is', async () => {
  await store.close();
  let room = true;
  let flushes = 0;
  await open(async () => {
    flushes++;
    if (!room) throw new DOMException('no room', 'QuotaExceededError');
  });
  room = false;
  let saved = false;
  const writing = kinds.task!().then(() => {
    saved = true;
  });
  await until('it is said', () => store.status().problem?.kind === 'device-full');
  const before = flushes;
  await until('it was tried again some times', () => flushes > before + 2);
  expect(saved).toBe(false);
  room = true;
  await writing;
  expect(store.status().problem).toBeNull();
});
