// From the text of a where clause to a Predicate: parsed by Postgres's parser, checked against the list of what
// is allowed, parameters written in as literals, and the simple comparisons made ready for TypeScript.
import type { Pool } from 'pg';
import type { Column, Table } from './catalog';
import { quoteName, quoteText } from './connection';
import { invalid, ShapeError } from './errors';
import {
  type Comparison,
  type Condition,
  isLocal,
  makePredicate,
  type Ordering,
  type Predicate,
} from './predicate';
import { type Fields, loadParser, type Node, names, open, parseWhere } from './syntax';
import { checkTree } from './where-allowed';

/** Values for $1, $2, …: the key is the number. */
export type Params = Readonly<Record<string, string>>;

/**
 * Compiles a where clause for a table.
 * @throws ShapeError `invalid` on `where` or `params`
 */
export async function compileWhere(
  pool: Pool,
  table: Table,
  clause: string,
  params: Params,
): Promise<Predicate> {
  const values = checkParams(params);
  await loadParser();
  let parsed: ReturnType<typeof parseWhere>;
  try {
    parsed = parseWhere(clause);
  } catch (error) {
    throw invalid('where', `The where clause cannot be parsed: ${(error as Error).message}`);
  }
  const found = checkTree(parsed.tree, table);
  const sql = writeParams(clause, found.params, values, parsed.offset);
  const literals: Literal[] = [];
  const draft = simplify(parsed.tree, { table, values, literals });
  const texts = await canonicalTexts(pool, literals);
  const condition = settle(draft, texts);
  if (!isLocal(condition)) await checkWithPostgres(pool, table, sql);
  return makePredicate(sql, found.columns, condition);
}

function checkParams(params: Params): Map<number, string> {
  const values = new Map<number, string>();
  for (const [key, value] of Object.entries(params)) {
    if (!/^[+-]?\d+$/.test(key)) throw invalid('params', 'Parameters can only use numbers as keys');
    values.set(Number(key), value);
  }
  for (let n = 1; n <= values.size; n++) {
    if (!values.has(n)) {
      throw invalid('params', 'Parameters must be numbered sequentially, starting from 1');
    }
  }
  return values;
}

/** Replaces every $n by the parameter's value as a literal of unknown type, which is what a parameter is. */
function writeParams(
  clause: string,
  places: readonly { number: number; location: number }[],
  values: ReadonlyMap<number, string>,
  offset: (location: number) => number,
): string {
  const bytes = Buffer.from(clause);
  const pieces: string[] = [];
  let at = 0;
  for (const { number, location } of [...places].sort((a, b) => a.location - b.location)) {
    const value = values.get(number);
    if (value === undefined) throw invalid('params', `Parameter $${number} was not provided`);
    if (value.includes('\0')) throw invalid('params', `Parameter $${number} contains a null byte`);
    const start = offset(location);
    pieces.push(bytes.toString('utf8', at, start), ` ${quoteText(value)} `);
    at = start + 1;
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  }
  return `${pieces.join('')}${bytes.toString('utf8', at)}\n`;
}

/** A literal whose canonical text, for the column's type, is still to be asked of Postgres. */
interface Literal {
  readonly sqlType: string;
  readonly text: string;
}

interface Context {
  readonly table: Table;
  readonly values: ReadonlyMap<number, string>;
  readonly literals: Literal[];
}

/** As Condition, with `literal` an index into the context's literals instead of the value. */
type Draft = (texts: readonly (string | null)[]) => Condition;

const closed =
  (condition: Condition): Draft =>
  () =>
    condition;
const postgres = closed({ kind: 'open' });

function settle(draft: Draft, texts: readonly (string | null)[]): Condition {
  return draft(texts);
}

function simplify(node: Node, context: Context): Draft {
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

function simplifyLogic(fields: Fields, context: Context): Draft {
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

function simplifyComparison(fields: Fields, context: Context): Draft {
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
function constantOf(node: Node, column: Column | undefined, context: Context): string | null | undefined {
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

function compare(column: Column, operator: Comparison, value: string | null, context: Context): Draft {
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

/** Asks Postgres for the literals as it prints them: `{` and upper case in a uuid, spaces in a number, and so on. */
async function canonicalTexts(pool: Pool, literals: readonly Literal[]): Promise<(string | null)[]> {
  if (literals.every(({ sqlType, text }) => isCanonical(sqlType, text)))
    return literals.map(({ text }) => text);
  const columns = literals.map(({ sqlType, text }) => `concat(${quoteText(text)}::${sqlType})`);
  try {
    const result = await pool.query<(string | null)[]>({
      text: `select ${columns.join(', ')}`,
      rowMode: 'array',
    });
    return result.rows[0]!;
  } catch (error) {
    throw asInvalid(error);
  }
}

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isCanonical(sqlType: string, text: string): boolean {
  if (sqlType === 'text') return true;
  if (sqlType === 'uuid') return canonicalUuid.test(text);
  if (sqlType === 'boolean') return text === 't' || text === 'f';
  return sqlType === 'integer' && /^(0|-?[1-9]\d{0,8})$/.test(text);
}

/** Lets Postgres find operators, functions and types, and refuse what does not fit. */
async function checkWithPostgres(pool: Pool, table: Table, sql: string): Promise<void> {
  const name = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  try {
    await pool.query(`select from ${name} where (${sql}) limit 0`);
  } catch (error) {
    throw asInvalid(error);
  }
}

/** Postgres's complaint about the clause as a 400; anything else goes on as it is. */
function asInvalid(error: unknown): unknown {
  if (error instanceof ShapeError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (!/^(22|42|0A)/.test(code)) return error;
  if (error.message.startsWith('argument of WHERE must be type boolean')) {
    return invalid('where', 'WHERE clause must return a boolean');
  }
  return invalid('where', error.message);
}
