// What a clause may contain: expressions over the table's own columns whose result depends on nothing but the row.
// Everything else is refused by name, with Electric's sentence where Electric refuses it too.
import type { Column } from './catalog';
import { ClauseError, type Fields, type Node, names, open, whereOffset } from './syntax';

export interface ClauseParts {
  /** Columns that the clause reads, each once. */
  readonly columns: readonly string[];
  readonly params: readonly { readonly number: number; readonly offset: number }[];
  /** Whether dates or times are involved; then the texts in the clause that may be meant as such. */
  readonly moment: boolean;
  readonly literals: readonly string[];
}

/** The columns that may be named, and the table's own name before them. */
export interface Scope {
  readonly table: string;
  readonly columns: readonly Column[];
}

const allowed = new Set([
  'A_ArrayExpr',
  'A_Const',
  'A_Expr',
  'A_Indices',
  'A_Indirection',
  'BoolExpr',
  'BooleanTest',
  'CaseExpr',
  'CaseWhen',
  'CoalesceExpr',
  'CollateClause',
  'ColumnRef',
  'FuncCall',
  'Integer',
  'List',
  'MinMaxExpr',
  'NullTest',
  'ParamRef',
  'RowExpr',
  'String',
  'TypeCast',
  'TypeName',
]);

const reasons: Readonly<Record<string, string>> = {
  SubLink: 'subqueries are not supported by this server',
  SQLValueFunction: 'functions of the current time or user are not supported in a where clause',
};

/**
 * Walks a where clause.
 * @throws ClauseError
 */
export function checkWhere(tree: Node, scope: Scope): ClauseParts {
  const columns = new Set<string>();
  const params: { number: number; offset: number }[] = [];
  const literals: string[] = [];
  const casts: string[] = [];

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, fields] of Object.entries(value)) {
        if (/^[A-Z]/.test(key)) visitNode(key, fields as Fields);
        else visit(fields);
      }
    }
  };

  const visitNode = (type: string, fields: Fields): void => {
    const offset = whereOffset(fields.location);
    if (!allowed.has(type)) {
      throw new ClauseError(reasons[type] ?? `${type} is not supported in this context`, offset);
    }
    if (type === 'ColumnRef') {
      columns.add(columnName(fields, scope, offset));
      return;
    }
    if (type === 'ParamRef') {
      params.push({ number: Number(fields.number ?? 0), offset });
      return;
    }
    if (type === 'FuncCall') checkCall(fields, offset);
    if (type === 'A_Const') literals.push(String((fields.sval as Fields | undefined)?.sval ?? ''));
    if (type === 'TypeName') casts.push(names(fields.names).at(-1) ?? '');
    visit(fields);
  };

  visit(tree);
  const used = scope.columns.filter((column) => columns.has(column.name)).map((column) => column.type);
  const moment = [...used, ...casts].some((type) => temporal.has(type));
  return { columns: [...columns], params, literals: moment ? literals : [], moment };
}

const temporal = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz']);

/**
 * Refuses the texts that mean another moment each time they are read, such as `now`.
 * @throws ClauseError
 */
export function checkMoments(texts: readonly string[]): void {
  for (const text of texts) {
    if (/^\s*(now|today|tomorrow|yesterday)\b/i.test(text)) {
      throw new ClauseError(`'${text}' means another moment each time, which a shape cannot follow`);
    }
  }
}

/**
 * Walks the terms of an ORDER BY, which may only be columns.
 * @returns the SQL for it, written anew
 * @throws ClauseError
 */
export function checkOrderBy(terms: readonly Node[], scope: Scope): string {
  return terms.map((term) => orderTerm(term, scope)).join(', ');
}

function orderTerm(term: Node, scope: Scope): string {
  const sort = term.SortBy ?? {};
  const [type, fields] = open((sort.node ?? {}) as Node);
  if (type === 'ParamRef') {
    throw new ClauseError(`parameter $${fields.number} is not supported in ORDER BY clauses`, 0);
  }
  if (type !== 'ColumnRef' || sort.useOp) {
    throw new ClauseError(`${type} expressions are not allowed in ORDER BY clauses`, 0);
  }
  const name = columnName(fields, scope, 0).replaceAll('"', '""');
  const direction = { SORTBY_ASC: ' asc', SORTBY_DESC: ' desc' }[String(sort.sortby_dir)] ?? '';
  const nulls =
    { SORTBY_NULLS_FIRST: ' nulls first', SORTBY_NULLS_LAST: ' nulls last' }[String(sort.sortby_nulls)] ?? '';
  return `"${name}"${direction}${nulls}`;
}

function columnName(fields: Fields, scope: Scope, offset: number): string {
  const path = ((fields.fields ?? []) as Node[]).map((node) =>
    open(node)[0] === 'A_Star' ? '*' : names([node])[0]!,
  );
  const name = path.at(-1) ?? '';
  const own = path.length === 1 || (path.length === 2 && path[0] === scope.table);
  const column = own ? scope.columns.find((each) => each.name === name) : undefined;
  if (!column) throw new ClauseError(`unknown reference ${path.join('.')}`, offset);
  if (!column.replicated) {
    throw new ClauseError(`${name} is a generated column that is not replicated`, offset);
  }
  return name;
}

function checkCall(fields: Fields, offset: number): void {
  const parts = ['over', 'agg_order', 'agg_filter', 'agg_star', 'agg_distinct', 'agg_within_group'];
  if (parts.some((part) => fields[part])) {
    throw new ClauseError('aggregation is not supported in this context', offset);
  }
}
