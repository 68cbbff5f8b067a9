// Makes what a device's first start loads instead of running initdb and the migrations: a migrated, empty database.
import { type AppDatabase, openPGlite } from './database';
import { entriesOfTar, makeImage } from './disk/image';

/**
 * @param app its migrations of the server are left out
 * @returns the dump: 1 MB WAL segments and no template databases make it a third of PGlite's own
 */
export async function dumpPrepared({ schema, migrations }: AppDatabase): Promise<Blob> {
  const pg = await openPGlite(
    { initDbStartParams: ['--wal-segsize=1'] },
    { schema, migrations: migrations.filter((file) => !file.name.endsWith('server.sql')) },
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

/** @param dump what dumpPrepared() made @returns the same as the image that a browser's device begins with (disk/image.ts) */
export async function imageOf(dump: Blob): Promise<Blob> {
  return new Blob([makeImage(entriesOfTar(new Uint8Array(await dump.arrayBuffer())))]);
}
