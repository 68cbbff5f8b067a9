// The authorising door to the shapes (A1): what a client may ask for, what goes upstream, what comes back.
// Upstream is the real Electric or the embedded shape server; nothing here knows which.

import { uuid } from '../db/sync/uuid';
import type { ApiErrorKind } from '../db/sync/wire';
import { isTableName, schema, type TableName } from '../db/tables';
import { isPersonal, resumeParameters, shapeRequest } from './shapes';

/** Answers a request to /v1/shape with these parameters. Rejects when it cannot be reached or `signal` aborts. */
export type Upstream = (params: URLSearchParams, signal: AbortSignal) => Promise<Response>;

/** Whose request it is; decided by the session, never by what the client says. */
export interface ShapeReader {
  readonly userId: string;
  /** @returns those of the workspaces that the person may read. */
  mayRead(workspaceIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A request that does not go upstream. `message` can be shown. */
export class ShapeRefused extends Error {
  override readonly name = 'ShapeRefused';
  constructor(
    readonly kind: Extract<ApiErrorKind, 'malformed' | 'not-found' | 'forbidden' | 'busy'>,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** Nobody waits for the answer any more. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

export interface ShapeAsked {
  readonly table: string;
  readonly workspaceId: string;
  /** What the client set, beside table and workspace. */
  readonly params: URLSearchParams;
}

const allowed: ReadonlySet<string> = new Set(resumeParameters);
const valueLimit = 200;
/** These only keep caches apart; all others say what is asked for. */
const cacheKeys: ReadonlySet<string> = new Set(['cursor', 'expired_handle', 'cache-buster']);
const placing = resumeParameters.filter((name) => !cacheKeys.has(name));

/** What a client asks for, when it may be asked for. */
export class Asked {
  /**
   * Names the shape and the place in its log: whoever asks with the same one would get the same answer. May be replaced by
   * an equal text: one that is the very same is compared faster.
   */
  place: string;
  /** Characters that it takes in memory, about. */
  readonly size: number;

  /** @param version the client's schema (S3) */
  constructor(
    private readonly table: TableName,
    readonly workspaceId: string,
    private readonly userId: string,
    private readonly version: number,
    /** What the client set of the resume parameters. */
    readonly resume: ReadonlyMap<string, string>,
  ) {
    let place = `${table} ${version} ${workspaceId} ${isPersonal(table) ? userId : ''}`;
    for (const name of placing) {
      const value = resume.get(name);
      // Lengths keep a client's values apart.
      place += value === undefined ? ' -' : ` ${value.length}:${value}`;
    }
    this.place = place;
    let size = 500 + place.length;
    for (const value of resume.values()) size += value.length;
    this.size = size;
  }

  /** @param cursor in place of the client's */
  upstreamParams(cursor = this.resume.get('cursor')): URLSearchParams {
    const params = new URLSearchParams([...this.resume]);
    if (cursor !== undefined) params.set('cursor', cursor);
    const shape = shapeRequest(this.table, this.workspaceId, this.userId, this.version);
    for (const [name, value] of Object.entries(shape)) params.set(name, value);
    return params;
  }
}

/**
 * Checks the form of a request.
 * Whether the person may read the workspace is for the caller to check, before it forwards.
 * @throws ShapeRefused 'not-found' for an unknown table, 'malformed' for anything a client may not set
 */
export function readAsked(
  table: string,
  workspace: string,
  params: Iterable<readonly [string, string]>,
  userId: string,
): Asked {
  if (!isTableName(table)) throw new ShapeRefused('not-found', 'There is no such shape.');
  const workspaceId = workspace.toLowerCase();
  if (!isUuid(workspaceId)) throw new ShapeRefused('malformed', 'The workspace must be one uuid.');
  const resume = new Map<string, string>();
  // Whoever does not say it has the first release's columns.
  let version = 0;
  for (const [name, value] of params) {
    if (name === 'schema') {
      if (!/^\d{1,6}$/.test(value)) throw new ShapeRefused('malformed', 'The schema must be a number.');
      version = Math.min(Number(value), schema.version);
      continue;
    }
    if (!allowed.has(name)) throw new ShapeRefused('malformed', 'This parameter may not be set.');
    if (resume.has(name)) throw new ShapeRefused('malformed', `The parameter ${name} is given twice.`);
    if (value.length > valueLimit) throw new ShapeRefused('malformed', `The parameter ${name} is too long.`);
    resume.set(name, value);
  }
  return new Asked(table, workspaceId, userId, version, resume);
}

/** The last one that was read: the polls of a request are mostly of one workspace. */
let lastUuid = '';

function isUuid(text: string): boolean {
  if (text === lastUuid) return true;
  if (!uuid.safeParse(text).success) return false;
  lastUuid = text;
  return true;
}

/**
 * Answers one shape request of a person.
 * @throws ShapeRefused, ClientGone
 */
export async function proxyShape(
  asked: ShapeAsked,
  reader: ShapeReader,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<Response> {
  const read = readAsked(asked.table, asked.workspaceId, asked.params, reader.userId);
  const readable = await reader.mayRead([read.workspaceId]);
  if (!readable.has(read.workspaceId)) throw notMember();
  return await forward(read.upstreamParams(), upstream, signal);
}

/** The same answer for a workspace that is not the person's and for one that does not exist. */
export function notMember(): ShapeRefused {
  return new ShapeRefused('forbidden', 'You are not a member of this workspace.');
}

/**
 * Passes on what a client must have: the rows and the electric-* headers. An upstream's own error texts stay here.
 * @throws ShapeRefused 'busy' when the upstream is away, 'malformed' when it refused the resume parameters;
 * ClientGone when `signal` aborted
 */
export async function forward(
  params: URLSearchParams,
  upstream: Upstream,
  signal: AbortSignal,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await upstream(params, signal);
  } catch {
    if (signal.aborted) throw new ClientGone();
    throw new ShapeRefused('busy', 'The shapes cannot be read just now.');
  }
  // 409 tells the client to fetch the shape anew; its body is part of the protocol.
  if (answer.ok || answer.status === 409) {
    return new Response(answer.body, { status: answer.status, headers: passedHeaders(answer.headers) });
  }
  await answer.body?.cancel();
  if (answer.status === 400) throw new ShapeRefused('malformed', 'The resume parameters are not valid.');
  throw new ShapeRefused('busy', 'The shapes cannot be read just now.');
}

/** Rows of one person: no shared cache may keep them, and the browser's would outlive a sign-out. */
function passedHeaders(from: Headers): Headers {
  const headers = new Headers({ 'cache-control': 'private, no-store', vary: 'Cookie' });
  for (const [name, value] of from) {
    if (name.startsWith('electric-') || name === 'content-type') headers.set(name, value);
  }
  return headers;
}

/**
 * A real Electric as upstream. It closes a connection after 50 requests, and one that goes out at that moment breaks:
 * such a request is sent once more. It only reads, so twice is as good as once.
 * @param url its origin, without a trailing slash
 * @param secret added here, on the server's side only
 */
export function electricUpstream(url: string, secret: string | null): Upstream {
  return async (params, signal) => {
    const all = new URLSearchParams(params);
    if (secret !== null) all.set('secret', secret);
    const ask = () => fetch(`${url}/v1/shape?${all}`, { signal, redirect: 'error' });
    return await ask().catch((error: unknown) => {
      if (signal.aborted || !brokeBeforeAnswer(error)) throw error;
      return ask();
    });
  };
}

/** The connection was there and broke, in the codes of Node and of its fetch; not: nobody listens. */
function brokeBeforeAnswer(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** A shape server in this process as upstream. */
export function embeddedUpstream(handle: (request: Request) => Promise<Response>): Upstream {
  return (params, signal) => handle(new Request(`http://embedded/v1/shape?${params}`, { signal }));
}
