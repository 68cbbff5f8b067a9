// What a write does to rows, as far as the tab that asks for it can tell before the database answers: read from the
// statements as Kysely built them, or from the changes that are undone. What cannot be told (raw SQL, a condition that
// is more than equalities, a value that the database computes) is left out; the database's answer shows it.
import {
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  type CompiledQuery,
  type OperationNode,
  OperatorNode,
  PrimitiveValueListNode,
  ReferenceNode,
  TableNode,
  ValueListNode,
  ValueNode,
} from 'kysely';
import type { Change } from './written';

type Values = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly table: string;
  /** The rows whose columns have all these values: `id` for one row. An insert has its `id` here. */
  readonly where: Values;
  /** Column values that an insert or update gives, as they were written. */
  readonly set: Values;
  /** Of `set`, a column counts only where the row still has this value. Absent: whatever it has. */
  readonly instead?: Values;
}

/** @returns the operations of compiled statements, in order; statements that cannot be told are missing */
export function operationsOf(statements: readonly CompiledQuery[]): Operation[] {
  return statements.flatMap(({ query }) => operationOf(query));
}

function operationOf(query: CompiledQuery['query']): Operation[] {
  if (query.kind === 'UpdateQueryNode') {
    const table = tableOf(query.table);
    const where = query.where && equalities(query.where.where);
    if (!table || !where || query.from || query.joins || query.with) return [];
    const set: Record<string, unknown> = {};
    for (const { column, value } of query.updates ?? []) {
      const name = columnOf(column);
      const known = name === null ? nothing : shownValue(value);
      if (name !== null && known !== nothing) set[name] = known;
    }
    return [{ kind: 'update', table, where, set }];
  }
  if (query.kind === 'DeleteQueryNode') {
    const table = query.from.froms.length === 1 ? tableOf(query.from.froms[0]) : null;
    const where = query.where && equalities(query.where.where);
    if (!table || !where || query.using || query.joins || query.with) return [];
    return [{ kind: 'delete', table, where, set: {} }];
  }
  if (query.kind === 'InsertQueryNode') {
    const table = tableOf(query.into);
    const values = query.values as { readonly values?: readonly OperationNode[] } | undefined;
    if (!table || query.values?.kind !== 'ValuesNode' || query.with) return [];
    // An insert that changes the row that is there is left to the database.
    if (query.onConflict?.updates) return [];
    const names = (query.columns ?? []).map(({ column }) => column.name);
    return (values?.values ?? []).flatMap((row): Operation[] => {
      const set = insertedValues(names, row);
      return set.id === undefined ? [] : [{ kind: 'insert', table, where: { id: set.id }, set }];
    });
  }
  return [];
}

function insertedValues(names: readonly string[], row: OperationNode): Record<string, unknown> {
  const list = PrimitiveValueListNode.is(row)
    ? row.values.map(plain)
    : ValueListNode.is(row)
      ? row.values.map(shownValue)
      : [];
  return Object.fromEntries(
    names
      .map((name, i) => [name, list[i]] as const)
      .filter(([, value]) => value !== nothing && value !== undefined),
  );
}

/** Says that a value is not known. */
const nothing = Symbol('not known');

/** What a row would show of a value; bytes and objects are shown otherwise than they are written. */
const plain = (value: unknown): unknown =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value) ? value : nothing;

function shownValue(node: OperationNode): unknown {
  return ValueNode.is(node) ? plain(node.value) : nothing;
}

/** Tables of the schema public are named without it; what has another schema is none that is synced. */
function tableOf(node: OperationNode | undefined): string | null {
  if (!node || !TableNode.is(node) || node.table.schema) return null;
  return node.table.identifier.name;
}

function columnOf(node: OperationNode): string | null {
  const column = ReferenceNode.is(node) ? node.column : node;
  return ColumnNode.is(column) ? column.column.name : null;
}

/** @returns the values of a condition that is nothing but equalities joined by "and"; null: it is more */
function equalities(node: OperationNode): Record<string, unknown> | null {
  if (AndNode.is(node)) {
    const [left, right] = [equalities(node.left), equalities(node.right)];
    return left && right && { ...left, ...right };
  }
  if (!BinaryOperationNode.is(node)) return null;
  const { leftOperand, operator, rightOperand } = node;
  const name = columnOf(leftOperand);
  const value = shownValue(rightOperand);
  const isEqual = OperatorNode.is(operator) && operator.operator === '=';
  return isEqual && name !== null && value !== nothing ? { [name]: value } : null;
}

/** @returns what undoing these changes does: the inverse of each, the last first (local-writes.ts, undoRunner) */
export function operationsOfUndo(changes: readonly Change[]): Operation[] {
  return [...changes].reverse().map(({ table, id, kind, set, was }): Operation => {
    if (kind === 'insert') return { kind: 'delete', table, where: { id }, set: {} };
    if (kind === 'delete') return { kind: 'insert', table, where: { id }, set: { ...was, id } };
    return { kind: 'update', table, where: { id }, set: was, instead: set };
  });
}
