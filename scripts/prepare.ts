// Makes client/generated/prepared.tar: a migrated, empty database that a first start loads instead of running initdb
// and the migrations (most of a cold start). Made again only when what it is made from changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPGlite } from '../client/sync/database';
import { migrationFiles } from '../client/sync/open-node';
import { schema } from '../db/tables';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = join(root, 'client', 'generated', 'prepared.tar');
const stampFile = `${target}.stamp`;

/** @returns the dump: 1 MB WAL segments and no template databases make it a third of PGlite's own. */
export async function dumpPrepared(): Promise<Blob> {
  const pg = await openPGlite(
    { initDbStartParams: ['--wal-segsize=1'] },
    migrationFiles().filter((file) => !file.name.endsWith('server.sql')),
  );
  try {
    await pg.exec("update pg_database set datistemplate = false where datname like 'template%'");
    await pg.exec('drop database template0');
    await pg.exec('drop database template1');
    // The second checkpoint lets go of the WAL before the first one.
    for (const step of ['vacuum', 'checkpoint', 'select pg_switch_wal()', 'checkpoint']) await pg.exec(step);
    return await pg.dumpDataDir('none');
  } finally {
    await pg.close();
  }
}

/** @returns whether it was made */
export async function prepareDatabase(): Promise<boolean> {
  const hash = createHash('sha256');
  for (const file of migrationFiles()) hash.update(`${file.name}\0${file.sql}\0`);
  hash.update(JSON.stringify(schema.machinery));
  const own = [
    'db/sync/migrate.ts',
    'scripts/prepare.ts',
    'client/sync/database.ts',
    'node_modules/@electric-sql/pglite/package.json',
  ];
  for (const file of own) hash.update(readFileSync(join(root, file)));
  const stamp = hash.digest('hex');
  if (existsSync(target) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  const dump = await dumpPrepared();
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.new`, Buffer.from(await dump.arrayBuffer()));
  renameSync(`${target}.new`, target);
  writeFileSync(stampFile, stamp);
  return true;
}

/** The prepared database as a Blob, made if need be. */
export async function preparedBlob(): Promise<Blob> {
  await prepareDatabase();
  return new Blob([readFileSync(target)]);
}
