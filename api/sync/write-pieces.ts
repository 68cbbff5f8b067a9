// Has Postgres apply operations piece by piece, so that no statement is long, and one that is all the same costs only the
// operation that it is of (A5, W4).
import type { PoolClient } from 'pg';

/** Operations for one statement: some 100 ms. */
const PIECE = 200;
/** A transaction may take this long, ms: beyond, what is left of it is refused. 50,000 operations take a tenth of it. */
const LONGEST = 300_000;

/**
 * @param run applies operations in one statement, and answers for each
 * @param tooLong the answer for an operation that takes too long
 * @returns one answer for each operation, in order
 */
export async function inPieces<Op, Done>(
  client: PoolClient,
  operations: readonly Op[],
  run: (piece: readonly Op[]) => Promise<readonly Done[]>,
  tooLong: Done,
  options: { readonly piece: number; readonly longest: number } = { piece: PIECE, longest: LONGEST },
): Promise<Done[]> {
  const end = performance.now() + options.longest;
  const done: Done[] = [];
  const apply = async (piece: readonly Op[]): Promise<void> => {
    if (performance.now() > end) {
      done.push(...piece.map(() => tooLong));
      return;
    }
    await client.query('savepoint piece');
    try {
      const answers = await run(piece);
      await client.query('release savepoint piece');
      done.push(...answers);
    } catch (error) {
      // query_canceled: by statement_timeout.
      if ((error as { code?: unknown }).code !== '57014') throw error;
      await client.query('rollback to savepoint piece');
      if (piece.length === 1) done.push(tooLong);
      else {
        const half = Math.ceil(piece.length / 2);
        await apply(piece.slice(0, half));
        await apply(piece.slice(half));
      }
    }
  };
  for (let i = 0; i < operations.length; i += options.piece)
    await apply(operations.slice(i, i + options.piece));
  return done;
}
