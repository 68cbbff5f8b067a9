// GET /api/workspaces/:id/light/:view: what light mode shows of a workspace, one screen in one answer. Who may read what is
// the shapes' own rule (light-view.ts); a view that has not changed costs a 304.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Hono } from 'hono';
import type { Pool } from 'pg';
import type { LightAnswer, LightRow } from '../../db/sync/light';
import type { Schema } from '../../db/sync/schema';
import { uuidParam } from './body';
import { ApiFailure } from './errors';
import { type LightView, lightQuery } from './light-view';
import { type Memberships, type Person, requireMember } from './sessions';

export interface LightParts {
  /** @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<Person>;
  readonly memberships: Memberships;
  readonly reads: Pool;
  readonly schema: Schema;
  readonly views: readonly LightView[];
}

const compressed = promisify(gzip);
/** Bytes; what is smaller travels as it is. */
const worthwhile = 1_000;

/** @throws Error when a view names what its shape does not carry */
export function lightRoutes({ person, memberships, reads, schema, views }: LightParts): Hono {
  const app = new Hono();
  const known = new Map(views.map((view) => [view.name, { view, query: lightQuery(schema, view) }]));
  app.get('/:id/light/:view', async (c) => {
    const { id: userId } = await person(c.req.raw);
    const workspaceId = uuidParam(c, 'id');
    await requireMember(memberships, userId, workspaceId);
    const found = known.get(c.req.param('view'));
    if (!found) throw new ApiFailure('not-found', 'There is nothing at this address.');
    const { view, query } = found;
    const params = view.params.map(({ name, shape }) => {
      const value = c.req.query(name);
      if (value === undefined || !shape.test(value)) {
        throw new ApiFailure('malformed', `The request is malformed: ${name}.`);
      }
      return value;
    });
    const body = JSON.stringify(await answer(reads, view, query, { workspaceId, userId, params }));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const headers = { etag, 'cache-control': 'private, no-store', vary: 'Accept-Encoding' };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
    const type = { ...headers, 'content-type': 'application/json' };
    if (body.length < worthwhile || !c.req.header('accept-encoding')?.includes('gzip')) {
      return c.body(body, 200, type);
    }
    const bytes = await compressed(body);
    return c.body(new Uint8Array(bytes), 200, { ...type, 'content-encoding': 'gzip' });
  });
  return app;
}

async function answer(
  reads: Pool,
  view: LightView,
  query: string,
  asked: { readonly workspaceId: string; readonly userId: string; readonly params: readonly string[] },
): Promise<LightAnswer> {
  const { rows } = await reads.query<Record<string, LightRow[]>>(query, [
    asked.workspaceId,
    asked.userId,
    ...asked.params,
  ]);
  const lists = rows[0]!;
  const more = (await view.more?.(reads, asked)) ?? {};
  const cut = Object.entries(view.parts).filter(([name, { limit }]) => lists[name]!.length > limit);
  for (const [name, { limit }] of cut) lists[name] = lists[name]!.slice(0, limit);
  return { parts: { ...lists, ...(more as Record<string, LightRow[]>) }, cut: cut.map(([name]) => name) };
}
