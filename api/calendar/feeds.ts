// Calendar subscriptions: a secret address for the bookings of one resource. Members make and revoke them; whoever has
// the address reads, without a session, and of private bookings only that the time is taken.
import { createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type WrittenBooking, writeCalendar } from '../../db/calendar/write';
import { roleOf } from '../account';
import { uuidParam } from '../sync/body';
import type { ApiDeps } from '../sync/deps';
import { ApiFailure } from '../sync/errors';
import { publicOrigin } from '../sync/origin';
import { inTransaction } from '../sync/transaction';

/** Of one resource; more is a sign that revoking is forgotten. */
const most = 50;
const secretShape = /^([A-Za-z0-9_-]{32})\.ics$/;

/** As GET lists it; the address itself is told once, when it is made. */
export interface Feed {
  readonly id: string;
  /** Name of the member who made it. */
  readonly madeBy: string;
  readonly createdAt: string;
  /** When a calendar last read it; null: never. */
  readonly readAt: string | null;
}

/** GET and POST /api/workspaces/:id/resources/:resourceId/feeds, DELETE /api/workspaces/:id/feeds/:feedId */
export function feedAdminRoutes(deps: ApiDeps, publicUrl: string | null): Hono {
  const app = new Hono();
  app.get('/:id/resources/:resourceId/feeds', async (c) => {
    const { workspaceId } = await member(deps, c);
    const { rows } = await deps.pool.query<Feed>(
      `select f.id, m.name as "madeBy", f.created_at as "createdAt", f.read_at as "readAt"
         from sync.resource_feed f join member m on m.workspace_id = f.workspace_id and m.user_id = f.user_id
        where f.workspace_id = $1 and f.resource_id = $2 order by f.created_at, f.id`,
      [workspaceId, uuidParam(c, 'resourceId')],
    );
    return c.json({ feeds: rows }, 200, { 'cache-control': 'no-store' });
  });
  app.post('/:id/resources/:resourceId/feeds', async (c) => {
    const { workspaceId, userId } = await member(deps, c);
    const resourceId = uuidParam(c, 'resourceId');
    const secret = randomBytes(24).toString('base64url');
    const id = await inTransaction(deps.pool, async (client) => {
      const found = await client.query(
        'select 1 from resource where id = $1 and workspace_id = $2 for key share',
        [resourceId, workspaceId],
      );
      if (found.rowCount === 0) {
        throw new ApiFailure(
          'not-found',
          'This resource is not in the workspace, or the server has not heard of it yet.',
        );
      }
      const there = await client.query('select 1 from sync.resource_feed where resource_id = $1', [
        resourceId,
      ]);
      if ((there.rowCount ?? 0) >= most) {
        throw new ApiFailure('conflict', 'This resource has many subscriptions: revoke one first.');
      }
      const made = await client.query<{ id: string }>(
        `insert into sync.resource_feed (workspace_id, resource_id, secret_hash, user_id)
           values ($1, $2, $3, $4) returning id`,
        [workspaceId, resourceId, hash(secret), userId],
      );
      return made.rows[0]!.id;
    });
    const url = `${publicOrigin(publicUrl, c.req.raw)}/api/feeds/${secret}.ics`;
    return c.json({ id, url }, 201, { 'cache-control': 'no-store' });
  });
  app.delete('/:id/feeds/:feedId', async (c) => {
    const { workspaceId } = await member(deps, c);
    const feedId = uuidParam(c, 'feedId');
    const gone = await deps.pool.query('delete from sync.resource_feed where id = $1 and workspace_id = $2', [
      feedId,
      workspaceId,
    ]);
    if (gone.rowCount === 0) throw new ApiFailure('not-found', 'This subscription is revoked already.');
    return c.json({ id: feedId });
  });
  return app;
}

/** @throws ApiFailure 'signed-out' or 'forbidden' */
async function member(deps: ApiDeps, c: Context): Promise<{ workspaceId: string; userId: string }> {
  const person = await deps.person(c.req.raw);
  const workspaceId = uuidParam(c, 'id');
  const role = await roleOf(deps.pool, person.id, workspaceId);
  if (role === null) throw new ApiFailure('forbidden', 'You are not a member of this workspace.');
  if (role === 'guest') {
    throw new ApiFailure('forbidden', 'You are a guest here: subscriptions are made by members.');
  }
  return { workspaceId, userId: person.id };
}

/** GET /api/feeds/:secret.ics, which needs no session: the address is the secret. */
export function feedRoutes(deps: ApiDeps): Hono {
  const app = new Hono();
  app.get('/:file', async (c) => {
    const secret = secretShape.exec(c.req.param('file'))?.[1];
    const feed = secret && (await used(deps, hash(secret)));
    if (!feed)
      throw new ApiFailure('not-found', 'There is no calendar at this address. It may have been removed.');
    const text = writeCalendar(feed.name, await bookings(deps, feed));
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;
    const headers = { etag, 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex' };
    if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    return c.body(text, 200, {
      ...headers,
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="bookings.ics"',
    });
  });
  return app;
}

interface OpenFeed {
  readonly resourceId: string;
  readonly name: string;
}

/** Notes that it was read, once a minute at most. @returns null for a secret that is none, or is one no more */
async function used(deps: ApiDeps, secretHash: Buffer): Promise<OpenFeed | null> {
  const { rows } = await deps.pool.query<OpenFeed & { id: string; stale: boolean }>(
    `select f.id, r.id as "resourceId", r.name, coalesce(f.read_at < now() - interval '1 minute', true) as stale
       from sync.resource_feed f
       join resource r on r.id = f.resource_id and r.workspace_id = f.workspace_id
       join member m on m.workspace_id = f.workspace_id and m.user_id = f.user_id and m.role <> 'guest'
      where f.secret_hash = $1`,
    [secretHash],
  );
  const feed = rows[0];
  if (!feed) return null;
  if (feed.stale)
    await deps.pool.query('update sync.resource_feed set read_at = now() where id = $1', [feed.id]);
  return feed;
}

/** From three months ago on. Of private bookings only the time. */
async function bookings(deps: ApiDeps, feed: OpenFeed): Promise<WrittenBooking[]> {
  const { rows } = await deps.pool.query<{
    id: string;
    title: string;
    notes: string;
    status: string;
    private: boolean;
    starts: string;
    ends: string;
    updated: string;
  }>(
    `select id, case when private then 'Busy' else title end as title, case when private then '' else notes end as notes,
            status, private, extract(epoch from lower(during)) * 1000 as starts,
            extract(epoch from upper(during)) * 1000 as ends, extract(epoch from updated_at) * 1000 as updated
       from booking
      where resource_id = $1 and status <> 'cancelled'
        and during && tstzrange(date_trunc('day', now()) - interval '90 days', null)
      order by during, id limit 5000`,
    [feed.resourceId],
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    notes: row.notes,
    status: row.status,
    private: row.private,
    place: feed.name,
    start: Number(row.starts),
    end: Number(row.ends),
    updatedAt: Number(row.updated),
  }));
}

function matches(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
