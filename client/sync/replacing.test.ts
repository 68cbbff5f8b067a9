// Another database takes the place of a device's: a new one (reset), or a backup. Unsent work is never lost on the way,
// whenever the process is killed; a file that is no backup of this person changes nothing. REPLACE_KILLS gives the number
// of kills beside those at the steps that matter.
import { beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../db/tables';
import { preparedBlob } from '../../scripts/prepare';
import { MemoryOpfs } from '../../scripts/testing/memory-opfs';
import { MemoryRegistry } from '../../scripts/testing/memory-registry';
import { migrationFiles } from '../open-node';
import { stockOnDevice } from '../stock/device';
import { Engine } from './engine';
import { imageOf } from './prepared-node';
import { storedName } from './registry';
import { openStorage } from './storage';
import { StoreError } from './store';

const app = { name: 'outpost', schema, migrations: migrationFiles() };
const userId = 'ada';
const name = storedName(app, userId);
const kills = Number(process.env.REPLACE_KILLS ?? 3);
const workspace = crypto.randomUUID();

interface Browser {
  readonly opfs: MemoryOpfs;
  readonly registry: MemoryRegistry;
}

let image: Blob;
beforeAll(async () => {
  image = await imageOf(await preparedBlob());
});

function newBrowser(): Browser {
  const opfs = new MemoryOpfs();
  return { opfs, registry: new MemoryRegistry(opfs) };
}

function afterKill({ opfs, registry }: Browser): Browser {
  const found = opfs.afterKill();
  return { opfs: found, registry: registry.afterKill(found) };
}

async function start({ opfs, registry }: Browser, account = userId): Promise<Engine> {
  return await opfs.run(async () => {
    const database = await openStorage(account, app, async () => image, registry);
    return await Engine.open({
      ...{ database, schema, userId: account, baseUrl: '', sync: false, features: [stockOnDevice] },
    });
  });
}

const write = (engine: Engine, sql: string, ...parameters: unknown[]) =>
  engine.write(crypto.randomUUID(), [{ sql, parameters }]);
const rows = async <T>(engine: Engine, sql: string) => (await engine.read({ sql, parameters: [] })) as T[];

async function label(engine: Engine, title: string): Promise<string> {
  const id = crypto.randomUUID();
  await write(
    engine,
    "insert into label (id, workspace_id, name, color) values ($1, $2, $3, '#aabbcc')",
    id,
    workspace,
    title,
  );
  return id;
}

/** What the server has said, as if it had come down. */
async function arrives(
  browser: Browser,
  engine: Engine,
  table: string,
  row: Record<string, unknown>,
): Promise<void> {
  const at = '2026-11-01T08:00:00Z';
  const all = { created_at: at, updated_at: at, version: 5, ...row };
  await browser.opfs.run(async () => {
    await write(
      engine,
      `insert into sync.incoming ("table", row_id, "row") values ($1, $2,
         (select to_jsonb(r) - 'search' from jsonb_populate_record(null::public.${table}, $3) r))`,
      ...[table, row.id, JSON.stringify(all)],
    );
    await write(engine, `select sync.apply_${table}(false)`);
  });
}

/** A device with work of each kind that only it has. */
async function worked(browser: Browser): Promise<Engine> {
  const engine = await start(browser);
  await arrives(browser, engine, 'workspace', { id: workspace, name: 'Station' });
  const known = crypto.randomUUID();
  await arrives(browser, engine, 'label', {
    id: known,
    workspace_id: workspace,
    name: 'theirs',
    color: '#000000',
  });
  await browser.opfs.run(async () => {
    await write(engine, "update label set color = '#ffffff' where id = $1", known);
    await label(engine, 'mine');
    await write(
      engine,
      `insert into sync.stock_request (id, workspace_id, item_id, quantity, seen)
       values (gen_random_uuid(), $1, gen_random_uuid(), 1, 1)`,
      workspace,
    );
    await write(
      engine,
      `insert into sync.refused ("table", row_id, workspace_id, kind, set, was, refusal, sentence)
       values ('label', gen_random_uuid(), $1, 'insert', '{"name": "no"}', '{}', 'forbidden', 'No.')`,
      workspace,
    );
  });
  return engine;
}

/** Everything that only this device has, in an order of its own, without the numbers that may change. */
async function workOf(engine: Engine) {
  return {
    outbox: await rows(
      engine,
      'select n, "table", row_id, kind, set, was, clock, verdict from sync.outbox order by i',
    ),
    base: await rows(engine, 'select "table", row_id, "row" from sync.base order by row_id'),
    refused: await rows(engine, 'select id, set, held_by from sync.refused order by i'),
    kept: await rows(engine, 'select * from sync.stock_request order by id'),
    client: await rows(engine, 'select client_id, next_n, acknowledged from sync.client'),
    labels: await rows(engine, 'select name, color from label order by name'),
  };
}

describe('a reset', () => {
  test('W1: keeps everything that only this device has, and nothing else', async () => {
    const browser = newBrowser();
    const engine = await worked(browser);
    await arrives(browser, engine, 'label', {
      id: crypto.randomUUID(),
      workspace_id: workspace,
      name: 'z',
      color: '#000000',
    });
    const { labels, ...before } = await workOf(engine);
    expect(labels).toHaveLength(3);
    const request = crypto.randomUUID();
    expect(await browser.opfs.run(() => engine.reset(request))).toEqual({ waiting: 2 });
    const after = await start(browser);
    expect(await workOf(after)).toEqual({
      ...before,
      labels: labels.filter((row) => (row as { name: string }).name !== 'z'),
    });
    expect(await rows(after, 'select from workspace')).toHaveLength(0);
    expect(browser.opfs.names()).toEqual([`${name}.disk`]);
    expect(browser.registry.successors.size).toBe(0);
    // Said again by a tab that did not hear the answer: it took effect.
    expect(await browser.opfs.run(() => after.reset(request))).toEqual({ waiting: 2 });
    // What is written from now on has the next number.
    const { n } = await browser.opfs.run(() =>
      write(after, "update label set name = 'later' where name = 'mine'"),
    );
    expect(n).toBe(3);
    await after.close();
  });

  test('W1: killed at any step, nothing that only this device had is lost', {
    timeout: 180_000 + kills * 20_000,
  }, async () => {
    const whole = newBrowser();
    await (await worked(whole)).close();
    const begun = afterKill(whole);
    const engine = await start(begun);
    const { labels, ...work } = await workOf(engine);
    const from = begun.opfs.fault.done;
    let kept = 0;
    const { stage } = begun.registry;
    begun.registry.stage = (...args) => {
      kept = begun.opfs.fault.done + 1;
      return stage.apply(begun.registry, args);
    };
    let placing = 0;
    const { staged } = begun.registry;
    begun.registry.staged = (...args) => {
      placing = begun.opfs.fault.done + 1;
      return staged.apply(begun.registry, args);
    };
    await begun.opfs.run(() => engine.reset(crypto.randomUUID()));
    await (await start(begun)).close();
    const end = begun.opfs.fault.done;
    // Each step around the moment from which the new one counts, and while it is written in place; afterwards some.
    const counting = [-1, 0, 1].map((step) => kept + step);
    const writing = [3, 4, 5, 6, 7, 8, 9, 10, 11].map((step) => placing + step);
    const far = Array.from({ length: kills }, (_, i) =>
      Math.floor(end - ((i + 0.5) * (end - placing)) / kills),
    );
    let replaced = 0;
    for (const step of new Set([from + 1, ...counting, ...writing, ...far])) {
      const browser = afterKill(whole);
      const device = await start(browser);
      // It takes the same steps each time, reading what was read above too, so this is where it is killed.
      await workOf(device);
      browser.opfs.fault.left = step - browser.opfs.fault.done;
      const process = async () => {
        await browser.opfs.run(() => device.reset(crypto.randomUUID()));
        await start(browser);
      };
      await Promise.race([process().catch(() => {}), browser.opfs.killed]);
      browser.opfs.fault.left = 0;
      const next = afterKill(browser);
      const found = await start(next).catch((cause: unknown) => {
        throw new Error(`killed at step ${step} of ${from} to ${end}`, { cause });
      });
      const { labels: shown, ...left } = await workOf(found);
      expect(left, `step ${step}`).toEqual(work);
      expect(shown).toEqual(labels);
      const isReplaced = (await rows(found, 'select from workspace')).length === 0;
      if (isReplaced) replaced++;
      expect(isReplaced, `step ${step} of ${from}, ${kept}, ${end}`).toBe(step >= kept);
      expect(next.opfs.names()).toEqual([`${name}.disk`]);
      expect(next.registry.successors.size).toBe(0);
      await found.close();
    }
    expect(replaced).toBeGreaterThan(4);
  });

  test('W1: without room for a second database it says so, and all is as before', async () => {
    const browser = newBrowser();
    const engine = await worked(browser);
    const before = await workOf(engine);
    browser.registry.stage = async () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    const failure = await browser.opfs
      .run(() => engine.reset(crypto.randomUUID()))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect((failure as StoreError).message).toMatch(/no room/);
    const after = await start(browser);
    expect(await workOf(after)).toEqual(before);
    await after.close();
  });

  test('W1: what was kept for the place of the database and is not whole is not put there', async () => {
    const browser = newBrowser();
    const engine = await worked(browser);
    const before = await workOf(engine);
    await browser.opfs.run(() => engine.reset(crypto.randomUUID()));
    const { image: staged, checksum } = browser.registry.successors.get(name)!;
    browser.registry.successors.set(name, { image: staged.slice(0, staged.size - 8192), checksum });
    const after = await start(browser);
    expect(await workOf(after)).toEqual(before);
    await after.close();
  });
});

describe('a backup', () => {
  test('W1: restored, it has the rows of then, and unsent work of both, each once', async () => {
    const browser = newBrowser();
    const engine = await worked(browser);
    const then = await workOf(engine);
    const file = await browser.opfs.run(() => engine.backUp());
    await browser.opfs.run(async () => {
      await write(engine, "update label set color = '#111111' where name = 'mine'");
      await label(engine, 'after');
    });
    const now = await workOf(engine);
    expect(await browser.opfs.run(() => engine.restore(crypto.randomUUID(), file))).toEqual({ waiting: 4 });
    const after = await start(browser);
    const found = await workOf(after);
    const clocks = (work: { outbox: unknown[] }) =>
      work.outbox.map((row) => (row as { clock: string }).clock);
    expect(clocks(found)).toEqual(clocks(now));
    expect(found.labels).toEqual(now.labels);
    expect(found.refused).toEqual(then.refused);
    expect(found.kept).toEqual(then.kept);
    expect(await rows(after, 'select name from workspace')).toEqual([{ name: 'Station' }]);
    // Numbered anew, without a gap, in the name of a new client.
    expect(found.outbox.map((row) => (row as { n: string }).n)).toEqual(['1', '2', '3', '4']);
    expect(found.client).not.toEqual(now.client);
    // What is written afterwards is later than all of it.
    const { changes } = await browser.opfs.run(() =>
      write(after, "update label set name = 'b' where name = 'mine'"),
    );
    expect(changes[0]!.clock > clocks(now).sort().at(-1)!).toBe(true);
    await after.close();
  });

  test('W1: what was answered since the backup was made is not sent again, what was refused since is not either', async () => {
    const browser = newBrowser();
    const engine = await worked(browser);
    const file = await browser.opfs.run(() => engine.backUp());
    await browser.opfs.run(async () => {
      await write(
        engine,
        `select sync.answer('[{"n": 1, "verdicts": [{"status": "applied", "version": 6}]},
           {"n": 2, "verdicts": [{"status": "refused", "kind": "forbidden", "rule": null, "sentence": "No."}]}]', 0)`,
      );
    });
    expect(await browser.opfs.run(() => engine.restore(crypto.randomUUID(), file))).toEqual({ waiting: 0 });
    const after = await start(browser);
    expect(await rows(after, 'select count(*)::int as n from sync.refused')).toEqual([{ n: 2 }]);
    // The answered one stays on top until the server's row has come that far (R2).
    expect(await rows(after, 'select name, color from label')).toEqual([
      { name: 'theirs', color: '#ffffff' },
    ]);
    await after.close();
  });

  test.each([
    ['no-backup', (file: Blob) => new Blob([file.slice(1)])],
    ['no-backup', () => new Blob([])],
    ['no-backup', () => new Blob(['%PDF-1.4 and so on'])],
    ['damaged', (file: Blob) => file.slice(0, 10)],
    ['damaged', (file: Blob) => file.slice(0, 60)],
    ['damaged', (file: Blob) => file.slice(0, file.size - 1)],
    ['damaged', (file: Blob) => new Blob([file, 'x'])],
    ['damaged', (file: Blob) => new Blob([file.slice(0, 5_000), 'spoiled', file.slice(5_007)])],
  ])(
    'W1: a file that is none of this person’s is refused (%s), and nothing has changed',
    async (fault, spoil) => {
      const browser = newBrowser();
      const engine = await start(browser);
      const file = await browser.opfs.run(() => engine.backUp());
      const failure = await engine.restore(crypto.randomUUID(), spoil(file)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'backup', rule: fault });
      expect((failure as StoreError).message).toMatch(/Nothing was changed\.$/);
      // It goes on as it was.
      expect(await rows(engine, 'select from sync.client')).toHaveLength(1);
      await engine.close();
    },
  );

  test('W1: another person’s backup is refused', async () => {
    const theirs = newBrowser();
    const other = await start(theirs, 'ben');
    const file = await theirs.opfs.run(() => other.backUp());
    await other.close();
    const browser = newBrowser();
    const engine = await start(browser);
    await expect(engine.restore(crypto.randomUUID(), file)).rejects.toMatchObject({ rule: 'other-person' });
    await engine.close();
  });
});
