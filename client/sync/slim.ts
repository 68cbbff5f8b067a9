// Makes a prepared database small before it is shipped: what a device does not ask for leaves the catalogs, and what
// only a running server needs leaves the files. Nothing may rely on a database being slim: devices of before have
// full ones. The views that go can be put back at any time (catalog-views.ts).
import type { PGlite } from '@electric-sql/pglite';
import { readTar, type TarEntry, writeTar } from './tar';

/** Collations that Postgres or SQL for both sides may name; all others need files that are not shipped. */
const keptCollations = ['default', 'C', 'POSIX', 'ucs_basic', 'en_US.utf8', 'en_US'];

/**
 * Takes the standard views, statistics and descriptions out of the catalogs, and packs what is left.
 * Tables, functions, types, operators and extensions stay.
 */
export async function slimCatalogs(pg: PGlite): Promise<void> {
  await pg.exec('drop schema information_schema cascade');
  const { rows } = await pg.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relkind = 'v' and relnamespace = 'pg_catalog'::regnamespace order by oid desc`,
  );
  // One statement: some of them are made of others.
  await pg.exec(`drop view ${rows.map(({ name }) => name).join(', ')}`);
  await pg.exec(`
    delete from pg_statistic;
    delete from pg_statistic_ext_data;
    delete from pg_description;
    delete from pg_shdescription;
    delete from pg_init_privs;
    delete from pg_conversion;`);
  await pg.query('delete from pg_collation where collname <> all ($1)', [keptCollations]);
  await pg.exec('vacuum (full, freeze)');
  await pg.exec('reindex system');
  await pg.exec('reindex database');
  await pg.exec('vacuum freeze');
}

/**
 * Drops from a dump what a start makes anew or never reads: other WAL segments than the last, what lies behind that
 * one's end, maps of free and visible pages, the cache of relations, comments of settings.
 * @param walFile name of the segment that holds the last checkpoint
 * @param walEnd bytes of it that are in use
 */
export function slimFiles(tar: Uint8Array, walFile: string, walEnd: number): Uint8Array {
  const kept: TarEntry[] = [];
  for (const entry of readTar(tar)) {
    const { name } = entry;
    if (/_(fsm|vm)$|pg_internal\.init$/.test(name)) continue;
    if (/pg_wal\/[0-9A-F]{24}$/.test(name)) {
      if (name.endsWith(walFile)) kept.push({ ...entry, data: blankedFrom(entry.data, walEnd) });
    } else if (/\.conf$/.test(name)) {
      kept.push({ ...entry, data: withoutComments(entry.data) });
    } else {
      kept.push(entry);
    }
  }
  return writeTar(kept);
}

/** The page of the log that is being written stays whole. */
function blankedFrom(data: Uint8Array, end: number): Uint8Array {
  const page = 8192;
  return Uint8Array.from(data).fill(0, Math.ceil(end / page) * page);
}

function withoutComments(data: Uint8Array): Uint8Array {
  const lines = new TextDecoder().decode(data).split('\n');
  const settings = lines.map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd()).filter(Boolean);
  return new TextEncoder().encode(settings.map((line) => `${line}\n`).join(''));
}
