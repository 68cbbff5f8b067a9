// Backs up the device's database, and has another one take its place: a backup, or a new one. The other one is made whole
// in memory first, with the unsent work of this one in it, and is then kept beside it (Database.succeed): until that is
// stored nothing has changed, and from then on the next opening puts it in place (storage.ts).
import type { Transaction } from '@electric-sql/pglite';
import { MigrationError } from '../../db/sync/migrate';
import { type Database, isFull } from './database';
import { type Replaced, StoreError } from './written';

export interface ReplacingOptions {
  readonly database: Database;
  /** Tables of schema sync that features keep on this device. */
  readonly deviceOnly: readonly string[];
  /** Drops what the source of rows keeps beside them. */
  forget(tx: Transaction): Promise<void>;
  /** Ends all work on the database: nothing is called saved any more. It is not closed. */
  standStill(): Promise<void>;
  /** Closes the database. */
  close(): Promise<void>;
}

export class Replacing {
  #begin = (_: { readonly over: Promise<void> }) => {};
  /** Resolves when it begins; `over`: when the database can be opened anew, the other one or, when it failed, the same. */
  readonly begun = new Promise<{ readonly over: Promise<void> }>((resolve) => {
    this.#begin = resolve;
  });

  constructor(private readonly options: ReplacingOptions) {}

  /** @throws what the database throws */
  async backUp(): Promise<Blob> {
    const { database } = this.options;
    const { writeBackup } = await backupFile();
    return await writeBackup(await database.image(), database.name, Date.now());
  }

  /** @param request of a tab (calls.ts). @throws StoreError; then all is as before */
  async restore(request: string, file: Blob): Promise<Replaced> {
    const { readBackup } = await backupFile();
    return await this.#replace(request, () => readBackup(file, this.options.database.name));
  }

  /** @param request of a tab (calls.ts). @throws StoreError; then all is as before */
  async reset(request: string): Promise<Replaced> {
    return await this.#replace(request, async () => null);
  }

  async #replace(request: string, imageOf: () => Promise<Blob | null>): Promise<Replaced> {
    const { database, deviceOnly } = this.options;
    const { pg, succeed } = database;
    if (!succeed) {
      throw new StoreError('storage', 'This browser keeps nothing for this app, so nothing can be replaced.');
    }
    const done = await pg.query('select from sync.request where id = $1', [request]);
    if (done.rows.length > 0) {
      const { rows } = await pg.query<Replaced>(
        'select count(distinct n)::int as waiting from sync.outbox where verdict is null',
      );
      return rows[0]!;
    }
    const image = await imageOf();
    // From here on nothing may be missing.
    const { putWork, takeWork } = await import('./unsent-work');
    let isOver = () => {};
    this.#begin({
      over: new Promise<void>((resolve) => {
        isOver = resolve;
      }),
    });
    try {
      await this.options.standStill();
      const work = await takeWork(pg, deviceOnly);
      const other = await database.beside(image);
      try {
        const waiting = await other.pg.transaction(async (tx) => {
          await tx.query('insert into sync.request (id) values ($1)', [request]);
          return await putWork(tx, work, (inOther) => this.options.forget(inOther));
        });
        await succeed(await other.image());
        return { waiting };
      } finally {
        await other.pg.close();
      }
    } catch (error) {
      throw await failure(error, image !== null);
    } finally {
      // One that has stopped cannot be closed.
      await this.options.close().catch(() => database.abandon());
      isOver();
    }
  }
}

/** Not with what a start loads, and neither is unsent-work.ts. */
const backupFile = () => import('./backup-file');

async function failure(error: unknown, isBackup: boolean): Promise<StoreError> {
  if (error instanceof StoreError) return error;
  console.warn('sync: the database was not replaced:', error);
  if (isFull(error)) {
    return new StoreError(
      'storage',
      'This device has no room for a second database while the first one is still there. Free some space and try again. Nothing was changed.',
    );
  }
  if (isBackup) {
    const { backupFault } = await backupFile();
    return backupFault(error instanceof MigrationError && error.kind === 'newer' ? 'newer' : 'damaged');
  }
  return new StoreError('storage', 'The new database could not be made. Nothing was changed.');
}
