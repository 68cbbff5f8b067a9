// From the text of a where clause to a Predicate: parsed by Postgres's parser, checked against the list of what
// is allowed, parameters written in as literals, and the simple comparisons made ready for TypeScript.
import type { Pool } from 'pg';
import type { Column, Table } from './catalog';
import { checkMoments, checkWhere, type Scope } from './clause-allowed';
import { quoteName, quoteText, withConnection } from './connection';
import { isLocal, makePredicate, type Predicate } from './predicate';
import { ClauseError, loadParser, type Node, parseWhere } from './syntax';
import { dependsOnSettingsOnly } from './volatility';
import { type Literal, simplify } from './where-simple';

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
  if (found.moment) checkMoments([...found.literals, ...values.values()]);
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
 * immutable, so a short-lived one on an empty copy of the table shows whether the clause is. One that is not may
 * still depend on nothing but settings, see volatility.ts.
 */
async function checkWithPostgres(pool: Pool, table: Table, sql: string): Promise<void> {
  const name = `${quoteName(table.schema)}.${quoteName(table.name)}`;
  const copy = `pg_temp.${quoteName(table.name)}`;
  await withConnection(pool, async (client) => {
    try {
      await client.query(`begin; create temp table ${quoteName(table.name)} (like ${name}) on commit drop`);
      // A table may be called like a type, such as `date`: the copy's name must not come before Postgres's own.
      await client.query(
        `select set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp'), true)`,
      );
      await client.query('savepoint checked');
      await client.query(`create index on ${copy} ((1)) where (${sql})`);
    } catch (error) {
      if (!isCode(error, '42P17')) throw asClauseError(error);
      await client.query('rollback to savepoint checked');
      if (!(await dependsOnSettingsOnly(client, table.name, sql))) throw asClauseError(error);
    } finally {
      await client.query('rollback');
    }
  });
}

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code;

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
