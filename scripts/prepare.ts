// Makes client/generated: prepared.disk, a migrated, empty database that a first start has instead of running initdb and the
// migrations (most of a cold start), the same as prepared.tar for databases in Node, and PGlite's module and files as
// they are shipped. Made again only when what they are made from changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedExtensions, shippedFrom, slimEngine } from '../client/build/engine';
import { migrationFiles } from '../client/open-node';
import { dumpPrepared, imageOf } from '../client/sync/prepared-node';
import { schema } from '../db/tables';

const root = fileURLToPath(new URL('../', import.meta.url));
const generated = join(root, 'client', 'generated');
const target = join(generated, 'prepared.tar');
/** The same as what a device in a browser begins with. */
const image = join(generated, 'prepared.disk');
const stampFile = `${target}.stamp`;

/** @returns whether they were made */
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
    'client/sync/slim.ts',
    'client/sync/tar.ts',
    'client/engine-memory.ts',
    'client/build/engine.ts',
    'client/build/glue.ts',
    'client/build/wasm.ts',
    'node_modules/@electric-sql/pglite/package.json',
  ];
  for (const file of own) hash.update(readFileSync(join(root, file)));
  const stamp = hash.digest('hex');
  const isMade = [target, image].every((path) => existsSync(path));
  if (isMade && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  mkdirSync(generated, { recursive: true });
  const engine = slimEngine(shippedFrom, shippedExtensions);
  put('pglite.wasm', engine.module);
  put('pglite.data', engine.package);
  put('standard-views.sql', new TextEncoder().encode(engine.views));
  const dump = await dumpPrepared({ schema, migrations: migrationFiles() });
  put('prepared.disk', new Uint8Array(await (await imageOf(dump)).arrayBuffer()));
  put('prepared.tar', new Uint8Array(await dump.arrayBuffer()));
  writeFileSync(stampFile, stamp);
  return true;
}

/** Nobody who reads it sees half a file. */
function put(name: string, bytes: Uint8Array): void {
  const path = join(generated, name);
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

/** The prepared database as a Blob, made if need be. */
export async function preparedBlob(): Promise<Blob> {
  await prepareDatabase();
  return new Blob([readFileSync(target)]);
}

/** What makes the standard views that a prepared database lacks; it must have been made. */
export function standardViewsSql(): string {
  return readFileSync(join(generated, 'standard-views.sql'), 'utf8');
}
