// What a device's database says of the device itself: its identity towards the server, and how far it knows the server.
import type { PGliteInterface } from '@electric-sql/pglite';
import type { Mark } from '../../db/sync/wire';

/**
 * Makes the identity where there is none yet, and drops what is kept for a while only. To be called at each opening.
 * @returns whether there was none: nothing was ever written or received here
 */
export async function begin(pg: PGliteInterface): Promise<boolean> {
  const [made] =
    await pg.exec(`insert into sync.client (client_id) values ('${crypto.randomUUID()}') on conflict do nothing;
    delete from sync.request where at < now() - interval '1 day'; select sync.prune_sent()`);
  return made?.affectedRows === 1;
}

/** @returns the newest mark that the server gave this device; null: none yet */
export async function newestMark(pg: PGliteInterface): Promise<Mark | null> {
  const { rows } = await pg.query<{ epoch: string | null; version: string }>(
    'select epoch, epoch_version as version from sync.client',
  );
  const { epoch, version } = rows[0]!;
  return epoch === null ? null : { epoch, version };
}
