// The simple comparisons of a where clause, made ready for TypeScript: a column against a literal or parameter, of
// types whose text tells enough. Everything else is left open for Postgres.
import type { Column, Table } from './catalog';
import type { Comparison, Condition, Ordering } from './predicate';
import { type Fields, type Node, names, open } from './syntax';

/** A literal whose canonical text, for the column's type, is still to be asked of Postgres. */
export interface Literal {
  readonly sqlType: string;
  readonly text: string;
}

export interface ClauseContext {
  readonly table: Table;
  readonly values: ReadonlyMap<number, string>;
  readonly literals: Literal[];
}

/** As Condition, with `literal` an index into the context's literals instead of the value. */
export type Draft = (texts: readonly (string | null)[]) => Condition;

const closed =
  (condition: Condition): Draft =>
  () =>
    condition;
const postgres = closed({ kind: 'open' });

/** The draft of a whole clause; what TypeScript cannot decide in it stays open. */
export function simplify(node: Node, context: ClauseContext): Draft {
  const [type, fields] = open(node);
  switch (type) {
    case 'BoolExpr':
      return simplifyLogic(fields, context);
    case 'NullTest': {
      const column = columnOf(fields.arg as Node, context.table);
      // A row type's IS NULL looks into it; that is Postgres's business.
      if (!column || column.kind === 'c' || column.kind === 'd') return postgres;
      return closed({ kind: 'null', column: column.name, negated: fields.nulltesttype === 'IS_NOT_NULL' });
    }
    case 'ColumnRef': {
      const column = columnOf(node, context.table);
      return column && isPlain(column, 'bool') ? compare(column, '=', 't', context) : postgres;
    }
    case 'A_Const':
      if (fields.isnull) return closed({ kind: 'constant', value: null });
      if (fields.boolval) {
        return closed({ kind: 'constant', value: (fields.boolval as Fields).boolval === true });
      }
      return postgres;
    case 'A_Expr':
      return simplifyComparison(fields, context);
    default:
      return postgres;
  }
}

function simplifyLogic(fields: Fields, context: ClauseContext): Draft {
  const parts = (fields.args as Node[]).map((arg) => simplify(arg, context));
  if (fields.boolop === 'NOT_EXPR') return (texts) => ({ kind: 'not', part: parts[0]!(texts) });
  const kind = fields.boolop === 'AND_EXPR' ? 'and' : 'or';
  return (texts) => ({ kind, parts: parts.map((part) => part(texts)) });
}

const comparisons = new Set<string>(['=', '<>', '<', '>', '<=', '>=']);
const flipped: Record<Comparison, Comparison> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

function simplifyComparison(fields: Fields, context: ClauseContext): Draft {
  const name = names(fields.name);
  const operator = name.at(-1) ?? '';
  if (name.length !== 1 || !comparisons.has(operator)) return postgres;
  const left = fields.lexpr as Node | undefined;
  const right = fields.rexpr as Node | undefined;
  if (!left || !right) return postgres;
  if (fields.kind === 'AEXPR_IN') {
    const column = columnOf(left, context.table);
    const items = ((right.List?.items ?? []) as Node[]).map((item) => constantOf(item, column, context));
    if (!column || items.some((item) => item === undefined)) return postgres;
    const each = items.map((item) => compare(column, operator as Comparison, item!, context));
    const kind = operator === '=' ? 'or' : 'and';
    return (texts) => ({ kind, parts: each.map((part) => part(texts)) });
  }
  if (fields.kind !== 'AEXPR_OP') return postgres;
  const sides = [
    [columnOf(left, context.table), right, operator as Comparison],
    [columnOf(right, context.table), left, flipped[operator as Comparison]],
  ] as const;
  for (const [column, other, direction] of sides) {
    if (!column) continue;
    const value = constantOf(other, column, context);
    if (value !== undefined) return compare(column, direction, value, context);
  }
  return postgres;
}

function columnOf(node: Node, table: Table): Column | undefined {
  const fields = node.ColumnRef;
  if (!fields) return undefined;
  const name = names(fields.fields).at(-1);
  return table.columns.find((column) => column.name === name);
}

/** The text of a literal or parameter compared with the column; undefined when it is more than that. */
function constantOf(
  node: Node,
  column: Column | undefined,
  context: ClauseContext,
): string | null | undefined {
  const [type, fields] = open(node);
  if (type === 'ParamRef') return context.values.get(Number(fields.number));
  if (type === 'TypeCast') {
    const target = fields.typeName as Fields;
    const plain = !target.typmods && !target.arrayBounds && names(target.names).at(-1) === column?.type;
    return plain ? constantOf(fields.arg as Node, column, context) : undefined;
  }
  if (type !== 'A_Const') return undefined;
  if (fields.isnull) return null;
  if (fields.sval) return String((fields.sval as Fields).sval ?? '');
  if (fields.ival && column && orderings[column.type] !== undefined && integers.has(column.type)) {
    return String((fields.ival as Fields).ival ?? 0);
  }
  if (fields.boolval && column?.type === 'bool') {
    return (fields.boolval as Fields).boolval === true ? 't' : 'f';
  }
  return undefined;
}

const integers = new Set(['int2', 'int4', 'int8']);

/** Types whose equality is equality of their text, and how else their text compares. */
const orderings: Readonly<Record<string, Ordering>> = {
  uuid: 'text',
  text: 'exact',
  varchar: 'exact',
  bool: 'exact',
  date: 'exact',
  timestamp: 'exact',
  timestamptz: 'exact',
  int2: 'integer',
  int4: 'integer',
  int8: 'bigint',
};

function isPlain(column: Column, type: string): boolean {
  return column.type === type && column.dimensions === 0 && column.kind === 'b';
}

function compare(column: Column, operator: Comparison, value: string | null, context: ClauseContext): Draft {
  const enumerated = column.kind === 'e' && column.dimensions === 0;
  const ordering = enumerated ? 'exact' : orderings[column.type];
  const simple = enumerated || (ordering !== undefined && isPlain(column, column.type));
  const ordered = ordering !== 'exact' && ordering !== undefined;
  if (!simple || !column.deterministic || (!ordered && operator !== '=' && operator !== '<>'))
    return postgres;
  if (value === null) return closed({ kind: 'constant', value: null });
  // A length in the column's type would cut the literal: compare with the type as such.
  const sqlType = column.type === 'varchar' ? 'text' : column.sqlType.replace(/\(\d+\)/, '');
  const index = context.literals.push({ sqlType, text: value }) - 1;
  return (texts) => ({
    kind: 'compare',
    column: column.name,
    operator,
    ordering: ordering ?? 'exact',
    value: texts[index]!,
  });
}
