// The whole site in one process: Postgres, shapes, the core, the pages. PORT, DATA_DIR and SECRET may be set.
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { getMimeType } from 'hono/utils/mime';
import { build, type Rolldown } from 'vite';
import { startPostgres } from '../../api/host/postgres';
import { membershipsIn } from '../../api/sync/memberships';
import { migrateServer, migrationsOfApp } from '../../api/sync/migrations';
import { mountSync } from '../../api/sync/mount';
import { changesPool, readsPool } from '../../api/sync/pools';
import { dumpPrepared, imageOf } from '../../client/sync/prepared-node';
import { createShapeServer } from '../../electric/embedded/server';
import { embeddedUpstream } from '../../electric/proxy';
import { schema } from './schema';
import { passwords, sessions, siteOf, workspaceId } from './site';

const { PORT = '4000', DATA_DIR = '.data/drafts' } = process.env;
const migrations = migrationsOfApp(new URL('./migrations/', import.meta.url));
const postgres = await startPostgres({ folder: `${DATA_DIR}/postgres` });
await migrateServer(postgres.url, migrations, schema.machinery);
const shapes = await createShapeServer({ databaseUrl: postgres.url });
const [pool, reads] = [changesPool(postgres.url), readsPool(postgres.url)];
// What is synced belongs to a workspace, and a person reads it as a member: both are tables of the core.
const members = `with blog as (insert into workspace (id, name) values ($1, 'Blog') on conflict do nothing)
  insert into member (id, workspace_id, user_id, name, email, role)
    select gen_random_uuid(), $1, name, name, '', 'member' from unnest($2::text[]) name on conflict do nothing`;
await pool.query(members, [workspaceId, [...passwords.keys()]]);
const sync = mountSync({
  ...{ pool, reads, schema, sessions, memberships: membershipsIn(reads), migration: schema.version },
  ...{ upstream: embeddedUpstream(shapes.handle), publicUrl: null, log: console.log },
});
await sync.begin();
const { fetch } = siteOf(pool, sync, await filesForBrowsers());
serve({ fetch, port: Number(PORT), hostname: '127.0.0.1' }, () => {
  console.log(`The blog is at http://localhost:${PORT}; sign in as ada (ada writes) or ben (ben writes).`);
});
const stop = () => shapes.close().then(postgres.stop).finally(process.exit);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

/** @returns by path: the script of /drafts, which is the first, with its parts; sw.js; a prepared database */
async function filesForBrowsers(): Promise<Map<string, Blob>> {
  const root = import.meta.dirname;
  const { output } = (await build({
    ...{ root, configFile: false, logLevel: 'error', worker: { format: 'es' } },
    define: { MIGRATIONS: JSON.stringify(migrations.filter(({ name }) => !name.endsWith('server.sql'))) },
    build: { write: false, assetsInlineLimit: 0, rolldownOptions: { input: `${root}/drafts.ts` } },
  })) as Rolldown.RolldownOutput;
  const files = new Map<string, Blob>();
  const add = (path: string, content: string | Uint8Array) =>
    files.set(path, new Blob([content as BlobPart], { type: getMimeType(path) ?? '' }));
  for (const file of output) add(`/${file.fileName}`, 'code' in file ? file.code : file.source);
  const list = `const FILES = ${JSON.stringify([...files.keys()])};\n`;
  add('/sw.js', list + readFileSync(`${root}/sw.js`, 'utf8'));
  return files.set('/prepared.disk', await imageOf(await dumpPrepared({ schema, migrations })));
}
