// Many live long polls over one connection. HTTP/1.1 gives a browser about six connections to an origin, for all
// its tabs together: eight shapes that each hold one would starve every write.
import type { z } from 'zod';
import type { ApiErrorKind, apiError, LiveAnswer, LiveRequest } from '../db/wire';
import {
  ClientGone,
  forward,
  notMember,
  type ShapeReader,
  ShapeRefused,
  type Upstream,
  upstreamParams,
} from './proxy';

export type LivePoll = LiveRequest['polls'][number];
export type LiveResult = LiveAnswer['results'][number];

/** Whose live request it is. */
export interface LiveReader extends Pick<ShapeReader, 'userId'> {
  /** The workspaces that the person may read now, and the tag of that list (db/wire.ts, sessionAnswer). */
  memberships(): Promise<{ readonly workspaceIds: ReadonlySet<string>; readonly tag: string }>;
  /** Resolves when somebody's memberships may have changed, or when `signal` aborts. */
  nextChange(signal: AbortSignal): Promise<void>;
}

/** Answers that come this soon after the first one travel with it, ms. */
const gather = 5;
/** A request without polls waits this long for a change of memberships, ms. */
const longestWait = 20_000;

/**
 * Asks all polls upstream at once and resolves with those that answered, as soon as one did, or as soon as the
 * person's memberships are others than those that the request names. The other polls are aborted; the client asks
 * them again with the offsets it has, so nothing is lost by that. A refused poll is a result like any other.
 * @param signal aborts everything: the client went away
 * @throws ClientGone
 */
export async function pollLive(
  request: LiveRequest,
  reader: LiveReader,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<LiveAnswer> {
  const { polls } = request;
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  // Listens before it looks, so that no change falls in between.
  const changed = untilChanged(request.memberships, reader, all);
  const { workspaceIds, tag } = await reader.memberships();
  if (tag !== request.memberships) {
    stop.abort();
    return { membershipsChanged: true, results: [] };
  }
  const asked = polls.map((poll) => prepare(poll, reader.userId));
  const results: LiveResult[] = [];
  const running = polls.map(async (poll, i) => {
    const result = await answer(poll.id, asked[i]!, workspaceIds, upstream, all).catch((error: unknown) => {
      if (all.aborted) return null;
      throw error;
    });
    if (result && !stop.signal.aborted) results.push(result);
    // An abort answers nobody: it must not be taken for the first answer.
    else await new Promise<never>(() => {});
  });
  const patience = polls.length === 0 ? [after(longestWait, all)] : [];
  try {
    const first = await Promise.race([...running, ...patience, changed, aborted(signal)]);
    if (first === 'changed') return { membershipsChanged: true, results };
    if (results.length < polls.length) await new Promise((done) => setTimeout(done, gather));
    return { membershipsChanged: false, results };
  } finally {
    stop.abort();
  }
}

/** Resolves when the memberships are others than those of the tag; never, when they stay. */
async function untilChanged(known: string, reader: LiveReader, signal: AbortSignal): Promise<'changed'> {
  while (!signal.aborted) {
    await reader.nextChange(signal);
    if (signal.aborted) break;
    const now = await reader.memberships().catch(() => null);
    if (now && now.tag !== known) return 'changed';
  }
  return await new Promise<never>(() => {});
}

function after(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
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
