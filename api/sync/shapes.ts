// The read path's routes: one shape, and the live polls of many over one connection. Logic is in electric/.
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { catchUpRequest, limits, liveRequest } from '../../db/sync/wire';
import { catchUp } from '../../electric/catch-up';
import { type LiveDoor, pollLive } from '../../electric/live';
import { ClientGone, proxyShape, type ShapeReader, ShapeRefused, type Upstream } from '../../electric/proxy';
import { readBody, whenGone } from './body';
import { ApiFailure, failureResponse } from './errors';
import type { KnownReaders } from './known-readers';
import type { MembershipChanges } from './membership-changes';
import { type OpenRead, type OpenReads, untilCut } from './open-reads';
import type { Memberships, Person } from './sessions';

export interface ShapeParts {
  /** @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<Person>;
  readonly memberships: Memberships;
  readonly membershipChanges: MembershipChanges;
  readonly readers: KnownReaders;
  readonly openReads: OpenReads;
  readonly upstream: Upstream;
  /** To that upstream, for live polls. */
  readonly door: LiveDoor;
}

export function shapeRoutes(parts: ShapeParts): Hono {
  const { readers, openReads, upstream, door } = parts;
  const app = new Hono();
  /**
   * Runs a read that is cut off when its person may not read on. Then it is asked again, as it would be now, and is
   * refused what is lost. It is registered before the memberships are looked at, so that no change falls between.
   * @param gone aborts when nobody waits any more
   * @throws ApiFailure 'signed-out' when the session is over
   */
  const uncut = async <T>(
    c: Context,
    gone: AbortSignal,
    userId: string,
    run: (read: OpenRead) => Promise<T>,
  ): Promise<T> => {
    for (;;) {
      const read = openReads.open(c.req.raw, userId);
      try {
        return await run(read);
      } catch (error) {
        read.close();
        if (!read.cut.aborted || gone.aborted) throw error;
        if (read.cut.reason instanceof ApiFailure) throw read.cut.reason;
        // Whatever was known a moment ago is not what cut it.
        readers.forget();
      }
    }
  };
  app.post('/live', async (c) => {
    const gone = whenGone(c);
    const { id: userId } = readers.known(c.req.raw) ?? (await readers.of(c.req.raw));
    const request = await readBody(c, liveRequest, limits.liveBytes);
    const answer = await uncut(c, gone, userId, async (read) => {
      const asked = async () => {
        const known = await readers.of(c.req.raw);
        read.watch([...known.workspaceIds]);
        return known;
      };
      const reader = {
        userId,
        memberships() {
          const known = readers.known(c.req.raw);
          if (known) read.watch([...known.workspaceIds]);
          return known ?? asked();
        },
        onChange: (listener: () => void) => parts.membershipChanges.listen(userId, listener),
      };
      const found = await pollLive(request, reader, door, [gone, read.cut]);
      if (read.cut.aborted) throw new ClientGone();
      read.close();
      return found;
    });
    return c.body(answer, 200, {
      'content-type': 'application/json',
      'cache-control': 'private, no-store',
    });
  });
  const readerOf = (userId: string, read: OpenRead): ShapeReader => ({
    userId,
    async mayRead(ids) {
      read.watch(ids);
      const theirs = (await parts.memberships.membershipsOf([userId])).get(userId) ?? [];
      const readable = new Set(theirs.map((m) => m.workspaceId).filter((id) => ids.includes(id)));
      read.watch([...readable]);
      return readable;
    },
  });
  app.post('/catch-up', async (c) => {
    const gone = whenGone(c);
    const { id: userId } = await parts.person(c.req.raw);
    const request = await readBody(c, catchUpRequest, limits.liveBytes);
    const read = openReads.open(c.req.raw, userId);
    const until = AbortSignal.any([gone, read.cut]);
    const refusal = ({ kind, message }: ShapeRefused) => failureResponse(kind, message);
    const body = catchUp(request, readerOf(userId, read), door.schema, upstream, refusal, until);
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'private, no-store' };
    const answer = untilCut(new Response(body, { headers }), read);
    return c.req.header('accept-encoding')?.includes('gzip') ? gzipped(answer, 'flushed') : answer;
  });
  app.get('/:table', async (c) => {
    // Before the first await: the server only tells a signal that was asked for when the connection closes.
    const { signal } = c.req.raw;
    const params = new URL(c.req.url).searchParams;
    const workspaces = params.getAll('workspace');
    params.delete('workspace');
    const asked = {
      table: c.req.param('table'),
      workspaceId: workspaces.length === 1 ? workspaces[0]! : '',
      params,
    };
    const { id: userId } = await parts.person(c.req.raw);
    const response = await uncut(c, signal, userId, async (read) => {
      const reader = readerOf(userId, read);
      const until = AbortSignal.any([signal, read.cut]);
      const answer = await proxyShape(door.schema, asked, reader, upstream, until);
      return untilCut(answer, read);
    }).catch((error: unknown) => {
      if (error instanceof ShapeRefused) throw new ApiFailure(error.kind, error.message);
      throw error;
    });
    const large = !params.has('live') && c.req.header('accept-encoding')?.includes('gzip');
    return large ? gzipped(response) : response;
  });
  return app;
}

/** Snapshots are megabytes of repeating names: at the lightest level gzip still leaves a small part of it. */
function gzipped(response: Response, how?: 'flushed'): Response {
  if (!response.body) return response;
  const headers = new Headers(response.headers);
  headers.set('content-encoding', 'gzip');
  headers.append('vary', 'Accept-Encoding');
  const gzip = createGzip({
    level: constants.Z_BEST_SPEED,
    // Each part leaves as it comes.
    ...(how === 'flushed' ? { flush: constants.Z_SYNC_FLUSH } : {}),
  });
  const source = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream);
  source.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => source.destroy());
  const body = Readable.toWeb(source.pipe(gzip)) as ReadableStream;
  return new Response(body, { status: response.status, headers });
}
