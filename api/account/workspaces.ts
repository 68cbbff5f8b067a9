// Workspaces: making one, and taking people in. Online only, on purpose.
import { Hono } from 'hono';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { readBody } from '../sync/body';
import type { Person } from '../sync/sessions';
import { inTransaction } from '../sync/transaction';
import type { AccountDeps } from './deps';
import type { Role } from './membership';

/** What a person gets who made a workspace or joined one. */
export interface Joined {
  workspaceId: string;
  memberId: string;
  role: Role;
  /** The workspace's. */
  name: string;
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

export function workspaceRoutes(deps: AccountDeps): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const person = await deps.person(c.req.raw);
    const { name } = await readBody(c, create);
    const joined = await inTransaction(deps.pool, (client) => createWorkspace(client, person, name));
    deps.membershipsChanged(person.id, 'gained');
    return c.json(joined, 201);
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
