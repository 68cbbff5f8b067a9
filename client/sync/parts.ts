// What the server says of one shape, a part at a time, as the protocol writes it. What is no answer of it (a sign-in page
// of a hotel, half a body) is asked for again, and never taken for one.
import { z } from 'zod';
import { apiError } from '../../db/sync/wire';
import { LinkError } from './link';

/** A message of the protocol, as far as it matters here. */
export interface Message {
  readonly headers: {
    readonly operation?: unknown;
    readonly control?: unknown;
    /** Of a change in the log; rows of a snapshot have none. */
    readonly lsn?: unknown;
    /** The shape's last change of its transaction. */
    readonly last?: unknown;
    readonly global_last_seen_lsn?: unknown;
  };
  /** Of a change: the row, or the columns of it that changed, with its id. Values are Postgres text, or null. */
  readonly value?: Readonly<Record<string, string | null>>;
}

export interface Part {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly messages: readonly Message[];
}

export interface PartOptions {
  /** One request; it waits out what can be waited out. */
  ask(url: URL, init: RequestInit): Promise<Response>;
  /** Waits before an answer that was none is asked for again. @throws the signal's reason */
  pause(signal: AbortSignal | undefined, failures: number): Promise<void>;
  /** Why there is no answer; null: there is one again. */
  interrupted(by: 'busy' | 'unreadable' | null): void;
}

/** @returns the part, or the refusal of the shape server or of the proxy before it */
export async function askPart(options: PartOptions, url: URL, init: RequestInit): Promise<Part | Response> {
  for (let failures = 1; ; failures++) {
    const response = await options.ask(url, init).catch((error: unknown) => {
      if (error instanceof LinkError && error.kind === 'unreadable') return Response.error();
      throw error;
    });
    const isBusy = response.status === 429 || response.status >= 500;
    const answer = isBusy
      ? null
      : await (response.status === 200 ? readPart(response) : readRefusal(response)).catch(() => null);
    const kind = isBusy ? 'busy' : 'unreadable';
    if (answer || failures > 1 || !isBusy) options.interrupted(answer ? null : kind);
    if (answer) return answer;
    await options.pause(init.signal ?? undefined, failures);
  }
}

/** The address of what follows the part. */
export function after({ headers }: Part, url: URL): URL {
  const next = new URL(url);
  for (const name of ['live', 'live_sse', 'cursor']) next.searchParams.delete(name);
  next.searchParams.set('handle', headers.get('electric-handle') ?? '');
  next.searchParams.set('offset', headers.get('electric-offset') ?? '');
  return next;
}

/** Everything that the server had came with it. */
export function isLast({ headers, messages }: Part): boolean {
  return headers.has('electric-up-to-date') || messages.at(-1)?.headers.control === 'up-to-date';
}

/** @throws when it is not what the protocol says */
async function readPart(response: Response): Promise<Part> {
  const { status, headers } = response;
  const text = await response.text();
  const messages: unknown = text === '' ? [] : JSON.parse(text);
  if (!headers.has('electric-handle') || !headers.has('electric-offset') || !Array.isArray(messages)) {
    throw new Error('no answer of the protocol');
  }
  for (const message of messages) if (!isMessage(message)) throw new Error('no message of the protocol');
  return { status, headers, text, messages };
}

/**
 * A refusal as the shape server or the proxy before it writes one: the log is gone, or a message why.
 * @throws when it is neither: then it is not theirs
 */
async function readRefusal(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  const body: unknown = JSON.parse(text);
  const gone = z
    .array(z.object({ headers: z.object({ control: z.literal('must-refetch') }) }).loose())
    .min(1);
  const why = z.union([apiError, z.object({ message: z.string() }).loose()]);
  if (!(status === 409 ? z.union([gone, why]) : why).safeParse(body).success) throw new Error('no refusal');
  return new Response(text, { status, headers });
}

const operations = new Set(['insert', 'update', 'delete']);

function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null || !('headers' in message)) return false;
  const { headers } = message;
  if (typeof headers !== 'object' || headers === null) return false;
  if ('operation' in headers) {
    return (
      operations.has(String(headers.operation)) && 'value' in message && typeof message.value === 'object'
    );
  }
  return 'control' in headers || 'event' in headers;
}
