// PGlite as it is shipped: the module without the exports that nobody asks for and with a small memory to start with,
// and of its package the files that a running database reads. Whatever is here is made from node_modules at build time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startMemoryMiB } from '../engine-memory';
import { readTar } from '../sync/tar';
import { hasInitdb, isGlue, type Kept, packedFiles, slimGlue, withoutInitdb, wordsOf } from './glue';
import { exportsOf, importsOf, withExports, withMemoryMinimum } from './wasm';

/** Folder with the files of the PGlite that is installed. */
export const shippedFrom = join(import.meta.dirname, '../../node_modules/@electric-sql/pglite/dist');
/** Those of client/sync/database.ts. */
export const shippedExtensions = ['btree_gist'];

/**
 * Files of PGlite's package that a running database reads. The rest is for initdb, for other encodings and for
 * collations of ICU; asking for it says that the file is missing.
 */
export const isShipped = (name: string): boolean =>
  /^\/(home\/postgres\/\.pgpass|pglite\/(bin\/|password$|pgstd|locale-a$))/.test(name) ||
  /\/lib\/postgresql\/plpgsql\.so$/.test(name) ||
  /\/share\/postgresql\/(timezone\/|timezonesets\/Default$|extension\/|tsearch_data\/english\.stop$)/.test(
    name,
  );

export interface Engine {
  readonly kept: Kept;
  /** pglite.wasm */
  readonly module: Uint8Array;
  /** pglite.data */
  readonly package: Uint8Array;
  /** SQL that makes the standard views which a slim database lacks; see client/sync/standard-views.ts. */
  readonly views: string;
}

/** As Postgres's own initdb runs them, one after the other. */
const viewFiles = ['system_views.sql', 'information_schema.sql'];

/**
 * @param dist folder with PGlite's files
 * @param extensions names of the extensions whose libraries call into the module
 * @throws when this PGlite is not as the rewriting expects it
 */
export function slimEngine(dist: string, extensions: readonly string[]): Engine {
  const glue = glueIn(dist);
  const read = (name: string) => new Uint8Array(readFileSync(join(dist, name)));
  const data = read('pglite.data');
  const all = packedFiles(glue);
  const kept = all.filter(({ name }) => isShipped(name));
  const parts = kept.map(({ start, end }) => data.subarray(start, end));
  const libraries = [
    ...parts.filter((_, i) => kept[i]!.name.endsWith('.so')),
    ...extensions.flatMap((name) =>
      readTar(new Uint8Array(gunzipSync(read(`${name}.tar.gz`))))
        .filter((entry) => entry.name.endsWith('.so'))
        .map((entry) => entry.data),
    ),
  ];
  const module = withMemoryMinimum(read('pglite.wasm'), startMemoryMiB * 16);
  const wanted = new Set([
    ...wordsOf(glue),
    ...libraries.flatMap((so) => importsOf(so).map(({ name }) => name)),
  ]);
  const exports = new Set(
    exportsOf(module)
      .map(({ name }) => name)
      .filter((name) => wanted.has(name) || wanted.has(`_${name}`)),
  );
  let at = 0;
  const files = kept.map(({ name, start, end }) => {
    const from = at;
    at += end - start;
    return { name, start: from, end: at };
  });
  return {
    kept: { exports, files, size: at },
    module: withExports(module, ({ name }) => exports.has(name)),
    package: Buffer.concat(parts),
    views: viewFiles
      .map((name) => {
        const file = all.find((one) => one.name === `/pglite/share/postgresql/${name}`);
        if (!file) throw new Error(`PGlite: no ${name} in its package`);
        return new TextDecoder().decode(data.subarray(file.start, file.end));
      })
      .join('\n'),
  };
}

/** @returns what is to stand in the place of a file of PGlite's; null: it stays as it is */
export function slimScript(code: string, kept: Kept): string | null {
  if (isGlue(code)) return slimGlue(code, kept);
  return hasInitdb(code) ? withoutInitdb(code) : null;
}

function glueIn(dist: string): string {
  const names = readdirSync(dist).filter((name) => /^chunk-.*\.js$/.test(name));
  const found = names.map((name) => readFileSync(join(dist, name), 'utf8')).filter(isGlue);
  if (found.length !== 1) throw new Error('PGlite: no single file with the glue of its module');
  return found[0]!;
}
