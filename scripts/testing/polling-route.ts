// The server's half of a second source of rows (polling-source.ts): one plain HTTP route over plain SQL, on a port of its
// own beside the API. No shape server, no protocol of Electric's, no reading of Postgres's log.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Pool } from 'pg';
import { z } from 'zod';
import { type Schema, tableOf } from '../../db/sync/schema';
import { PERSON_HEADER, type SessionAnswer } from '../../db/sync/wire';

/** Body of POST /rows: each table of each workspace that the device follows, and the version after which it wants rows. */
export const pollRequest = z.object({
  tables: z.array(z.object({ table: z.string(), workspaceId: z.uuid(), after: z.string().regex(/^\d+$/) })),
});

/** What one statement sees of one table; the texts are JSON that only Postgres reads, so that no number loses digits. */
const polled = z.object({
  /** {id: version} of every row. */
  there: z.string(),
  /** [row] of those with a higher version than was asked for. */
  rows: z.string(),
  /** WAL position (decimal): whatever a write's answer named up to there is in this one. */
  position: z.string(),
});

/** 200 of POST /rows. `tables` has the order of the request; null: the person may not read that workspace. */
export const pollAnswer = z.object({ memberships: z.string(), tables: z.array(polled.nullable()) });

export type Polled = z.infer<typeof polled>;

export interface PollingServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param api whom it asks about sessions, and whose database it reads */
export async function servePolling(
  api: { readonly url: string; readonly pool: Pool },
  schema: Schema,
): Promise<PollingServer> {
  const app = new Hono();
  app.post('/rows', async (c) => {
    // Half a body: the device is gone, or its network was cut.
    const read = pollRequest.safeParse(await c.req.json().catch(() => null));
    if (!read.success) return c.body(null, 400);
    const { tables } = read.data;
    const headers = {
      cookie: c.req.header('cookie') ?? '',
      [PERSON_HEADER]: c.req.header(PERSON_HEADER) ?? '',
    };
    const session = await fetch(`${api.url}/api/session`, { headers }).catch(() => null);
    if (!session) return c.body(null, 503);
    if (!session.ok) return new Response(await session.text(), session);
    const { user, memberships, membershipsTag } = (await session.json()) as SessionAnswer;
    const readable = new Set(memberships.map((m) => m.workspaceId));
    const answers = new Map<(typeof tables)[number], Polled>();
    for (const workspaceId of readable) {
      const asked = tables.filter((t) => t.workspaceId === workspaceId);
      if (asked.length === 0) continue;
      const found = await poll(api.pool, schema, user.id, workspaceId, asked);
      for (const [i, one] of asked.entries()) answers.set(one, found[i]!);
    }
    const answer: z.infer<typeof pollAnswer> = {
      memberships: membershipsTag,
      tables: tables.map((one) => answers.get(one) ?? null),
    };
    return c.json(answer);
  });
  return await new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      const stop = () => new Promise<void>((done) => server.close(() => done()));
      resolve({ url: `http://127.0.0.1:${port}`, stop });
    });
  });
}

/** @throws Error for a table that is not synced */
async function poll(
  pool: Pool,
  schema: Schema,
  userId: string,
  workspaceId: string,
  asked: readonly { readonly table: string; readonly after: string }[],
): Promise<Polled[]> {
  const each = asked.map(({ table }, i) => {
    const definition = tableOf(schema, table);
    if (!definition) throw new Error('there is no such table');
    const columns = definition.columns.map((column) => `"${column}"`).join(', ');
    const visible = definition.visible ? `and ${definition.visible}` : '';
    return `select ${i} as i, coalesce(jsonb_object_agg(r.id, r.version), '{}')::text as there,
        coalesce(jsonb_agg(to_jsonb(r)) filter (where r.version > $${i + 3}::bigint), '[]')::text as rows
      from (select ${columns} from public."${table}" where "${definition.scope}" = $1 ${visible}) r`;
  });
  // Before the snapshot of the statement below. A commit is in the log a moment before others see it: while any
  // transaction runs, only what is before this position counts as seen, and not what is at it.
  const at = await pool.query<{ lsn: string }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn`,
  );
  const { rows } = await pool.query<{ there: string; rows: string; quiet: boolean }>(
    `select s.there, s.rows, pg_snapshot_xmin(n.now) = pg_snapshot_xmax(n.now) as quiet
     from (${each.join(' union all ')}) s, pg_current_snapshot() as n (now)
     where $2::text is not null order by s.i`,
    [workspaceId, userId, ...asked.map(({ after }) => after)],
  );
  const position = BigInt(at.rows[0]!.lsn);
  return rows.map(({ there, rows: changed, quiet }) => ({
    there,
    rows: changed,
    position: String(quiet ? position : position - 1n),
  }));
}
