// Folds unsent updates of a body: what was typed offline becomes few rows, however long somebody typed. Only what was
// never sent may be folded, because the server may have taken what was sent, under its own counter (W2).
import type { PGliteInterface } from '@electric-sql/pglite';
import { mergeAll } from '../../../db/page/merge';

/** Bytes of updates that are folded into one row; such a row is left alone afterwards. */
const FULL = 200_000;

interface Loose {
  readonly i: string;
  readonly document: string;
  readonly update: Uint8Array;
}

/**
 * @param sentUpTo counter of the last local transaction that was ever given to a request
 * @returns how many rows there are fewer
 */
export async function foldUpdates(pg: PGliteInterface, sentUpTo: number): Promise<number> {
  return await pg.transaction(async (tx) => {
    const { rows } = await tx.query<Loose>(
      `select o.i, o.workspace_id || '/' || u.document_id as document, u.update
       from sync.outbox o join document_update u on u.id = o.row_id
       where o."table" = 'document_update' and o.kind = 'insert' and o.verdict is null and o.n > $1
         and octet_length(u.update) < $2
         and not exists (select from sync.outbox other where other.n = o.n and other.i <> o.i and other.verdict is null)
       order by o.i`,
      [sentUpTo, FULL],
    );
    let fewer = 0;
    for (const group of groups(rows)) {
      const merged = mergedOrNull(group.map((row) => row.update));
      if (!merged) continue;
      await tx.query('select sync.fold_updates($1, $2, $3)', [
        group.map((row) => row.i),
        crypto.randomUUID(),
        merged,
      ]);
      fewer += group.length - 1;
    }
    return fewer;
  });
}

/** Of one document each, in their order, no more than make a full row. */
function groups(rows: readonly Loose[]): Loose[][] {
  const all: Loose[][] = [];
  const open = new Map<string, { readonly group: Loose[]; bytes: number }>();
  for (const row of rows) {
    let part = open.get(row.document);
    if (!part || part.bytes + row.update.byteLength > FULL) {
      part = { group: [], bytes: 0 };
      open.set(row.document, part);
      all.push(part.group);
    }
    part.group.push(row);
    part.bytes += row.update.byteLength;
  }
  return all.filter((group) => group.length > 1);
}

/** Damaged updates stay as they are: the server says what is wrong with each. */
function mergedOrNull(updates: readonly Uint8Array[]): Uint8Array | null {
  try {
    return mergeAll(updates);
  } catch {
    return null;
  }
}
