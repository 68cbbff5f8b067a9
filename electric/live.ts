// Many live long polls over one connection. HTTP/1.1 gives a browser about six connections to an origin, for all
// its tabs together: eight shapes that each hold one would starve every write.
import type { Schema } from '../db/sync/schema';
import type { LiveRequest } from '../db/sync/wire';
import type { KnownPolls, Line } from './known-polls';
import type { LiveHub } from './live-hub';
import type { Wait } from './live-wait';
import { type Asked, ClientGone, notMember, readAsked, type ShapeReader, ShapeRefused } from './proxy';

export type LivePoll = LiveRequest['polls'][number];

/** What live requests have in common. */
export interface LiveDoor {
  readonly schema: Schema;
  readonly hub: LiveHub;
  readonly known: KnownPolls;
}

/** Workspaces, and the tag of their list (db/sync/wire.ts, sessionAnswer). */
export interface Readable {
  readonly workspaceIds: ReadonlySet<string>;
  readonly tag: string;
}

/** Whose live request it is. */
export interface LiveReader extends Pick<ShapeReader, 'userId'> {
  /** What the person may read now. */
  memberships(): Readable | Promise<Readable>;
  /** Calls when the person's memberships may have changed. @returns how to end that */
  onChange(listener: () => void): () => void;
}

/**
 * Waits for all polls at once and resolves with those that were answered, as soon as one was, or as soon as the person's
 * memberships are others than those that the request names. The client asks the others again with the offsets it has,
 * so nothing is lost by that. A refused poll is a result like any other.
 * @param signals any of them aborts everything: nobody waits any more, or the person may not read on
 * @returns a LiveAnswer (db/sync/wire.ts) as JSON
 * @throws ClientGone
 */
export async function pollLive(
  request: LiveRequest,
  reader: LiveReader,
  door: LiveDoor,
  signals: readonly AbortSignal[],
): Promise<string> {
  const { hub, known } = door;
  const { wait, close } = hub.open();
  const gone = () => wait.fail(new ClientGone());
  for (const signal of signals) {
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone);
  }
  // Listens before it looks, so that no change falls in between.
  const unlisten = reader.onChange(() => void look(request.memberships, reader, wait));
  try {
    const readable = reader.memberships();
    const { workspaceIds, tag } = readable instanceof Promise ? await readable : readable;
    if (tag !== request.memberships) return changed;
    const line = known.line(request.line, reader.userId);
    if (!sit(request.polls, line, workspaceIds, door, wait)) return forgotten;
    const results = await wait.done;
    if (results === null) return changed;
    known.keep(line, request.polls);
    return `{"membershipsChanged":false,"line":"${line.name}","results":[${results.join()}]}`;
  } finally {
    wait.leave();
    close();
    unlisten();
    for (const signal of signals) signal.removeEventListener('abort', gone);
  }
}

const changed = '{"membershipsChanged":true,"results":[]}';
const forgotten = '{"membershipsChanged":false,"forgotten":true,"results":[]}';

/** Ends the request when the memberships are others than those of the tag. */
async function look(known: string, reader: LiveReader, wait: Wait): Promise<void> {
  try {
    if ((await reader.memberships()).tag !== known) wait.changed();
  } catch {
    // The database is away for a moment, or the session is over: open reads are cut for that.
  }
}

/** @returns false: a poll is named only, and is not known */
function sit(
  polls: readonly LivePoll[],
  line: Line,
  readable: ReadonlySet<string>,
  { schema, hub, known }: LiveDoor,
  wait: Wait,
): boolean {
  for (const poll of polls) {
    const { id, params } = poll;
    const asked = params ? read(schema, poll, params, line.userId) : line.polls.get(id);
    if (asked === undefined) return false;
    if (asked instanceof ShapeRefused) hub.refuse(wait, id, asked);
    else if (!readable.has(asked.workspaceId)) hub.refuse(wait, id, notMember());
    else {
      hub.join(wait, id, asked);
      if (params) known.add(line, id, asked);
    }
  }
  return true;
}

function read(
  schema: Schema,
  { table = '', workspace = '' }: LivePoll,
  params: Readonly<Record<string, string>>,
  userId: string,
): Asked | ShapeRefused {
  try {
    const asked = readAsked(schema, table, workspace, Object.entries(params), userId);
    if (asked.resume.get('live') === 'true' && !asked.resume.has('live_sse')) return asked;
    return new ShapeRefused('malformed', 'Only live long polls can share a connection.');
  } catch (error) {
    if (error instanceof ShapeRefused) return error;
    throw error;
  }
}
