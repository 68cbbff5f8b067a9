// The shapes a client may ask for, one per synced table and workspace. The proxy builds the upstream request
// from this and the session alone; a client names a shape and a workspace and sets resume parameters (A1).
import { columnsAt, type SyncedTable } from '../db/sync/schema';
import { schema, type TableName, tables } from '../db/tables';

/** Parameters a client may set on a shape request. Whatever else it sends is refused. */
export const resumeParameters = [
  'offset',
  'handle',
  'live',
  'live_sse',
  'cursor',
  'log',
  'expired_handle',
  'cache-buster',
] as const;

export interface ShapeRequest {
  readonly table: string;
  readonly columns: string;
  readonly where: string;
  readonly 'params[1]': string;
  readonly 'params[2]'?: string;
}

/**
 * The fixed part of an upstream shape request.
 * @param userId whose session it is: personal tables are limited to that person's rows.
 * @param version the client's schemaVersion: it gets the columns that it has (S3)
 */
export function shapeRequest(
  table: TableName,
  workspaceId: string,
  userId: string,
  version: number,
): ShapeRequest {
  const t: SyncedTable = tables[table];
  const where = `"${t.scope}" = $1`;
  return {
    table: `public.${table}`,
    columns: columnsAt(schema, table, version)
      .map((c) => `"${c}"`)
      .join(','),
    where: t.visible ? `${where} AND ${t.visible}` : where,
    'params[1]': workspaceId,
    ...(t.visible ? { 'params[2]': userId } : {}),
  };
}

/** @returns whether the shape of this table is another one for each person */
export function isPersonal(table: TableName): boolean {
  const t: SyncedTable = tables[table];
  return t.visible !== undefined;
}
