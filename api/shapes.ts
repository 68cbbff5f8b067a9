// The read path's routes: one shape, and the live polls of many over one connection. Logic is in electric/.
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { limits, liveRequest } from '../db/wire';
import { pollLive } from '../electric/live';
import { proxyShape, type ShapeReader, ShapeRefused, type Upstream } from '../electric/proxy';
import { readBody, whenGone } from './body';
import type { ApiDeps } from './deps';
import { ApiFailure } from './errors';
import { membershipsOf, workspacesAmong } from './membership';

export function shapeRoutes(deps: ApiDeps, upstream: Upstream): Hono {
  const app = new Hono();
  const readerOf = async (c: Context): Promise<ShapeReader> => {
    const { id } = await deps.person(c.req.raw);
    return { userId: id, mayRead: (workspaces) => workspacesAmong(deps.reads, id, workspaces) };
  };
  app.post('/live', async (c) => {
    const { id } = await deps.person(c.req.raw);
    const request = await readBody(c, liveRequest, limits.liveBytes);
    const reader = {
      userId: id,
      async memberships() {
        const { memberships, tag } = await membershipsOf(deps.reads, id);
        return { workspaceIds: new Set(memberships.map((m) => m.workspaceId)), tag };
      },
      nextChange: (until: AbortSignal) => deps.membershipChanges.next(until),
    };
    const answer = await pollLive(request, reader, upstream, whenGone(c));
    c.header('cache-control', 'private, no-store');
    return c.json(answer);
  });
  app.get('/:table', async (c) => {
    // Before the first await: the server only tells a signal that was asked for when the connection closes.
    const { signal } = c.req.raw;
    const reader = await readerOf(c);
    const params = new URL(c.req.url).searchParams;
    const workspaces = params.getAll('workspace');
    params.delete('workspace');
    const asked = {
      table: c.req.param('table'),
      workspaceId: workspaces.length === 1 ? workspaces[0]! : '',
      params,
    };
    const response = await proxyShape(asked, reader, upstream, signal).catch((error: unknown) => {
      if (error instanceof ShapeRefused) throw new ApiFailure(error.kind, error.message);
      throw error;
    });
    const large = !params.has('live') && c.req.header('accept-encoding')?.includes('gzip');
    return large ? gzipped(response) : response;
  });
  return app;
}

/** Snapshots are megabytes of repeating names: at the lightest level gzip still leaves a small part of it. */
function gzipped(response: Response): Response {
  if (!response.body) return response;
  const headers = new Headers(response.headers);
  headers.set('content-encoding', 'gzip');
  headers.append('vary', 'Accept-Encoding');
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const source = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream);
  source.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => source.destroy());
  const body = Readable.toWeb(source.pipe(gzip)) as ReadableStream;
  return new Response(body, { status: response.status, headers });
}
