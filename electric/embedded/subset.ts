// Subset snapshots: a filtered, sorted, limited part of a shape's rows, with what it takes to merge it with the
// log that the client follows.
import { randomInt } from 'node:crypto';
import type { Pool } from 'pg';
import type { Column } from './catalog';
import { checkOrderBy, type Scope } from './clause-allowed';
import { withConnection } from './connection';
import { copyOut } from './copy-out';
import { ShapeError } from './errors';
import type { Lsn } from './position';
import type { SubsetParams } from './request';
import { rowsQuery } from './row-json';
import type { ShapeDefinition } from './shape';
import { beginVisible } from './snapshot';
import { ClauseError, loadParser, parseOrderBy } from './syntax';
import type { PgSnapshot } from './visibility';
import { asClauseError, compileWhere, ParamsError } from './where';

/** A checked subset: the text after FROM and the table. */
export interface Subset {
  readonly tail: string;
}

/**
 * Checks a subset's clauses against the columns that may be queried.
 * @throws ShapeError `invalid` on `subset`
 */
export async function prepareSubset(
  pool: Pool,
  definition: ShapeDefinition,
  queryable: readonly Column[],
  params: SubsetParams,
): Promise<Subset> {
  await loadParser();
  const { table } = definition;
  const scope: Scope = { table: table.name, columns: queryable };
  const wheres = definition.predicate ? [`(${definition.predicate.sql})`] : [];
  let order = '';
  try {
    if (params.orderBy !== undefined)
      order = ` order by ${checkOrderBy(parseOrderBy(params.orderBy), scope)}`;
  } catch (error) {
    throw subsetError('order_by', error);
  }
  try {
    if (params.where !== undefined) {
      const predicate = await compileWhere(pool, table, params.where, params.params, queryable);
      wheres.push(`(${predicate.sql})`);
    }
  } catch (error) {
    throw subsetError('where', error);
  }
  const where = wheres.length > 0 ? `where ${wheres.join(' and ')}` : '';
  const limit = params.limit === undefined ? '' : ` limit ${params.limit}`;
  const offset = params.offset === undefined ? '' : ` offset ${params.offset}`;
  return { tail: `${where}${order}${limit}${offset}` };
}

/**
 * Reads the subset.
 * @param isComplete whether a snapshot contains everything that the stream has passed
 * @param shown what clients are told for a position of Postgres
 * @returns the JSON of `{metadata, data}`
 * @throws ShapeError `invalid` on `subset` when Postgres refuses its where clause
 */
export async function readSubset(
  pool: Pool,
  definition: ShapeDefinition,
  columns: readonly Column[],
  subset: Subset,
  isComplete: (snapshot: PgSnapshot) => boolean,
  shown: (lsn: Lsn) => Lsn,
): Promise<Buffer> {
  const mark = randomInt(0, 2 ** 31 - 1);
  const { schema, name } = definition.table;
  const headers = JSON.stringify({ operation: 'insert', relation: [schema, name], snapshot_mark: mark });
  const query = rowsQuery(definition.table, columns, headers, subset.tail);
  const parts: Buffer[] = [];
  const snapshot = await withConnection(pool, async (client) => {
    const seen = await beginVisible(client, isComplete);
    try {
      await copyOut(client, query, (source, start, end) => {
        parts.push(Buffer.from(parts.length === 0 ? '' : ','), Buffer.from(source.subarray(start, end)));
      });
    } catch (error) {
      throw subsetError('where', asClauseError(error));
    }
    await client.query('commit');
    return seen;
  });
  const metadata = JSON.stringify({
    xmin: String(snapshot.xmin),
    xmax: String(snapshot.xmax),
    xip_list: snapshot.running.map(String),
    database_lsn: String(shown(snapshot.lsn)),
    snapshot_mark: mark,
  });
  return Buffer.concat([Buffer.from(`{"metadata":${metadata}, "data": [`), ...parts, Buffer.from(']}')]);
}

function subsetError(field: string, error: unknown): unknown {
  if (error instanceof ParamsError) return refuse('params', error.message);
  if (error instanceof ClauseError) return refuse(field, error.message);
  return error;
}

function refuse(field: string, sentence: string): ShapeError {
  return new ShapeError('invalid', 'Invalid request', { subset: { [field]: [sentence] } });
}
