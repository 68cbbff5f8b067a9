// Many shape requests in one answer, for a device that starts: of each shape all parts from where the device stands up to
// now, in the order in which they were asked for. One request in place of three for each table counts where an answer
// takes a second to arrive.
import type { Schema } from '../db/sync/schema';
import type { CatchUpHead, CatchUpRequest } from '../db/sync/wire';
import {
  type Asked,
  ClientGone,
  forward,
  notMember,
  readAsked,
  type ShapeReader,
  ShapeRefused,
  type Upstream,
} from './proxy';

/** So many shapes are asked of upstream at the same time; what is ahead of its turn waits in memory, a part of each. */
const AHEAD = 3;

interface Part {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** How a refusal is said, as the app's other routes say it. */
export type Refusal = (refused: ShapeRefused) => Response;

/**
 * @returns the body of the answer: for each part its head (CatchUpHead, db/sync/wire.ts) as a line of JSON, and then as
 * many bytes as that says. It ends early where nobody waits any more, or upstream is away in the middle of a shape:
 * what is missing is to be asked for by itself.
 */
export function catchUp(
  request: CatchUpRequest,
  reader: ShapeReader,
  schema: Schema,
  upstream: Upstream,
  refusal: Refusal,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const parts = partsOf(request, reader, schema, upstream, refusal, signal);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next().catch((error: unknown) => {
        if (error instanceof ClientGone || signal.aborted) return { done: true, value: undefined } as const;
        throw error;
      });
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

async function* partsOf(
  { polls }: CatchUpRequest,
  reader: ShapeReader,
  schema: Schema,
  upstream: Upstream,
  refusal: Refusal,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  const asked = polls.map((poll) => read(schema, poll, reader.userId));
  const workspaceIds = asked.flatMap((each) => (each instanceof ShapeRefused ? [] : [each.workspaceId]));
  const readable = await reader.mayRead([...new Set(workspaceIds)]);
  const begin = (i: number): Promise<Part> => {
    const each = asked[i]!;
    const part =
      each instanceof ShapeRefused || !readable.has(each.workspaceId)
        ? whole(refusal(each instanceof ShapeRefused ? each : notMember()))
        : partAt(each.upstreamParams(), upstream, refusal, signal);
    // It may fail long before its turn.
    part.catch(() => {});
    return part;
  };
  const first: Promise<Part>[] = [];
  for (let i = 0; i < polls.length; i++) {
    while (first.length < polls.length && first.length < i + AHEAD) first.push(begin(first.length));
    const each = asked[i]!;
    let part = await first[i]!;
    yield* framed(polls[i]!.id, part);
    if (each instanceof ShapeRefused) continue;
    const params = each.upstreamParams();
    while (part.status === 200 && !part.headers.has('electric-up-to-date')) {
      const offset = part.headers.get('electric-offset') ?? '';
      // A shape that is being made has nothing to say yet: the device asks again by itself.
      if (offset === params.get('offset') && part.body.length <= 2) break;
      params.set('offset', offset);
      params.set('handle', part.headers.get('electric-handle') ?? '');
      part = await partAt(params, upstream, refusal, signal);
      yield* framed(polls[i]!.id, part);
    }
  }
}

function read(schema: Schema, poll: CatchUpRequest['polls'][number], userId: string): Asked | ShapeRefused {
  try {
    const asked = readAsked(schema, poll.table, poll.workspace, Object.entries(poll.params), userId);
    if (!asked.resume.has('live') && !asked.resume.has('live_sse')) return asked;
    return new ShapeRefused('malformed', 'Live requests have a door of their own.');
  } catch (error) {
    if (error instanceof ShapeRefused) return error;
    throw error;
  }
}

async function partAt(
  params: URLSearchParams,
  upstream: Upstream,
  refusal: Refusal,
  signal: AbortSignal,
): Promise<Part> {
  try {
    return await whole(await forward(new URLSearchParams(params), upstream, signal));
  } catch (error) {
    if (error instanceof ShapeRefused) return await whole(refusal(error));
    throw error;
  }
}

async function whole(answer: Response): Promise<Part> {
  return {
    status: answer.status,
    headers: answer.headers,
    body: new Uint8Array(await answer.arrayBuffer()),
  };
}

function* framed(poll: string, { status, headers, body }: Part): Generator<Uint8Array> {
  const named = [...headers].filter(([name]) => name.startsWith('electric-') || name === 'content-type');
  const head: CatchUpHead = { poll, status, headers: Object.fromEntries(named), bytes: body.length };
  yield new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  yield body;
}
