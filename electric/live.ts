// Many live long polls over one connection. HTTP/1.1 gives a browser about six connections to an origin, for all
// its tabs together: eight shapes that each hold one would starve every write.
import type { LiveRequest } from '../db/wire';
import type { KnownPolls, Polls } from './known-polls';
import type { LiveHub } from './live-hub';
import type { Wait } from './live-wait';
import { type Asked, ClientGone, notMember, readAsked, type ShapeReader, ShapeRefused } from './proxy';

export type LivePoll = LiveRequest['polls'][number];

/** What live requests have in common. */
export interface LiveDoor {
  readonly hub: LiveHub;
  readonly known: KnownPolls;
}

/** Whose live request it is. */
export interface LiveReader extends Pick<ShapeReader, 'userId'> {
  /** The workspaces that the person may read now, and the tag of that list (db/wire.ts, sessionAnswer). */
  memberships(): Promise<{ readonly workspaceIds: ReadonlySet<string>; readonly tag: string }>;
  /** Calls when the person's memberships may have changed. @returns how to end that */
  onChange(listener: () => void): () => void;
}

/**
 * Waits for all polls at once and resolves with those that were answered, as soon as one was, or as soon as the person's
 * memberships are others than those that the request names. The client asks the others again with the offsets it has,
 * so nothing is lost by that. A refused poll is a result like any other.
 * @param signals any of them aborts everything: nobody waits any more, or the person may not read on
 * @returns a LiveAnswer (db/wire.ts) as JSON
 * @throws ClientGone
 */
export async function pollLive(
  request: LiveRequest,
  reader: LiveReader,
  { hub, known }: LiveDoor,
  signals: readonly AbortSignal[],
): Promise<string> {
  const { wait, close } = hub.open();
  const gone = () => wait.fail(new ClientGone());
  for (const signal of signals) {
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone);
  }
  // Listens before it looks, so that no change falls in between.
  const unlisten = reader.onChange(() => void look(request.memberships, reader, wait));
  try {
    const { workspaceIds, tag } = await reader.memberships();
    if (tag !== request.memberships) return changed;
    const asked = sit(request, reader.userId, workspaceIds, { hub, known }, wait);
    if (asked === null) return forgotten;
    const results = await wait.done;
    if (results === null) return changed;
    const since = known.keep(reader.userId, asked, request.since);
    return `{"membershipsChanged":false,"since":"${since}","results":[${results.join()}]}`;
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
  const now = await reader.memberships().catch(() => null);
  if (now && now.tag !== known) wait.changed();
}

/** @returns the polls that wait; null: one is named only, and is not known any more */
function sit(
  { since, polls }: LiveRequest,
  userId: string,
  readable: ReadonlySet<string>,
  { hub, known }: LiveDoor,
  wait: Wait,
): Polls | null {
  const before = since === undefined ? null : known.find(since, userId);
  const waiting = new Map<string, Asked>();
  for (const poll of polls) {
    const { id, params } = poll;
    const asked = params ? read(poll, params, userId) : before?.get(id);
    if (asked === undefined) return null;
    if (asked instanceof ShapeRefused) hub.refuse(wait, id, asked);
    else if (!readable.has(asked.workspaceId)) hub.refuse(wait, id, notMember());
    else {
      hub.join(wait, id, asked);
      waiting.set(id, asked);
    }
  }
  return waiting;
}

function read(
  { table = '', workspace = '' }: LivePoll,
  params: Readonly<Record<string, string>>,
  userId: string,
): Asked | ShapeRefused {
  try {
    const asked = readAsked(table, workspace, Object.entries(params), userId);
    if (asked.resume.get('live') === 'true' && !asked.resume.has('live_sse')) return asked;
    return new ShapeRefused('malformed', 'Only live long polls can share a connection.');
  } catch (error) {
    if (error instanceof ShapeRefused) return error;
    throw error;
  }
}
