// What the server says of one shape, before pglite-sync sees it. The plugin stores, with the transactions that are
// complete, the position of the whole answer, and it leaves out what is not above a position that it was told of. So
// an answer is handed on only when it is what the protocol says, ends where a transaction ends, and names no position
// that is ahead of its rows (docs/decisions/0008-whole-answers.md).
import { z } from 'zod';
import { apiError } from '../../db/sync/wire';
import { LinkError } from './link';

/** A message of the protocol, as far as it matters here. */
interface Message {
  readonly headers: {
    readonly operation?: unknown;
    readonly control?: unknown;
    /** Of a change in the log; rows of a snapshot have none. */
    readonly lsn?: unknown;
    /** The shape's last change of its transaction. */
    readonly last?: unknown;
    readonly global_last_seen_lsn?: unknown;
  };
}

interface Part {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly messages: readonly Message[];
}

export interface AnswersOptions {
  /** The log position up to which rows are stored; 0 for none. */
  readonly position: bigint;
  /** One request; it waits out what can be waited out. */
  ask(url: URL, init: RequestInit): Promise<Response>;
  /** Resolves when everything handed over so far is stored. @throws when it was not */
  stored(): Promise<void>;
  /** How many transactions of the plugin have been stored. */
  commits(): number;
  /** Waits before an answer that was none is asked for again. @throws the signal's reason */
  pause(signal: AbortSignal | undefined, failures: number): Promise<void>;
  /** Rows are about to be handed over. */
  rows(count: number): void;
  /** Everything that the server had is stored, and the stream waits for more. */
  current(): Promise<void>;
  /** An answer of the live phase has named this position, and the answer after it has come. */
  reached(position: bigint): Promise<void>;
  /** The log is gone, or the position is none of it: everything is to be fetched anew. */
  refetch(): void;
  /** Rows were handed over and not stored. */
  dropped(): void;
  /** Why there is no answer; null: there is one again. */
  interrupted(by: 'busy' | 'unreadable' | null): void;
}

const operations = new Set(['insert', 'update', 'delete']);

export class Answers {
  /** The highest position of a row that was handed over. */
  #position: bigint;
  /** Commits before an answer was handed over that has to end in one; null: none is owed. */
  #owed: number | null = null;
  /** Rows of a snapshot were handed over; the plugin keeps them until it is told a position. */
  #snapshot = false;
  /** What the last answer of the live phase said the server had seen. */
  #claimed: bigint | null = null;

  constructor(private readonly options: AnswersOptions) {
    this.#position = options.position;
  }

  /** What the stream asks by (`fetchClient`). */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    const isLive = url.searchParams.get('live') === 'true';
    await this.#settled();
    if (isLive) await this.options.current();
    const first = await this.#part(url, init);
    if (!(first instanceof Response) && first.status === 200) {
      const whole = await this.#whole(url, init, first);
      if (whole) {
        await this.#settled();
        return await this.#handOver(whole, isLive);
      }
    } else if (first instanceof Response && ![400, 409].includes(first.status)) {
      return first;
    }
    this.options.refetch();
    return await untilAborted(init.signal ?? undefined);
  };

  async #settled(): Promise<void> {
    await this.options.stored();
    if (this.#owed !== null && this.options.commits() === this.#owed) {
      this.options.dropped();
      await untilAborted(undefined);
    }
    this.#owed = null;
  }

  /** One answer; what is none (a sign-in page of a hotel, half a body) is asked for again. */
  async #part(url: URL, init: RequestInit): Promise<Part | Response> {
    for (let failures = 1; ; failures++) {
      const response = await this.options.ask(url, init).catch((error: unknown) => {
        if (error instanceof LinkError && error.kind === 'unreadable') return Response.error();
        throw error;
      });
      const isBusy = response.status === 429 || response.status >= 500;
      const answer = isBusy
        ? null
        : await (response.status === 200 ? readPart(response) : readRefusal(response)).catch(() => null);
      const kind = isBusy ? 'busy' : 'unreadable';
      if (answer || failures > 1 || !isBusy) this.options.interrupted(answer ? null : kind);
      if (answer) return answer;
      await this.options.pause(init.signal ?? undefined, failures);
    }
  }

  /** The answer with what follows, up to the end of a transaction. @returns null when the log is gone meanwhile */
  async #whole(url: URL, init: RequestInit, first: Part): Promise<Part | null> {
    let last = first;
    const parts = [first];
    while (endsInside(last.messages)) {
      const next = new URL(url);
      for (const name of ['live', 'live_sse', 'cursor']) next.searchParams.delete(name);
      next.searchParams.set('handle', last.headers.get('electric-handle') ?? '');
      next.searchParams.set('offset', last.headers.get('electric-offset') ?? '');
      const part = await this.#part(next, init);
      if (part instanceof Response) {
        if ([400, 409].includes(part.status)) return null;
        await part.body?.cancel();
        throw Object.assign(new Error(`the log was cut: ${part.status}`), { status: part.status });
      }
      if (part.messages.length === 0 && !part.headers.has('electric-up-to-date')) {
        await this.options.pause(init.signal ?? undefined, 1);
        continue;
      }
      last = part;
      parts.push(part);
    }
    if (parts.length === 1) return first;
    const headers = new Headers(last.headers);
    for (const name of ['electric-schema', 'electric-cursor']) {
      const value = first.headers.get(name);
      if (value !== null && !headers.has(name)) headers.set(name, value);
    }
    const messages = parts.flatMap((part) => part.messages);
    return { status: 200, headers, messages, text: JSON.stringify(messages) };
  }

  async #handOver(whole: Part, isLive: boolean): Promise<Response> {
    const { messages } = whole;
    const headers = new Headers(whole.headers);
    const changes = messages.filter((message) => message.headers.operation !== undefined);
    const positions = changes.flatMap(({ headers: { lsn } }) =>
      typeof lsn === 'string' ? [BigInt(lsn)] : [],
    );
    for (const position of positions) if (position > this.#position) this.#position = position;
    const upToDate = messages.at(-1)?.headers.control === 'up-to-date';
    if (positions.length < changes.length) this.#snapshot = true;
    if (positions.length > 0 || (upToDate && this.#snapshot)) {
      this.#owed = this.options.commits();
      this.#snapshot = false;
    }
    if (changes.length > 0) this.options.rows(changes.length);
    // The client would fetch the next parts before this one is stored, and the plugin would store their position with it.
    if (!isLive) headers.set('electric-snapshot', 'true');
    const claimed = upToDate ? messages.at(-1)!.headers.global_last_seen_lsn : undefined;
    const before = this.#claimed;
    if (isLive) {
      this.#claimed = typeof claimed === 'string' ? BigInt(claimed) : before;
      if (before !== null) await this.options.reached(before);
      // Nothing to store: the plugin would make a transaction of it.
      if (changes.length === 0 && upToDate) return new Response('[]', { headers });
    }
    return new Response(upToDate ? withPosition(whole, this.#position) : whole.text, { headers });
  }
}

/** Whether the last change belongs to a transaction whose end is not here. */
function endsInside(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  return last !== undefined && typeof last.headers.lsn === 'string' && last.headers.last !== true;
}

/** The answer's text with another position in its last message. */
function withPosition(part: Part, position: bigint): string {
  const { headers } = part.messages.at(-1)!;
  const last = JSON.stringify({ headers: { ...headers, global_last_seen_lsn: String(position) } });
  const at = part.text.lastIndexOf('{"headers"');
  const tail = part.text.slice(at).trimEnd();
  // The usual way of writing it; a long answer is not written again for it.
  if (at >= 0 && tail.endsWith(']') && isJson(tail.slice(0, -1), { headers })) {
    return `${part.text.slice(0, at)}${last}]`;
  }
  return `[${[...part.messages.slice(0, -1).map((message) => JSON.stringify(message)), last].join(',')}]`;
}

function isJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
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

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
