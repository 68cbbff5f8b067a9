// Postgres on a disk whose file may not grow any more: statements fail with its error for that, what was stored is there, and
// when it stops because its log finds no room either, it starts again, without any room having been made.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { preparedBlob } from '../../../scripts/prepare';
import { CuttableHandle, choicesOf } from '../../../scripts/testing/cuttable-handle';
import { openPGlite } from '../../open-node';
import { isFull } from '../database';
import { imageOf } from '../prepared-node';
import { DatabaseStopped } from '../stopped';
import { Disk } from './disk';
import { DiskFiles } from './disk-files';
import { fill } from './image';

const open = (handle: CuttableHandle) => openPGlite({ fs: new DiskFiles(async () => Disk.open(handle)) });

/** Text that does not compress. */
const letters = (count: number) => randomBytes(count).toString('base64').slice(0, count);

test('W1: with no room left, statements say so, and a Postgres that stopped starts again with all that was stored', async () => {
  let handle = new CuttableHandle();
  await fill(handle, (await imageOf(await preparedBlob())).stream());
  let pg = await open(handle);
  await pg.exec('create table kept (n int primary key, text text not null)');
  await pg.query('insert into kept values (0, $1)', [letters(1000)]);
  handle.limit = handle.getSize();
  let stored = 0;
  let refused = 0;
  let stops = 0;
  for (let tries = 0; tries < 500 && stops < 2; tries++) {
    try {
      // Only the log grows by it, until it has no room either.
      if (refused > 10)
        await pg.query("select pg_logical_emit_message(false, 'fill', $1)", [letters(200_000)]);
      await pg.query('insert into kept values ($1, $2)', [stored + 1, letters(40_000)]);
      stored++;
    } catch (error) {
      expect(isFull(error)).toBe(true);
      refused++;
      if (!(error instanceof DatabaseStopped) && !(await stopped(pg))) continue;
      stops++;
      // Once as after an end of the program, once as after a loss of power.
      const { limit } = handle;
      handle = new CuttableHandle(stops === 1 ? handle.contents() : handle.cut(choicesOf(7)));
      handle.limit = limit;
      pg = await open(handle);
      const { rows } = await pg.query<{ n: number }>('select max(n) as n from kept');
      // The one that the stop cut off was committed or was not.
      expect([stored, stored + 1]).toContain(rows[0]!.n);
      stored = rows[0]!.n;
      await pg.query('update kept set text = $1 where n = 0', [`start ${stops}`]);
    }
  }
  expect(stored).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(10);
  expect(stops).toBe(2);
  handle.limit = Number.POSITIVE_INFINITY;
  await pg.query('insert into kept values ($1, $2)', [stored + 1, letters(40_000)]);
  await pg.close();
  const again = await open(handle);
  expect((await again.query('select count(*)::int as n from kept')).rows).toEqual([{ n: stored + 2 }]);
  await again.close();
});

/** Whether it takes nothing any more. */
async function stopped(pg: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  return await pg.query('select 1').then(
    () => false,
    (error: unknown) => error instanceof DatabaseStopped,
  );
}
