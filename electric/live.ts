// Many live long polls over one connection. HTTP/1.1 gives a browser about six connections to an origin, for all
// its tabs together: eight shapes that each hold one would starve every write.
import { z } from 'zod';
import type { ApiErrorKind, apiError } from '../db/wire';
import {
  ClientGone,
  forward,
  notMember,
  type ShapeReader,
  ShapeRefused,
  type Upstream,
  upstreamParams,
} from './proxy';

/** Body of POST /api/shapes/live. A poll says what GET /api/shapes/:table says in its address. */
export const liveRequest = z.object({
  polls: z
    .array(
      z.object({
        /** Comes back with the result; the client's own. */
        id: z.string().max(100),
        table: z.string().max(63),
        workspace: z.string().max(36),
        params: z.record(z.string().max(63), z.string().max(200)),
      }),
    )
    .min(1)
    .max(64),
});
export type LivePoll = z.infer<typeof liveRequest>['polls'][number];

/** What the poll would have got as a request of its own. */
export interface LiveResult {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Answers that come this soon after the first one travel with it, ms. */
const gather = 5;

/**
 * Asks all polls upstream at once and resolves with those that answered, as soon as one did. The others are
 * aborted; the client asks them again with the offsets it has, so nothing is lost by that.
 * A refused poll is a result like any other.
 * @param signal aborts everything: the client went away
 * @throws ClientGone
 */
export async function pollLive(
  polls: readonly LivePoll[],
  reader: ShapeReader,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<LiveResult[]> {
  const asked = polls.map((poll) => prepare(poll, reader.userId));
  const workspaces = asked.flatMap((one) => (one instanceof ShapeRefused ? [] : [one.workspaceId]));
  const readable = await reader.mayRead([...new Set(workspaces)]);
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  const results: LiveResult[] = [];
  const running = polls.map(async (poll, i) => {
    const result = await answer(poll.id, asked[i]!, readable, upstream, all).catch((error: unknown) => {
      if (all.aborted) return null;
      throw error;
    });
    if (result && !stop.signal.aborted) results.push(result);
    // An abort answers nobody: it must not be taken for the first answer.
    else await new Promise<never>(() => {});
  });
  try {
    await Promise.race([...running, aborted(signal)]);
    if (results.length < polls.length) await new Promise((done) => setTimeout(done, gather));
    return results;
  } finally {
    stop.abort();
  }
}

interface Prepared {
  readonly workspaceId: string;
  readonly params: URLSearchParams;
}

function prepare(poll: LivePoll, userId: string): Prepared | ShapeRefused {
  try {
    const params = upstreamParams(
      { table: poll.table, workspaceId: poll.workspace, params: new URLSearchParams(poll.params) },
      userId,
    );
    if (params.get('live') === 'true' && !params.has('live_sse')) {
      return { workspaceId: poll.workspace.toLowerCase(), params };
    }
    return new ShapeRefused('malformed', 'Only live long polls can share a connection.');
  } catch (error) {
    if (error instanceof ShapeRefused) return error;
    throw error;
  }
}

async function answer(
  id: string,
  asked: Prepared | ShapeRefused,
  readable: ReadonlySet<string>,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<LiveResult> {
  if (asked instanceof ShapeRefused) return refused(id, asked);
  if (!readable.has(asked.workspaceId)) return refused(id, notMember());
  try {
    const response = await forward(asked.params, upstream, signal);
    const body = await response.text();
    return { id, status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    if (error instanceof ShapeRefused) return refused(id, error);
    throw error;
  }
}

/** Status and body of a refusal, as a request of its own would get them. */
export const refusalStatus = {
  malformed: 400,
  'not-found': 404,
  forbidden: 403,
  busy: 503,
} as const satisfies Partial<Record<ApiErrorKind, number>>;

function refused(id: string, error: ShapeRefused): LiveResult {
  const body: z.infer<typeof apiError> = { error: { kind: error.kind, sentence: error.message } };
  const headers: Record<string, string> = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  if (error.kind === 'busy') headers['retry-after'] = '1';
  return { id, status: refusalStatus[error.kind], headers, body: JSON.stringify(body) };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new ClientGone());
    else signal.addEventListener('abort', () => reject(new ClientGone()), { once: true });
  });
}
