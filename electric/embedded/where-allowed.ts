// What a where clause may contain: expressions over the table's own columns whose result depends on nothing but
// the row. Everything else is named in a 400.
import type { Table } from './catalog';
import { invalid } from './errors';
import { type Fields, type Node, names, open } from './syntax';

export interface ClauseParts {
  /** Columns that the clause reads, each once. */
  readonly columns: readonly string[];
  readonly params: readonly { readonly number: number; readonly location: number }[];
}

/** Node types that may appear, and why others may not. */
const allowed = new Set([
  'A_Expr',
  'BoolExpr',
  'ColumnRef',
  'A_Const',
  'ParamRef',
  'NullTest',
  'BooleanTest',
  'TypeCast',
  'TypeName',
  'FuncCall',
  'A_ArrayExpr',
  'List',
  'CoalesceExpr',
  'MinMaxExpr',
  'CaseExpr',
  'CaseWhen',
  'RowExpr',
  'A_Indirection',
  'A_Indices',
  'CollateClause',
  'String',
  'Integer',
  'Float',
  'Boolean',
  'BitString',
]);

const reasons: Readonly<Record<string, string>> = {
  SubLink: 'Subqueries are not supported by this server',
  SQLValueFunction: 'Functions of the current time or user are not allowed in a where clause',
  SetToDefault: 'DEFAULT is not allowed in a where clause',
};

/**
 * Walks the whole tree.
 * @throws ShapeError `invalid` on `where`
 */
export function checkTree(tree: Node, table: Table): ClauseParts {
  const columns = new Set<string>();
  const params: { number: number; location: number }[] = [];
  const known = new Map(table.columns.map((column) => [column.name, column]));

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (typeof value === 'object' && value !== null) {
      for (const [type, fields] of Object.entries(value)) {
        if (/^[A-Z]/.test(type)) visitNode(type, fields as Fields);
        else visit(fields);
      }
    }
  };

  const visitNode = (type: string, fields: Fields): void => {
    if (!allowed.has(type)) {
      throw invalid('where', reasons[type] ?? `${type} is not supported in a where clause`);
    }
    if (type === 'ColumnRef') {
      visitColumn(fields);
      return;
    }
    if (type === 'ParamRef') {
      params.push({ number: Number(fields.number ?? 0), location: Number(fields.location ?? 0) });
      return;
    }
    if (type === 'FuncCall') checkCall(fields);
    visit(fields);
  };

  const visitColumn = (fields: Fields): void => {
    const path = ((fields.fields ?? []) as Node[]).map((node) => {
      const [type] = open(node);
      return type === 'A_Star' ? '*' : names([node])[0]!;
    });
    const name = path.at(-1) ?? '';
    const qualified = path.length === 2 && path[0] === table.name;
    const column = path.length === 1 || qualified ? known.get(name) : undefined;
    if (!column) throw invalid('where', `unknown reference ${path.join('.')}`);
    if (column.generated === 'v') {
      throw invalid('where', `${name} is a virtual generated column, which Postgres does not replicate`);
    }
    columns.add(name);
  };

  visit(tree);
  return { columns: [...columns], params };
}

function checkCall(fields: Fields): void {
  const name = names(fields.funcname).join('.');
  for (const part of ['over', 'agg_order', 'agg_filter', 'agg_star', 'agg_distinct', 'agg_within_group']) {
    if (fields[part]) throw invalid('where', `${name}: aggregates and window functions are not allowed`);
  }
}
