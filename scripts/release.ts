// npx tsx scripts/release.ts: pins the migrations, which may never change after it, and keeps what was released, for every
// later version to open: the built client, and a device's database with unsent work, made with a real server. Writes
// e2e/fixtures/<version>/; a version is kept once.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { zipSync } from 'fflate';
import { sql } from 'kysely';
import { readEnvironment } from '../api/host/environment';
import { startHost } from '../api/host/host';
import { openNodeEngineWithDatabase } from '../client/open-node';
import { createStore } from '../client/sync/facade';
import { buildWhenStale, clientDist } from './build';
import { demonstration } from './demo';
import { release } from './migration-lint';
import { signIn } from './sign-in';

export const fixtures = fileURLToPath(new URL('../e2e/fixtures/', import.meta.url));

/** What the kept device had, beside its rows. */
export interface KeptDevice {
  readonly userId: string;
  readonly workspaceId: string;
  /** Rows of sync.outbox, in order. */
  readonly outbox: readonly Record<string, unknown>[];
  /** Titles of its tasks by id, also the unsent ones. */
  readonly tasks: Readonly<Record<string, string>>;
}

const squeezed = (bytes: Uint8Array) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });

async function keepDevice(folder: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'outpost-release-'));
  const environment = readEnvironment({ PORT: '0', DATA_DIR: data, DEMO: '1' });
  const host = await startHost({
    demonstration,
    environment,
    client: async (_, next) => next(),
    log: () => {},
    onFatal: (error) => {
      throw error;
    },
  });
  try {
    const { email, password } = host.demo[0]!;
    const { session, fetch } = await signIn(host.url, email, password);
    const { workspaceId } = session.memberships[0]!;
    let online = true;
    const { engine, pg } = await openNodeEngineWithDatabase({
      userId: session.user.id,
      baseUrl: host.url,
      deviceOnline: () => online,
      fetch: (input, init) => (online ? fetch(input, init) : Promise.reject(new TypeError('offline'))),
    });
    const store = createStore(session.user.id, engine);
    await new Promise<void>((done) => {
      const stop = store.onStatus(() => {
        if (!store.status().upToDate) return;
        stop();
        done();
      });
    });
    online = false;
    await engine.networkChanged(false);
    const { db } = store;
    const [task] = await store.read(
      db.selectFrom('task').select(['id', 'project_id']).orderBy('id').limit(1),
    );
    await store.write(
      db.insertInto('task').values({
        id: crypto.randomUUID(),
        ...{ workspace_id: workspaceId, project_id: task!.project_id, title: 'Written before the upgrade' },
        position: 'a0',
      }),
    );
    await store.write(
      db.updateTable('task').set({ title: 'Changed before the upgrade' }).where('id', '=', task!.id),
    );
    const outbox = await store.read<Record<string, unknown>>({
      compile: () =>
        sql<
          Record<string, unknown>
        >`select i, n, "table", row_id, kind, set, was, clock from sync.outbox order by i`.compile(db),
    });
    const tasks = await store.read(db.selectFrom('task').select(['id', 'title']));
    const kept: KeptDevice = {
      userId: session.user.id,
      workspaceId,
      outbox,
      tasks: Object.fromEntries(tasks.map(({ id, title }) => [id, title])),
    };
    const dump = await pg.dumpDataDir('none');
    await store.close();
    writeFileSync(join(folder, 'device.json'), `${JSON.stringify(kept, null, 2)}\n`);
    writeFileSync(join(folder, 'device.tar.br'), squeezed(new Uint8Array(await dump.arrayBuffer())));
  } finally {
    await host.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** The build without the compressed copies beside its files. */
function keepClient(folder: string): void {
  const names = readdirSync(clientDist, { recursive: true, encoding: 'utf8', withFileTypes: false })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.\w+$/.test(name) && !/\.(br|gz)$/.test(name))
    .sort();
  const files = Object.fromEntries(
    names.map((name) => [name, new Uint8Array(readFileSync(join(clientDist, name)))]),
  );
  // Not compressed in the zip: brotli does it better for all of them together.
  writeFileSync(join(folder, 'client.zip.br'), squeezed(zipSync(files, { level: 0 })));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const folder = join(fixtures, version);
  if (existsSync(folder)) throw new Error(`${version} is kept already; what was released does not change`);
  release(fileURLToPath(new URL('../', import.meta.url)));
  await buildWhenStale();
  mkdirSync(folder, { recursive: true });
  await keepDevice(folder);
  keepClient(folder);
  console.log(`${version} is kept in ${folder}`);
}
