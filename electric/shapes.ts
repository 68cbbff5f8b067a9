// The shapes a client may ask for, one per synced table and workspace. The proxy builds the upstream request
// from this and the session alone; a client names a shape and a workspace and sets resume parameters (A1).
import { columnsAt, type Schema, tableOf } from '../db/sync/schema';

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
 * @param table one of the schema's
 * @param version the client's schema version: it gets the columns that it has (S3)
 */
export function shapeRequest(
  schema: Schema,
  table: string,
  workspaceId: string,
  userId: string,
  version: number,
): ShapeRequest {
  const t = tableOf(schema, table)!;
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
export function isPersonal(schema: Schema, table: string): boolean {
  return tableOf(schema, table)?.visible !== undefined;
}
