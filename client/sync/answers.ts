// What the server says of one shape, before pglite-sync sees it. The plugin stores, with the transactions that are
// complete, the position of the whole answer, and it leaves out what is not above a position that it was told of. So
// an answer is handed on only when it is what the protocol says, ends where a transaction ends, and names no position
// that is ahead of its rows (docs/decisions/0008-whole-answers.md).
import { after, askPart, type Message, type Part, type PartOptions } from './parts';

export interface AnswersOptions extends PartOptions {
  /** The log position up to which rows are stored; 0 for none. */
  readonly position: bigint;
  /** What a first load ended with: nothing comes after it, so the first question for that need not be asked. */
  readonly ahead: Part | null;
  /** Resolves when everything handed over so far is stored. @throws when it was not */
  stored(): Promise<void>;
  /** How many transactions of the plugin have been stored. */
  commits(): number;
  /** Everything that the server had is stored, and the stream waits for more. */
  current(): Promise<void>;
  /** An answer of the live phase has named this position, and the answer after it has come. */
  reached(position: bigint): Promise<void>;
  /** The log is gone, or the position is none of it: everything is to be fetched anew. */
  refetch(): void;
  /** Rows were handed over and not stored. */
  dropped(): void;
}

export class Answers {
  /** The highest position of a row that was handed over. */
  #position: bigint;
  #ahead: Part | null;
  /** Commits before an answer was handed over that has to end in one; null: none is owed. */
  #owed: number | null = null;
  /** Rows of a snapshot were handed over; the plugin keeps them until it is told a position. */
  #snapshot = false;
  /** What the last answer of the live phase said the server had seen. */
  #claimed: bigint | null = null;

  constructor(private readonly options: AnswersOptions) {
    this.#position = options.position;
    this.#ahead = options.ahead;
  }

  /** What the stream asks by (`fetchClient`). */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    const isLive = url.searchParams.get('live') === 'true';
    await this.#settled();
    if (isLive) await this.options.current();
    const first = this.#known(url) ?? (await askPart(this.options, url, init));
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

  #known(url: URL): Part | null {
    const part = this.#ahead;
    this.#ahead = null;
    if (!part || url.searchParams.get('live') === 'true') return null;
    const { headers, messages } = part;
    const same =
      url.searchParams.get('handle') === headers.get('electric-handle') &&
      url.searchParams.get('offset') === headers.get('electric-offset');
    const last = messages.at(-1);
    if (!same || last?.headers.control !== 'up-to-date') return null;
    return { ...part, messages: [last], text: JSON.stringify([last]) };
  }

  async #settled(): Promise<void> {
    await this.options.stored();
    if (this.#owed !== null && this.options.commits() === this.#owed) {
      this.options.dropped();
      await untilAborted(undefined);
    }
    this.#owed = null;
  }

  /** The answer with what follows, up to the end of a transaction. @returns null when the log is gone meanwhile */
  async #whole(url: URL, init: RequestInit, first: Part): Promise<Part | null> {
    let last = first;
    const parts = [first];
    while (endsInside(last.messages)) {
      const part = await askPart(this.options, after(last, url), init);
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

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
