// GET /api/workspaces/:id/size: how many rows the person's shapes of a workspace hold now. A device compares what it has
// with it before it says "up to date" (client/sync/audit.ts).
import { Hono } from 'hono';
import type { Pool } from 'pg';
import type { Schema } from '../../db/sync/schema';
import type { WorkspaceSize } from '../../db/sync/wire';
import { uuidParam } from './body';
import { type Memberships, type Person, requireMember } from './sessions';

export interface SizeParts {
  /** @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<Person>;
  readonly memberships: Memberships;
  readonly reads: Pool;
  readonly schema: Schema;
}

export function sizeRoutes({ person, memberships, reads, schema }: SizeParts): Hono {
  const app = new Hono();
  const query = sizeQuery(schema);
  app.get('/:id/size', async (c) => {
    const { id: userId } = await person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    await requireMember(memberships, userId, workspaceId);
    const { rows } = await reads.query<{ name: string; count: string }>(query, [workspaceId, userId]);
    const answer: WorkspaceSize = {
      rows: Object.fromEntries(rows.map((row) => [row.name, Number(row.count)])),
      total: rows.reduce((sum, row) => sum + Number(row.count), 0),
    };
    return c.json(answer);
  });
  return app;
}

/** $1 is the workspace, $2 the person; each table is limited as its shape is. */
function sizeQuery({ tables }: Schema): string {
  return Object.entries(tables)
    .map(([name, table]) => {
      const visible = table.visible ?? '$2::text is not null';
      return `select '${name}' as name, count(*) from "${name}" where "${table.scope}" = $1 and ${visible}`;
    })
    .join(' union all ');
}
