// The whole site in one process: Postgres, migrations, shapes, the core, and the pages of site.ts.
// `npx tsx examples/drafts/server.ts`; PORT and DATA_DIR may be set.
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { build, type Rolldown } from 'vite';
import { startPostgres } from '../../api/host/postgres';
import { membershipsIn } from '../../api/sync/memberships';
import { migrateServer, migrationsOfApp } from '../../api/sync/migrations';
import { mountSync } from '../../api/sync/mount';
import { changesPool, readsPool } from '../../api/sync/pools';
import { dumpPrepared } from '../../client/sync/prepared-node';
import { newest } from '../../db/sync/migrate';
import { createShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream } from '../../electric/proxy';
import { schema } from './schema';
import { makeMembers, sessionsIn } from './sessions';
import { siteOf } from './site';

const { PORT = '4000', DATA_DIR = '.data/drafts' } = process.env;
const migrations = migrationsOfApp(new URL('./migrations/', import.meta.url));
const postgres = await startPostgres({ folder: `${DATA_DIR}/postgres` });
await migrateServer(postgres.url, migrations, schema.machinery);
const shapes = await createShapeServer({ databaseUrl: postgres.url });
const [pool, reads] = [changesPool(postgres.url), readsPool(postgres.url)];
await makeMembers(pool);

const sessions = sessionsIn(pool);
const sync = mountSync({
  ...{ pool, reads, schema, sessions, publicUrl: null, log: console.log },
  migration: newest(migrations, 'server'),
  memberships: membershipsIn(reads),
  upstream: embeddedUpstream((request) => shapes.handle(request)),
});
await sync.begin();
const { fetch } = siteOf({ pool, sync, sessions, files: await filesForBrowsers() });
serve({ fetch, port: Number(PORT), hostname: '127.0.0.1' }, () => {
  console.log(`The blog is at http://localhost:${PORT}; sign in as ada (ada writes) or ben (ben writes).`);
});
const stop = () => shapes.close().then(postgres.stop).finally(process.exit);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

/** @returns by path: the script of /drafts, which is the first, with its parts; sw.js; a prepared database */
async function filesForBrowsers(): Promise<Map<string, string | Uint8Array>> {
  const root = import.meta.dirname;
  const onDevice = migrations.filter(({ name }) => !name.endsWith('server.sql'));
  const { output } = (await build({
    ...{ root, configFile: false, logLevel: 'error', worker: { format: 'es' } },
    define: { MIGRATIONS: JSON.stringify(onDevice) },
    build: { write: false, assetsInlineLimit: 0, rolldownOptions: { input: `${root}/drafts.ts` } },
  })) as Rolldown.RolldownOutput;
  const files = new Map<string, string | Uint8Array>();
  for (const file of output) files.set(`/${file.fileName}`, 'code' in file ? file.code : file.source);
  const list = `const FILES = ${JSON.stringify([...files.keys()])};\n`;
  files.set('/sw.js', list + readFileSync(`${root}/sw.js`, 'utf8'));
  const prepared = await dumpPrepared({ schema, migrations });
  return files.set('/prepared.tar', new Uint8Array(await prepared.arrayBuffer()));
}
