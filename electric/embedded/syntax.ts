// Postgres's own parser for where clauses: the tree's node types as far as they are used here, and parsing.
import { loadModule, parseSync } from 'libpg-query';

/** A node of the parse tree: one key, the node's type, with the node's fields. */
export type Node = Readonly<Record<string, Fields>>;
export type Fields = Readonly<Record<string, unknown>>;

/** Longer clauses are refused: the parser's stack is limited. */
export const longestClause = 64 * 1024;

let loaded: Promise<void> | undefined;

/** Loads the parser; needed once before parseWhere. */
export function loadParser(): Promise<void> {
  loaded ??= loadModule();
  return loaded;
}

const head = 'SELECT WHERE ';

export interface ParsedClause {
  readonly tree: Node;
  /** Byte offset in the clause of a node's `location`. */
  offset(location: number): number;
}

/**
 * Parses the text after WHERE.
 * @throws Error with Postgres's message when it is not one expression
 */
export function parseWhere(clause: string): ParsedClause {
  if (Buffer.byteLength(clause) > longestClause) throw new Error('the clause is too long');
  if (clause.includes('\0')) throw new Error('the clause contains a null byte');
  const [statement, ...more] = statements(head + clause);
  const select = statement?.SelectStmt;
  if (more.length > 0 || !select) throw new Error('it must be a single expression');
  const { whereClause, limitOption, op, ...rest } = select;
  if (!whereClause || Object.keys(rest).length > 0 || op !== 'SETOP_NONE') {
    throw new Error('it must be a single expression');
  }
  return { tree: whereClause as Node, offset: (location) => location - head.length };
}

function statements(sql: string): Node[] {
  let result: { stmts?: { stmt?: Node }[] };
  try {
    result = parseSync(sql) as unknown as { stmts?: { stmt?: Node }[] };
  } catch (error) {
    if (error instanceof RangeError) throw new Error('the clause is nested too deeply');
    throw error;
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
