// Workspaces: make one, and count what a first load will bring. Online only, on purpose.
import { Hono } from 'hono';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { SyncedTable } from '../../db/sync/schema';
import { type TableName, tableNames, tables } from '../../db/tables';
import type { ApiDeps, Person } from '../deps';
import { readBody, uuidParam } from '../sync/body';
import { inTransaction, type Role, requireRole } from './membership';

/** What a person gets who made a workspace or joined one. */
export interface Joined {
  workspaceId: string;
  memberId: string;
  role: Role;
  /** The workspace's. */
  name: string;
}

/** GET /api/workspaces/:id/size: rows that the person's shapes hold now. */
export interface WorkspaceSize {
  rows: Record<TableName, number>;
  total: number;
}

const create = z.object({
  // Postgres takes no NUL, and no other control character belongs into a name.
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^\P{Cc}*$/u, 'has control characters'),
});

export function workspaceRoutes(deps: ApiDeps): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const person = await deps.person(c.req.raw);
    const { name } = await readBody(c, create);
    const joined = await inTransaction(deps.pool, (client) => createWorkspace(client, person, name));
    deps.membershipsChanged(person.id, 'gained');
    return c.json(joined, 201);
  });
  app.get('/:id/size', async (c) => {
    const person = await deps.person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    await requireRole(deps.reads, person.id, workspaceId, ['owner', 'member', 'guest']);
    const { rows } = await deps.reads.query<{ name: TableName; count: string }>(sizeQuery, [
      workspaceId,
      person.id,
    ]);
    const counts = Object.fromEntries(rows.map((row) => [row.name, Number(row.count)]));
    const answer: WorkspaceSize = {
      rows: counts as Record<TableName, number>,
      total: rows.reduce((sum, row) => sum + Number(row.count), 0),
    };
    return c.json(answer);
  });
  return app;
}

/** Makes the workspace with the person as its owner. The caller holds a transaction. */
export async function createWorkspace(client: PoolClient, person: Person, name: string): Promise<Joined> {
  const { rows } = await client.query<{ id: string }>(
    'insert into workspace (id, name) values (gen_random_uuid(), $1) returning id',
    [name],
  );
  const workspaceId = rows[0]!.id;
  return {
    workspaceId,
    memberId: await addMember(client, person, workspaceId, 'owner'),
    role: 'owner',
    name,
  };
}

/** @returns the new member's id */
export async function addMember(
  client: PoolClient,
  person: Person,
  workspaceId: string,
  role: Role,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into member (id, workspace_id, user_id, name, email, role)
       values (gen_random_uuid(), $1, $2, $3, $4, $5) returning id`,
    [workspaceId, person.id, person.name, person.email, role],
  );
  return rows[0]!.id;
}

/** $1 is the workspace, $2 the person; each table is limited as its shape is. */
const sizeQuery = tableNames
  .map((name) => {
    const table: SyncedTable = tables[name];
    const visible = table.visible ?? '$2::text is not null';
    return `select '${name}' as name, count(*) from "${name}" where "${table.scope}" = $1 and ${visible}`;
  })
  .join(' union all ');
