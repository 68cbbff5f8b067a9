// From the text of a where clause to a Predicate: parsed by Postgres's parser, checked against the list of what
// is allowed, parameters written in as literals, and the simple comparisons made ready for TypeScript.
import type { Pool } from 'pg';
import type { Column, Table } from './catalog';
import { checkWhere, type Scope } from './clause-allowed';
import { quoteName, quoteText, withConnection } from './connection';
import {
  type Comparison,
  type Condition,
  isLocal,
  makePredicate,
  type Ordering,
  type Predicate,
} from './predicate';
import { ClauseError, type Fields, loadParser, type Node, names, open, parseWhere } from './syntax';

/** Values for $1, $2, …: the key is the number. */
export type Params = Readonly<Record<string, string>>;

/** A parameter is missing or misnamed; everything else about a clause is a ClauseError. */
export class ParamsError extends Error {
  override readonly name = 'ParamsError';
}

/**
 * Compiles a where clause, and makes sure that Postgres takes it and that it depends on nothing but the row.
 * @param visible the columns that it may name
 * @throws ClauseError, ParamsError
 */
export async function compileWhere(
  pool: Pool,
  table: Table,
  clause: string,
  params: Params,
  visible: readonly Column[] = table.columns,
): Promise<Predicate> {
  const scope = { table: table.name, columns: visible };
  const { tree, sql, columns, values } = await readWhere(scope, clause, params);
  const literals: Literal[] = [];
  const draft = simplify(tree, { table, values, literals });
  const condition = draft(await canonicalTexts(pool, literals));
  if (!isLocal(condition)) await checkOnce(pool, table, clause, sql);
  return makePredicate(sql, columns, condition);
}

/** A clause that Postgres can be given. */
interface WrittenClause {
  readonly tree: Node;
  /** With literals in place of parameters; ends in a newline. */
  readonly sql: string;
  readonly columns: readonly string[];
  readonly values: ReadonlyMap<number, string>;
}

/**
 * Parses and checks a clause without asking Postgres about it.
 * @throws ClauseError, ParamsError
 */
async function readWhere(scope: Scope, clause: string, params: Params): Promise<WrittenClause> {
  const values = checkParams(params);
  await loadParser();
  const tree = parseWhere(clause);
  const found = checkWhere(tree, scope);
  return { tree, sql: writeParams(clause, found.params, values), columns: found.columns, values };
}

function checkParams(params: Params): Map<number, string> {
  const values = new Map<number, string>();
  for (const [key, value] of Object.entries(params)) {
    if (!/^[+-]?\d+$/.test(key)) throw new ParamsError('Parameters can only use numbers as keys');
    values.set(Number(key), value);
  }
  for (let n = 1; n <= values.size; n++) {
    if (!values.has(n)) throw new ParamsError('Parameters must be numbered sequentially, starting from 1');
  }
  return values;
}

/** Replaces every $n by the parameter's value as a literal of unknown type, which is what a parameter is. */
function writeParams(
  clause: string,
  places: readonly { readonly number: number; readonly offset: number }[],
  values: ReadonlyMap<number, string>,
): string {
  const bytes = Buffer.from(clause);
  const pieces: string[] = [];
  let at = 0;
  for (const { number, offset } of [...places].sort((a, b) => a.offset - b.offset)) {
    const value = values.get(number);
    if (value === undefined) throw new ClauseError(`parameter $${number} was not provided`, offset);
    if (value.includes('\0')) throw new ClauseError(`parameter $${number} contains a null byte`, offset);
    pieces.push(bytes.toString('utf8', at, offset), ` ${quoteText(value)} `);
    at = offset + 1;
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
    throw asClauseError(error);
  }
}

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isCanonical(sqlType: string, text: string): boolean {
  if (sqlType === 'text') return true;
  if (sqlType === 'uuid') return canonicalUuid.test(text);
  if (sqlType === 'boolean') return text === 't' || text === 'f';
  return sqlType === 'integer' && /^(0|-?[1-9]\d{0,8})$/.test(text);
}

/** Clauses that have been checked, by table and text: what a parameter holds makes no difference. */
const checked = new Set<string>();
const mostChecked = 10_000;

async function checkOnce(pool: Pool, table: Table, clause: string, sql: string): Promise<void> {
  const key = `${table.fingerprint}\n${clause}`;
  if (checked.has(key)) return;
  await checkWithPostgres(pool, table, sql);
  if (checked.size >= mostChecked) checked.clear();
  checked.add(key);
}

/**
 * Lets Postgres find operators, functions and types, and refuse what does not fit. An index's predicate must be
 * immutable, so a short-lived one on an empty copy of the table shows whether the clause is.
 */
async function checkWithPostgres(pool: Pool, table: Table, sql: string): Promise<void> {
  const name = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  const copy = `pg_temp.${quoteName(table.name)}`;
  await withConnection(pool, async (client) => {
    try {
      await client.query(`begin; create temp table ${quoteName(table.name)} (like ${name}) on commit drop`);
      await client.query(`create index on ${copy} ((1)) where (${sql})`);
    } catch (error) {
      throw asClauseError(error);
    } finally {
      await client.query('rollback');
    }
  });
}

/** Postgres's complaint about a clause as a ClauseError; anything else stays as it is. */
export function asClauseError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === '42P17') {
    return new ClauseError('the clause uses a function or operator that is not immutable');
  }
  if (!/^(22|42|0A)/.test(code)) return error;
  if (error.message.startsWith('argument of WHERE must be type boolean')) {
    return new ClauseError('WHERE clause must return a boolean');
  }
  return new ClauseError(error.message);
}
