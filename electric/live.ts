// Many live long polls over one connection. HTTP/1.1 gives a browser about six connections to an origin, for all
// its tabs together: eight shapes that each hold one would starve every write.
import type { LiveRequest } from '../db/wire';
import type { LiveHub } from './live-hub';
import type { Wait } from './live-wait';
import { type Asked, ClientGone, notMember, readAsked, type ShapeReader, ShapeRefused } from './proxy';

export type LivePoll = LiveRequest['polls'][number];

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
  hub: LiveHub,
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
    if (tag !== request.memberships) wait.changed();
    else sit(request.polls, reader.userId, workspaceIds, hub, wait);
    const results = await wait.done;
    return results === null
      ? '{"membershipsChanged":true,"results":[]}'
      : `{"membershipsChanged":false,"results":[${results.join()}]}`;
  } finally {
    wait.leave();
    close();
    unlisten();
    for (const signal of signals) signal.removeEventListener('abort', gone);
  }
}

/** Ends the request when the memberships are others than those of the tag. */
async function look(known: string, reader: LiveReader, wait: Wait): Promise<void> {
  const now = await reader.memberships().catch(() => null);
  if (now && now.tag !== known) wait.changed();
}

function sit(
  polls: readonly LivePoll[],
  userId: string,
  readable: ReadonlySet<string>,
  hub: LiveHub,
  wait: Wait,
): void {
  for (const poll of polls) {
    const asked = read(poll, userId);
    if (asked instanceof ShapeRefused) hub.refuse(wait, poll.id, asked);
    else if (!readable.has(asked.workspaceId)) hub.refuse(wait, poll.id, notMember());
    else hub.join(wait, poll.id, asked);
  }
}

function read(poll: LivePoll, userId: string): Asked | ShapeRefused {
  try {
    const asked = readAsked(poll.table, poll.workspace, Object.entries(poll.params), userId);
    if (asked.resume.get('live') === 'true' && !asked.resume.has('live_sse')) return asked;
    return new ShapeRefused('malformed', 'Only live long polls can share a connection.');
  } catch (error) {
    if (error instanceof ShapeRefused) return error;
    throw error;
  }
}
