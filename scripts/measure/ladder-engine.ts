// Makes what a level of the ladder is built of: a prepared database with the table of tasks, PGlite's module and files, and the
// rewriting of its scripts; out of the same parts as the app's own build (client/build, client/sync/slim.ts).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Plugin } from 'vite';
import { shippedFrom, slimEngine, slimScript } from '../../client/build/engine';
import { exportsOf, withExports, withMemoryMinimum } from '../../client/build/wasm';
import { imageOf } from '../../client/sync/prepared-node';
import { slimCatalogs, slimFiles } from '../../client/sync/slim';
import { type Level, levelSettings, smallMemoryMiB } from './ladder-levels';
import { schemaSql } from './peers/pages/pglite-schema';

/**
 * Writes pglite.wasm, pglite.data and prepared into a folder.
 * @returns what rewrites PGlite's scripts while the page is built
 */
export async function makeEngine(level: Level, folder: string): Promise<Plugin[]> {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  const slim = slimEngine(shippedFrom, []);
  const stock = new Uint8Array(readFileSync(join(shippedFrom, 'pglite.wasm')));
  const names = level.fewExports ? slim.kept.exports : new Set(exportsOf(stock).map(({ name }) => name));
  const few = withExports(stock, ({ name }) => names.has(name));
  put('pglite.wasm', level.smallMemory ? withMemoryMinimum(few, smallMemoryMiB * 16) : few);
  put('pglite.data', slim.package);
  put('prepared', level.prepared === 'initdb' ? new Uint8Array() : await preparedFor(level));
  if (!level.slimPackage) return [];
  const kept = { ...slim.kept, exports: names };
  return [
    {
      name: 'measured-pglite',
      enforce: 'pre',
      transform(code, id) {
        if (!id.startsWith(join(shippedFrom, 'chunk-'))) return null;
        const script = slimScript(code, kept);
        return script === null ? null : { code: script, map: null };
      },
    },
  ];
}

const made = new Map<Level['prepared'], Promise<Blob>>();

async function preparedFor({ prepared, files }: Level): Promise<Uint8Array> {
  const dump = made.get(prepared) ?? dumpPrepared(prepared === 'slim');
  made.set(prepared, dump);
  const blob = await dump;
  return new Uint8Array(await (files === 'disk' ? await imageOf(blob) : blob).arrayBuffer());
}

/** @returns a dump of a database with an empty table of tasks: a log of one segment of 1 MB, no template databases */
async function dumpPrepared(slim: boolean): Promise<Blob> {
  const pg = await PGlite.create({
    initDbStartParams: ['--wal-segsize=1'],
    startParams: [...PGlite.defaultStartParams, ...levelSettings.flatMap((setting) => ['-c', setting])],
  });
  try {
    await pg.exec(schemaSql);
    await pg.exec("update pg_database set datistemplate = false where datname like 'template%'");
    await pg.exec('drop database template0');
    await pg.exec('drop database template1');
    if (slim) await slimCatalogs(pg);
    for (const step of ['checkpoint', 'select pg_switch_wal()', 'checkpoint', 'checkpoint'])
      await pg.exec(step);
    const { rows } = await pg.query<{ file: string; used: string }>(
      `select redo_wal_file as file, ((pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint % (1 << 20))::text as used
       from pg_control_checkpoint()`,
    );
    const { file, used } = rows[0]!;
    const dump = await pg.dumpDataDir('none');
    if (!slim) return dump;
    const tar = slimFiles(new Uint8Array(await dump.arrayBuffer()), file, Number(used));
    return new Blob([tar as Uint8Array<ArrayBuffer>]);
  } finally {
    await pg.close();
  }
}
