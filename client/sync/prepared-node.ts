// Makes what a device's first start loads instead of running initdb and the migrations: a migrated, empty database.
import { migrate } from '../../db/sync/migrate';
import { type AppDatabase, startPGlite } from './database';
import { entriesOfTar, makeImage } from './disk/image';
import { slimCatalogs, slimFiles } from './slim';

/**
 * @param app its migrations of the server are left out
 * @returns a dump without compression: 1 MB WAL segments, no template databases, and slim (slim.ts)
 */
export async function dumpPrepared({ schema, migrations }: AppDatabase): Promise<Blob> {
  const pg = await startPGlite({});
  try {
    // Rules of views as plain text: Postgres's own compression leaves nothing for the one they travel by.
    await pg.exec('alter table pg_rewrite alter column ev_action set storage external');
    const own = migrations.filter((file) => !file.name.endsWith('server.sql'));
    await migrate(pg, own, 'client', schema.machinery);
    await pg.exec("update pg_database set datistemplate = false where datname like 'template%'");
    await pg.exec('drop database template0');
    await pg.exec('drop database template1');
    await slimCatalogs(pg);
    // The second checkpoint lets go of the WAL before the first one.
    for (const step of ['checkpoint', 'select pg_switch_wal()', 'checkpoint', 'checkpoint'])
      await pg.exec(step);
    const { rows } = await pg.query<{ file: string; used: string }>(
      `select redo_wal_file as file, (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint % (1 << 20) as used
       from pg_control_checkpoint()`,
    );
    const { file, used } = rows[0]!;
    const dump = new Uint8Array(await (await pg.dumpDataDir('none')).arrayBuffer());
    return new Blob([slimFiles(dump, file, Number(used)) as Uint8Array<ArrayBuffer>]);
  } finally {
    await pg.close();
  }
}

/** @param dump what dumpPrepared() made @returns the same as the image that a browser's device begins with (disk/image.ts) */
export async function imageOf(dump: Blob): Promise<Blob> {
  return new Blob([makeImage(entriesOfTar(new Uint8Array(await dump.arrayBuffer())))]);
}
