// Postgres's own parser for clauses: the tree's node types as far as they are used here, and parsing.
import { loadModule, parseSync } from 'libpg-query';

/** A node of the parse tree: one key, the node's type, with the node's fields. */
export type Node = Readonly<Record<string, Fields>>;
export type Fields = Readonly<Record<string, unknown>>;

/** Longer clauses are refused: the parser's stack is limited. */
const longestClause = 64 * 1024;

let loaded: Promise<void> | undefined;

/** Loads the parser; needed once before parsing. */
export function loadParser(): Promise<void> {
  loaded ??= loadModule();
  return loaded;
}

/** A clause that cannot be used; the message is the one that Electric gives. */
export class ClauseError extends Error {
  override readonly name = 'ClauseError';

  /** @param location byte offset in the clause, when it is known */
  constructor(complaint: string, location?: number) {
    super(location === undefined ? complaint : `At location ${Math.max(location, 0)}: ${complaint}`);
  }
}

const whereHead = 'SELECT 1 WHERE ';
const orderHead = 'SELECT 1 ORDER BY ';

/** Byte offset in the clause of a node's `location`. */
export function whereOffset(location: unknown): number {
  return Number(location ?? 0) - whereHead.length;
}

/**
 * Parses the text after WHERE.
 * @throws ClauseError
 */
export function parseWhere(clause: string): Node {
  const { whereClause, ...rest } = parseSelect(whereHead, clause, 'unescaped ";" causing statement split');
  if (!whereClause || Object.keys(rest).length > 0) {
    throw new ClauseError('malformed query ending with SQL clauses');
  }
  return whereClause as Node;
}

/**
 * Parses the text after ORDER BY.
 * @returns its SortBy nodes
 * @throws ClauseError
 */
export function parseOrderBy(clause: string): Node[] {
  const { sortClause, ...rest } = parseSelect(orderHead, clause, 'Unexpected `;` in order by');
  if (!sortClause || Object.keys(rest).length > 0) {
    throw new ClauseError('malformed query ending with SQL clauses');
  }
  return sortClause as Node[];
}

function parseSelect(head: string, clause: string, split: string): Fields {
  if (Buffer.byteLength(clause) > longestClause) {
    throw new ClauseError(`the clause is bigger than maximum size of ${longestClause} bytes`);
  }
  if (clause.includes('\0')) throw new ClauseError('the clause contains a null byte');
  const [statement, ...more] = statements(head, clause);
  const select = statement?.SelectStmt;
  if (more.length > 0 || !select) throw new ClauseError(split);
  const { targetList: _target, limitOption, op, ...rest } = select;
  if (op !== 'SETOP_NONE' || limitOption !== 'LIMIT_OPTION_DEFAULT') {
    throw new ClauseError('malformed query ending with SQL clauses');
  }
  return rest;
}

/** What libpg-query throws for a syntax error. */
interface SqlError {
  readonly message: string;
  readonly sqlDetails?: { readonly message: string; readonly cursorPosition: number };
}

function statements(head: string, clause: string): Node[] {
  let result: { stmts?: { stmt?: Node }[] };
  try {
    result = parseSync(head + clause) as unknown as { stmts?: { stmt?: Node }[] };
  } catch (error) {
    if (error instanceof RangeError) throw new ClauseError('the clause is nested too deeply');
    const { message, sqlDetails } = error as SqlError;
    throw sqlDetails
      ? new ClauseError(sqlDetails.message, sqlDetails.cursorPosition)
      : new ClauseError(message);
  }
  return (result.stmts ?? []).map((each) => each.stmt ?? {});
}

/** The type and the fields of a node. */
export function open(node: Node): [type: string, fields: Fields] {
  const [entry] = Object.entries(node);
  return entry ?? ['', {}];
}

/** The text of a list of String nodes, such as a name. */
export function names(list: unknown): string[] {
  return ((list ?? []) as Node[]).map((node) => String(node.String?.sval ?? ''));
}
