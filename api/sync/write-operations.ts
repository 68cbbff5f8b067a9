// Checks the form of each operation of a local transaction and has the server judge and apply what is sound: who may do
// what is decided in SQL, under the lock of the row (sync.judge in migrations/sync/access.server.sql; the data: db/sync/access.ts).
// A bad operation is refused by itself (W4); it never becomes a failure of the request.
import type { PoolClient } from 'pg';
import type { UpdateFault } from '../../db/page/update';
import { refusalKind, refusalSentence } from '../../db/sync/rules';
import { uuid, withPlainIds } from '../../db/sync/uuid';
import { limits, type Operation, operation, type RefusalKind, type Verdict } from '../../db/sync/wire';
import { isTableName, schema } from '../../db/tables';
import type { Person } from '../deps';
import { bodyColumns } from '../page/faults';
import { inPieces } from './write-pieces';

/** What sync.apply_all answers for one operation. */
type Applied =
  | Exclude<Verdict, { status: 'refused' }>
  | { status: 'refused'; kind?: RefusalKind; state?: string; rule?: string | null };

function refused(kind: RefusalKind, rule: string | null = null): Verdict {
  return { status: 'refused', kind, rule, sentence: refusalSentence(schema.sentences, kind, rule) };
}

/**
 * Applies a transaction on a connection that is inside the server transaction for it.
 * @returns one verdict per operation, in order (W3). A transaction that is no list of operations gets one verdict
 *   for each thing that was sent as one.
 * @param faults of the updates in it, see bodyFaults
 */
export async function applyTransaction(
  client: PoolClient,
  person: Person,
  raw: unknown,
  faults: ReadonlyMap<number, UpdateFault | null>,
): Promise<Verdict[]> {
  const sent = (raw as { operations?: unknown }).operations;
  if (!Array.isArray(sent)) return [];
  if (sent.length > limits.operations) return sent.map(() => refused('too-large'));
  const sound: Operation[] = [];
  const verdicts = sent.map((item, i): Verdict | null => {
    const read = operation.safeParse(item);
    if (!read.success) return refused('invalid');
    const op = { ...read.data, set: withPlainIds(read.data.set), was: withPlainIds(read.data.was) };
    const fault = formFault(op) ?? bodyFault(op, faults.get(i));
    if (fault === null) sound.push(op);
    return fault;
  });
  if (sound.length === 0) return verdicts.map((v) => v!);
  const apply = async (piece: readonly Operation[]) => {
    const result = await client.query<{ verdicts: Applied[] }>('select sync.apply_all($1, $2) as verdicts', [
      person.id,
      JSON.stringify(piece),
    ]);
    return result.rows[0]!.verdicts;
  };
  const tooLong: Applied = { status: 'refused', kind: 'too-large' };
  const applied = (await inPieces(client, sound, apply, tooLong)).values();
  return verdicts.map((v) => v ?? fromApplied(applied.next().value!));
}

function fromApplied(applied: Applied): Verdict {
  if (applied.status !== 'refused') return applied;
  return refused(applied.kind ?? refusalKind(applied.state ?? ''), applied.rule ?? null);
}

/** @returns what is wrong with an operation whoever sends it, or null */
function formFault(op: Operation): Verdict | null {
  if (!isTableName(op.table)) return refused('unknown-table');
  if (op.kind === 'insert' && !uuid.safeParse(op.set.workspace_id).success) {
    return refused('invalid', 'row_identity_fixed');
  }
  return storable(op) ? null : refused('invalid');
}

/** @returns whether Postgres can hold every string of it: no NUL, no half of a surrogate pair. */
function storable(op: Operation): boolean {
  const text = JSON.stringify([op.set, op.was]);
  // JSON.stringify escapes both; an odd number of backslashes tells the escape from text that looks like it.
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text);
}

/** @param fault of the update in it; undefined: nobody has read it */
function bodyFault(op: Operation, fault: UpdateFault | null | undefined): Verdict | null {
  if (op.kind !== 'insert' || bodyColumns[op.table] === undefined) return null;
  if ((op.set.compacted ?? 0) !== 0) return refused('invalid', 'document_update_compacted_range');
  if (fault === null) return null;
  return fault === 'too-large'
    ? refused('too-large', `${op.table}_length`)
    : refused('invalid', 'document_update_form');
}
