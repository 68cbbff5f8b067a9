// From checked parameters to a shape's definition: the table as it is now, its columns, the compiled where clause.
import type { Pool } from 'pg';
import type { Column, Table } from './catalog';
import { invalid } from './errors';
import { parseRelation } from './identifiers';
import type { KnownTables } from './known-tables';
import type { Predicate } from './predicate';
import type { ShapeParams } from './request';
import type { ShapeDefinition } from './shape';
import { ClauseError } from './syntax';
import { compileWhere, ParamsError } from './where';

/**
 * @throws ShapeError `invalid` on `table`, `columns`, `queryable_columns`, `where` or `params`, or as KnownTables
 */
export async function defineShape(
  pool: Pool,
  tables: KnownTables,
  params: ShapeParams,
  signal: AbortSignal,
): Promise<ShapeDefinition> {
  const table = await tables.find(readTableName(params.table), signal);
  refuseUnseen(table);
  const columns = chooseColumns(table, params.columns, checkQueryable(table, params.queryableColumns));
  const predicate = await readPredicate(pool, table, params);
  const withSnapshot = params.log === 'full';
  const chosen = params.columns || params.queryableColumns ? columns : null;
  const key = JSON.stringify([
    table.oid,
    chosen,
    params.queryableColumns ?? null,
    predicate?.sql ?? null,
    params.replica,
    withSnapshot,
  ]);
  return { key, table, columns, predicate, replica: params.replica, withSnapshot };
}

/** Rows that a read of the table finds, and whose changes Postgres does not tell. */
function refuseUnseen({ parts }: Table): void {
  for (const { kind, schema, name, unseen } of parts) {
    if (unseen === null) continue;
    const relation = `${JSON.stringify(schema)}.${JSON.stringify(name)}`;
    const what = {
      own: 'It',
      partition: `Its partition ${relation}`,
      child: `${relation}, which inherits from it,`,
    }[kind];
    throw invalid(
      'table',
      `The table cannot be followed. ${what} ${unseen}, so its changes are not in Postgres's log.`,
    );
  }
}

async function readPredicate(pool: Pool, table: Table, params: ShapeParams): Promise<Predicate | null> {
  if (params.where === undefined) return null;
  try {
    return await compileWhere(pool, table, params.where, params.params);
  } catch (error) {
    if (error instanceof ParamsError) throw invalid('params', error.message);
    if (error instanceof ClauseError) throw invalid('where', error.message);
    throw error;
  }
}

function readTableName(text: string): { schema: string; name: string } {
  try {
    return parseRelation(text);
  } catch (error) {
    throw invalid('table', (error as Error).message);
  }
}

/** The columns that clauses of a subset may name, and that a shape without a list gets. */
function checkQueryable(table: Table, wanted: readonly string[] | undefined): readonly string[] {
  const all = table.columns.map((column) => column.name);
  if (!wanted) return all;
  const missing = table.keyColumns.filter((name) => !wanted.includes(name));
  if (missing.length > 0) {
    throw invalid(
      'queryable_columns',
      `The list of queryable columns must include all primary key columns, missing: ${missing.join(', ')}`,
    );
  }
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw invalid(
      'queryable_columns',
      `The following queryable columns are not found on the table: ${unknown.join(', ')}`,
    );
  }
  return wanted;
}

/** The names of the shape's columns, sorted. */
function chooseColumns(
  table: Table,
  wanted: readonly string[] | undefined,
  queryable: readonly string[],
): string[] {
  const chosen = new Set(wanted ?? queryable);
  const missing = table.keyColumns.filter((name) => !chosen.has(name));
  if (missing.length > 0) {
    throw invalid(
      'columns',
      `The list of columns must include all primary key columns, missing: ${missing.join(', ')}`,
    );
  }
  const unknown = [...chosen].filter((name) => !queryable.includes(name));
  if (unknown.length > 0) {
    throw invalid('columns', `The following columns are not found on the table: ${unknown.join(', ')}`);
  }
  refuseGenerated(table, chosen, wanted !== undefined);
  return [...chosen].sort();
}

/** Generated columns that the stream does not carry. */
function refuseGenerated(table: Table, chosen: ReadonlySet<string>, listed: boolean): void {
  const lost = table.columns.filter((column) => !column.replicated && chosen.has(column.name));
  if (lost.length === 0) return;
  const way = listed
    ? ''
    : ". You can exclude them from the shape by explicitly listing which columns to fetch in the 'columns' query param";
  throw invalid(
    'columns',
    `The following columns are generated and cannot be included in the shape: ${lost.map((column) => column.name).join(', ')}${way}`,
  );
}

/** The columns of a definition as the catalog describes them, in the definition's order. */
export function columnsOf(definition: ShapeDefinition, table: Table = definition.table): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return definition.columns.map((name) => byName.get(name)!);
}

/** The columns that a subset's clauses may name. */
export function queryableOf(definition: ShapeDefinition, params: ShapeParams): readonly Column[] {
  const { columns } = definition.table;
  return params.queryableColumns
    ? columns.filter((column) => params.queryableColumns!.includes(column.name))
    : columns;
}
