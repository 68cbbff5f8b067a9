// Checks each operation of a local transaction (shape, table, columns, access) and applies what passes.
// A bad operation is refused by itself (W4); it never becomes a failure of the request.
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { canWriteRow, ownedTables, type Role, type RowFacts } from '../db/access';
import type { UpdateFault } from '../db/document/update';
import { refusalKind, refusalSentence } from '../db/rules';
import { isTableName, type SyncedTable, type TableName, tables } from '../db/tables';
import { limits, type Operation, operation, type RefusalKind, type Verdict } from '../db/wire';
import type { Person } from './deps';
import { bodyColumns } from './documents/faults';
import { inPieces } from './write-pieces';

/** What sync.apply answers for one operation. */
type Applied =
  | Exclude<Verdict, { status: 'refused' }>
  | { status: 'refused'; kind?: RefusalKind; state?: string; rule?: string | null };

interface Facts extends RowFacts {
  /** Member id of the author, also of a deleted row: a restore may name it again. */
  readonly authorId: string | null;
  /** Somebody else's private booking: its id is no proof that one knows it. */
  readonly hidden?: boolean;
}

function refused(kind: RefusalKind, rule: string | null = null): Verdict {
  return { status: 'refused', kind, rule, sentence: refusalSentence(kind, rule) };
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
  const parsed = sent.map((item) => operation.safeParse(item));
  const members = await membersOf(client, person);
  const operations = parsed.map((p) => (p.success ? withoutOthers(p.data, members) : null));

  const facts = await knownRows(client, operations, person);
  const roles = await rolesOf(client, person);

  const accepted: ServerOperation[] = [];
  const verdicts = operations.map((op, i): Verdict | null => {
    const refusal =
      op === null ? refused('invalid') : check(op, facts, roles, members, person, faults.get(i));
    if (refusal !== null || op === null) return refusal;
    accepted.push(forServer(op, facts.get(keyOf(op.table, op.id))!));
    return null;
  });
  if (accepted.length === 0) return verdicts.map((v) => v!);
  const apply = async (piece: readonly ServerOperation[]) => {
    const result = await client.query<{ verdicts: Applied[] }>('select sync.apply_all($1, $2) as verdicts', [
      person.id,
      JSON.stringify(piece),
    ]);
    return result.rows[0]!.verdicts;
  };
  const tooLong: Applied = { status: 'refused', kind: 'too-large' };
  const applied = (await inPieces(client, accepted, apply, tooLong)).values();
  return verdicts.map((v) => v ?? fromApplied(applied.next().value!));
}

function fromApplied(applied: Applied): Verdict {
  if (applied.status !== 'refused') return applied;
  return refused(applied.kind ?? refusalKind(applied.state ?? ''), applied.rule ?? null);
}

const keyOf = (table: string, id: string) => `${table}/${id}`;

/** Workspace and person of every row that the operations name, as far as the server knows them, deleted ones too. */
async function knownRows(
  client: PoolClient,
  operations: (Operation | null)[],
  person: Person,
): Promise<Map<string, Facts>> {
  const named = operations.filter((op) => op !== null && isTableName(op.table)) as Operation[];
  const found = await client.query<Facts & { table: string; id: string }>(
    `select r."table", r.id, r.workspace_id as "workspaceId", a.id as "authorId",
       case r."table" when 'notice' then n.user_id when 'comment' then a.user_id
         when 'booking' then coalesce(b.user_id, r.grave ->> 'user_id')
         when 'page_favourite' then coalesce(f.user_id, r.grave ->> 'user_id') end as "personId",
       coalesce(b.private and b.user_id <> $3, f.user_id <> $3, false) as hidden,
       r."table" = 'resource' and exists (
         select from booking o where o.resource_id = r.id and o.user_id <> $3) as "holdsOthers"
     from (select distinct * from unnest($1::text[], $2::uuid[]) as u ("table", id)) named
     join sync.register r using ("table", id)
     left join notice n on r."table" = 'notice' and n.id = r.id
     left join comment c on r."table" = 'comment' and c.id = r.id
     left join task t on r."table" = 'task' and t.id = r.id
     left join booking b on r."table" = 'booking' and b.id = r.id
     left join page_favourite f on r."table" = 'page_favourite' and f.id = r.id
     left join page p on r."table" = 'page' and p.id = r.id
     left join document_version v on r."table" = 'document_version' and v.id = r.id
     left join member a on a.id = coalesce(c.author_id, t.author_id, p.author_id, v.author_id, (r.grave ->> 'author_id')::uuid)`,
    [named.map((op) => op.table), named.map((op) => op.id), person.id],
  );
  return new Map(found.rows.map((r) => [keyOf(r.table, r.id), r]));
}

async function rolesOf(client: PoolClient, person: Person): Promise<Map<string, Role>> {
  const found = await client.query<{ workspace_id: string; role: Role }>(
    'select workspace_id, role from member where user_id = $1 for share',
    [person.id],
  );
  return new Map(found.rows.map((r) => [r.workspace_id, r.role]));
}

/** The person's own member ids: the only authors they may name. */
async function membersOf(client: PoolClient, person: Person): Promise<Set<string>> {
  const found = await client.query<{ id: string }>('select id from member where user_id = $1', [person.id]);
  return new Set(found.rows.map((r) => r.id));
}

/** Who put a page into the bin is whoever says so; an undo that brings another's name back does so without it. */
function withoutOthers(op: Operation, members: ReadonlySet<string>): Operation {
  const named = op.set.deleted_by;
  if (op.table !== 'page' || named == null || members.has(String(named))) return op;
  const { deleted_by: _, ...set } = op.set;
  return { ...op, set };
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

/** Whose row an insert makes. What names a person must name the one who sends it. */
function personOfNew(op: Operation, person: Person): string | null {
  return op.table === 'comment' || ownedTables.has(op.table as TableName) ? person.id : null;
}

/** @returns a refusal, or null. Notes what an insert makes known. */
function check(
  op: Operation,
  facts: Map<string, Facts>,
  roles: Map<string, Role>,
  members: Set<string>,
  person: Person,
  unsound: UpdateFault | null | undefined,
): Verdict | null {
  if (!isTableName(op.table)) return refused('unknown-table');
  const table: SyncedTable = tables[op.table];
  const key = keyOf(op.table, op.id);
  let row = facts.get(key);
  if (op.kind === 'insert') {
    const workspaceId = op.set.workspace_id;
    if (!z.uuid().safeParse(workspaceId).success) return refused('invalid', 'row_identity_fixed');
    if (row !== undefined && row.workspaceId !== workspaceId) return refused('forbidden');
    row ??= { workspaceId: workspaceId as string, personId: personOfNew(op, person), authorId: null };
    // Also when it is made again: whose it is does not change.
    if (ownedTables.has(op.table) && op.set.user_id !== row.personId) return refused('forbidden');
  }
  if (row === undefined || (row.hidden && op.kind !== 'insert')) return refused('unknown-row');
  if (!canWriteRow(roles.get(row.workspaceId) ?? null, op.table, op.kind, row, person.id)) {
    // Whether a row of somebody else's workspace exists is not told.
    return refused(roles.has(row.workspaceId) || op.kind === 'insert' ? 'forbidden' : 'unknown-row');
  }
  const allowed: readonly string[] = op.kind === 'insert' ? table.insertable : table.updatable;
  if (op.kind !== 'delete' && Object.keys(op.set).some((column) => !allowed.includes(column))) {
    return refused('unknown-column');
  }
  const author = op.set.author_id;
  if (author != null && author !== row.authorId && !(typeof author === 'string' && members.has(author))) {
    return refused('forbidden');
  }
  if (!storable(op)) return refused('invalid');
  const fault = bodyFault(op, unsound);
  if (fault !== null) return fault;
  facts.set(key, row);
  return null;
}

/** An operation as sync.apply takes it. */
interface ServerOperation extends Operation {
  readonly workspace_id: string;
  /** Columns that an insert decides, given or not. */
  readonly fields: readonly string[];
  readonly silent: readonly string[];
}

function forServer(op: Operation, row: Facts): ServerOperation {
  const table: SyncedTable = tables[op.table as TableName];
  return {
    ...op,
    set: op.kind === 'delete' ? {} : op.set,
    workspace_id: row.workspaceId,
    fields: table.insertable,
    silent: table.silent,
  };
}
