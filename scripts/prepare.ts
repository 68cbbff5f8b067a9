// Makes client/generated/prepared.disk: a migrated, empty database that a first start has instead of running initdb and
// the migrations (most of a cold start); and the same as prepared.tar, for databases in Node. Made again only when what
// they are made from changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrationFiles } from '../client/open-node';
import { dumpPrepared, imageOf } from '../client/sync/prepared-node';
import { schema } from '../db/tables';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = join(root, 'client', 'generated', 'prepared.tar');
/** The same as what a device in a browser begins with. */
const image = join(root, 'client', 'generated', 'prepared.disk');
const stampFile = `${target}.stamp`;

/** @returns whether it was made */
export async function prepareDatabase(): Promise<boolean> {
  const hash = createHash('sha256');
  for (const file of migrationFiles()) hash.update(`${file.name}\0${file.sql}\0`);
  hash.update(JSON.stringify(schema.machinery));
  const own = [
    'db/sync/migrate.ts',
    'scripts/prepare.ts',
    'client/sync/database.ts',
    'client/sync/prepared-node.ts',
    ...['image', 'journal', 'runs', 'sizes'].map((name) => `client/sync/disk/${name}.ts`),
    'node_modules/@electric-sql/pglite/package.json',
  ];
  for (const file of own) hash.update(readFileSync(join(root, file)));
  const stamp = hash.digest('hex');
  if (
    [target, image].every((path) => existsSync(path)) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === stamp
  )
    return false;
  const dump = await dumpPrepared({ schema, migrations: migrationFiles() });
  mkdirSync(dirname(target), { recursive: true });
  for (const [path, content] of [
    [image, await imageOf(dump)],
    [target, dump],
  ] as const) {
    writeFileSync(`${path}.new`, Buffer.from(await content.arrayBuffer()));
    renameSync(`${path}.new`, path);
  }
  writeFileSync(stampFile, stamp);
  return true;
}

/** The prepared database as a Blob, made if need be. */
export async function preparedBlob(): Promise<Blob> {
  await prepareDatabase();
  return new Blob([readFileSync(target)]);
}
