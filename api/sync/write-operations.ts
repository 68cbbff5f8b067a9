// Checks the form of each operation of a local transaction and has the server judge and apply what is sound: who may do
// what is decided in SQL, under the lock of the row (sync.judge in migrations/sync/access.server.sql; the data: db/sync/access.ts).
// A bad operation is refused by itself (W4); it never becomes a failure of the request.
import type { PoolClient } from 'pg';
import { refusalKind, refusalSentence } from '../../db/sync/rules';
import { type Schema, tableOf } from '../../db/sync/schema';
import { uuid, withPlainIds } from '../../db/sync/uuid';
import { limits, type Operation, operation, type RefusalKind, type Verdict } from '../../db/sync/wire';
import type { Person } from './sessions';
import type { Refusal, WriteFeature } from './write-feature';
import { inPieces } from './write-pieces';

/** What sync.apply_all answers for one operation. */
type Applied =
  | Exclude<Verdict, { status: 'refused' }>
  | { status: 'refused'; kind?: RefusalKind; state?: string; rule?: string | null };

/** One thing that was sent as an operation: it, when it is sound; else why it is refused. */
export type ReadOperation = { readonly op: Operation } | { readonly refusal: Refusal };

/**
 * Reads the operations of a transaction as it was sent, and has the features look at them. Nothing is locked meanwhile.
 * @returns one for each thing that was sent as an operation, in order; none for what is no list of operations
 * @throws ApiFailure 'busy' from a feature
 */
export async function readOperations(
  schema: Schema,
  features: readonly WriteFeature[],
  person: Person,
  raw: unknown,
): Promise<ReadOperation[]> {
  const sent = (raw as { operations?: unknown }).operations;
  if (!Array.isArray(sent)) return [];
  if (sent.length > limits.operations)
    return sent.map(() => ({ refusal: { kind: 'too-large', rule: null } }));
  let read = sent.map((item) => readOperation(schema, item));
  for (const { check } of features) {
    if (!check) continue;
    const sound = read.flatMap((one) => ('op' in one ? [one.op] : []));
    const refused = await check(sound, person);
    read = read.map((one) => {
      const refusal = 'op' in one ? refused.get(one.op) : undefined;
      return refusal ? { refusal } : one;
    });
  }
  return read;
}

/**
 * Applies a transaction on a connection that is inside the server transaction for it.
 * @returns one verdict per operation, in order (W3)
 */
export async function applyOperations(
  client: PoolClient,
  schema: Schema,
  person: Person,
  read: readonly ReadOperation[],
): Promise<Verdict[]> {
  const sound = read.flatMap((one) => ('op' in one ? [one.op] : []));
  const apply = async (piece: readonly Operation[]) => {
    const result = await client.query<{ verdicts: Applied[] }>('select sync.apply_all($1, $2) as verdicts', [
      person.id,
      JSON.stringify(piece),
    ]);
    return result.rows[0]!.verdicts;
  };
  const tooLong: Applied = { status: 'refused', kind: 'too-large' };
  const applied = (await inPieces(client, sound, apply, tooLong)).values();
  return read.map((one) => verdictOf(schema, 'op' in one ? applied.next().value! : refusalOf(one.refusal)));
}

const refusalOf = ({ kind, rule }: Refusal): Applied => ({ status: 'refused', kind, rule });

function verdictOf(schema: Schema, applied: Applied): Verdict {
  if (applied.status !== 'refused') return applied;
  const kind = applied.kind ?? refusalKind(applied.state ?? '');
  const rule = applied.rule ?? null;
  return { status: 'refused', kind, rule, sentence: refusalSentence(kind, rule, schema.sentences) };
}

function readOperation(schema: Schema, item: unknown): ReadOperation {
  const read = operation.safeParse(item);
  if (!read.success) return { refusal: { kind: 'invalid', rule: null } };
  const op = { ...read.data, set: withPlainIds(read.data.set), was: withPlainIds(read.data.was) };
  const refusal = formFault(schema, op);
  return refusal ? { refusal } : { op };
}

/** @returns what is wrong with an operation whoever sends it, or null */
function formFault(schema: Schema, op: Operation): Refusal | null {
  if (!tableOf(schema, op.table)) return { kind: 'unknown-table', rule: null };
  if (op.kind === 'insert' && !uuid.safeParse(op.set.workspace_id).success) {
    return { kind: 'invalid', rule: 'row_identity_fixed' };
  }
  return storable(op) ? null : { kind: 'invalid', rule: null };
}

/** @returns whether Postgres can hold every string of it: no NUL, no half of a surrogate pair. */
function storable(op: Operation): boolean {
  const text = JSON.stringify([op.set, op.was]);
  // JSON.stringify escapes both; an odd number of backslashes tells the escape from text that looks like it.
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text);
}
