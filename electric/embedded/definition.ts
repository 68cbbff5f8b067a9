// From checked parameters to a shape's definition: the table as it is now, its columns, the compiled where clause.
import type { Pool } from 'pg';
import { type Column, findTable, type Table } from './catalog';
import { invalid } from './errors';
import { parseRelation } from './identifiers';
import { isLocal } from './predicate';
import type { ShapeParams } from './request';
import type { ShapeDefinition } from './shape';
import { compileWhere } from './where';

/**
 * @throws ShapeError `invalid` on `table`, `columns`, `where` or `params`
 */
export async function defineShape(pool: Pool, params: ShapeParams): Promise<ShapeDefinition> {
  const table = await loadTable(pool, params.table);
  const columns = chooseColumns(table, params.columns);
  const predicate =
    params.where === undefined ? null : await compileWhere(pool, table, params.where, params.params);
  if (predicate && !isLocal(predicate.condition)) {
    throw invalid('where', 'This server cannot follow such a where clause');
  }
  const withSnapshot = params.log === 'full';
  const chosen = params.columns ? columns : null;
  const key = JSON.stringify([table.oid, chosen, predicate?.sql ?? null, params.replica, withSnapshot]);
  return { key, table, columns, predicate, replica: params.replica, withSnapshot };
}

async function loadTable(pool: Pool, text: string): Promise<Table> {
  let name: { schema: string; name: string };
  try {
    name = parseRelation(text);
  } catch (error) {
    throw invalid('table', (error as Error).message);
  }
  const table = await findTable(pool, name.schema, name.name);
  if (!table) {
    throw invalid(
      'table',
      `Table ${JSON.stringify(name.schema)}.${JSON.stringify(name.name)} does not exist. If the table name contains capitals or special characters you must quote it.`,
    );
  }
  return table;
}

/** The names of the shape's columns, sorted. */
function chooseColumns(table: Table, wanted: readonly string[] | undefined): string[] {
  const names = new Set(table.columns.map((column) => column.name));
  const chosen = new Set(wanted ?? names);
  const missing = table.keyColumns.filter((name) => !chosen.has(name));
  if (missing.length > 0) {
    throw invalid(
      'columns',
      `The list of columns must include all primary key columns, missing: ${missing.join(', ')}`,
    );
  }
  const unknown = [...chosen].filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw invalid('columns', `The following columns are not found on the table: ${unknown.join(', ')}`);
  }
  const generated = table.columns.filter((column) => column.generated === 'v' && chosen.has(column.name));
  if (generated.length > 0) {
    const list = generated.map((column) => column.name).join(', ');
    const way = wanted
      ? ''
      : ". You can exclude them from the shape by explicitly listing which columns to fetch in the 'columns' query param";
    throw invalid(
      'columns',
      `The following columns are generated and cannot be included in the shape: ${list}${way}`,
    );
  }
  return [...chosen].sort();
}

/** The columns of a definition as the catalog describes them, in the definition's order. */
export function columnsOf(definition: ShapeDefinition): Column[] {
  const byName = new Map(definition.table.columns.map((column) => [column.name, column]));
  return definition.columns.map((name) => byName.get(name)!);
}
