// Signing out with the data: nothing that was called saved goes with it unasked, however close the write was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { openNodeEngine } from '../open-node';
import { StoreError } from './store';

/** Lets this many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((next) => setImmediate(next));
}

test('W1: a write beside a sign-out that removes the data is either counted as unsent, or not called saved', async () => {
  const prepared = await preparedBlob();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 6 }),
      async (writesAt, removeAt) => {
        const engine = await openNodeEngine({ userId: 'ada', baseUrl: '', sync: false, prepared });
        let saved = 0;
        const write = async (at: number) => {
          await turns(at);
          const sql = `insert into sync.stock_request (id, workspace_id, item_id, quantity, seen)
            values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 1)`;
          try {
            await engine.write(crypto.randomUUID(), [{ sql, parameters: [] }]);
            saved++;
          } catch (error) {
            expect(error).toBeInstanceOf(StoreError);
            expect((error as StoreError).kind).toBe('closed');
          }
        };
        const removing = turns(removeAt).then(() => engine.remove({ discardUnsent: false }));
        const [result] = await Promise.all([removing, ...writesAt.map(write)]);
        if (result.removed) {
          expect(saved).toBe(0);
          return;
        }
        expect(saved).toBeGreaterThan(0);
        // It stays, and goes on taking writes.
        await write(0);
        const [row] = (await engine.read({
          sql: 'select count(*)::int as n from sync.stock_request',
          parameters: [],
        })) as {
          n: number;
        }[];
        expect(row!.n).toBe(saved);
        await engine.close();
      },
    ),
    { numRuns: 12 },
  );
});
