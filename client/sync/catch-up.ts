// Catching up with many shapes in one request: what subscriptions ask for at the same time travels together, and the answer
// brings of each shape all that there is, part after part, so that nobody has to ask for the next one. Whatever goes
// wrong here costs only time: whoever is not answered asks by itself (live-polls.ts). The other end is electric/catch-up.ts.
import { type CatchUpHead, catchUpHead, limits } from '../../db/sync/wire';
import { type Link, unlessEnded } from './link';
import { markStart } from './start-marks';

/** Subscriptions that are about to ask are waited for this long, ms. */
const GATHER = 400;
/** Parts that nobody has taken yet, bytes: beyond this no more is read. */
const BUFFER = 8_000_000;
/** Silence beyond this is a dead line, ms. */
const SILENCE = 45_000;
/** What nobody takes for so long is dropped, ms. */
const UNTAKEN = 20_000;

interface Ask {
  readonly url: URL;
  answer(response: Response | null): void;
}

/** One shape of a request that is being answered. */
interface Poll {
  /** Where the next part of the stream begins; null: there is none. */
  next: string | null;
  readonly queue: { readonly place: string; readonly response: Response; readonly bytes: number }[];
  waiting: { readonly place: string; answer(response: Response | null): void } | null;
}

export class CatchUp {
  #coming = 0;
  #asks: Ask[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #polls = new Map<string, Poll>();
  #buffered = 0;
  #drained: (() => void) | null = null;
  /** The server knows no such door. */
  #unknown = false;
  readonly #closed = new AbortController();

  constructor(private readonly link: Link) {}

  /** Somebody is about to ask, or is being answered. */
  get busy(): boolean {
    return this.#coming > 0 || this.#polls.size > 0;
  }

  /** Somebody is about to ask: others wait for it. @returns to be called when it has asked, or will not */
  announce(): () => void {
    this.#coming++;
    let said = false;
    return () => {
      if (said) return;
      said = true;
      this.#coming--;
      this.#schedule();
    };
  }

  /** @returns the answer to a shape request that is not live; null: it is to be asked by itself. @throws the signal's reason */
  async take(url: URL, signal?: AbortSignal): Promise<Response | null> {
    signal?.throwIfAborted();
    const poll = this.#polls.get(shapeOf(url));
    if (poll) {
      const place = placeOf(url);
      const first = poll.queue.shift();
      if (first) this.#dropped(first.bytes);
      if (first?.place === place) return first.response;
      if (!first && poll.next === place && !poll.waiting) {
        return await this.#answer(signal, (answer) => {
          poll.waiting = { place, answer };
        });
      }
      // It has gone on to another place.
      this.#forget(shapeOf(url));
    }
    if (this.#unknown || this.#closed.signal.aborted) return null;
    return await this.#answer(signal, (answer) => {
      this.#asks.push({ url, answer });
      this.#schedule();
    });
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
    for (const { answer } of this.#asks.splice(0)) answer(null);
    for (const shape of [...this.#polls.keys()]) this.#forget(shape);
  }

  #answer(
    signal: AbortSignal | undefined,
    begin: (answer: (response: Response | null) => void) => void,
  ): Promise<Response | null> {
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal?.reason);
      signal?.addEventListener('abort', leave, { once: true });
      begin((response) => {
        signal?.removeEventListener('abort', leave);
        resolve(response);
      });
    });
  }

  #schedule(): void {
    if (this.#asks.length === 0 || this.#closed.signal.aborted) return;
    if (this.#coming === 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#send(), 0);
    } else this.#timer ??= setTimeout(() => this.#send(), GATHER);
  }

  #send(): void {
    this.#timer = undefined;
    const asks = this.#asks.splice(0, limits.livePolls);
    if (this.#asks.length > 0) this.#schedule();
    // One by itself gains nothing.
    if (asks.length < 2) for (const { answer } of asks) answer(null);
    else void this.#ask(asks);
  }

  async #ask(asks: readonly Ask[]): Promise<void> {
    const mine = new Map<string, string>();
    const polls = asks.map(({ url, answer }, i) => {
      const id = String(i);
      const shape = shapeOf(url);
      this.#forget(shape);
      this.#polls.set(shape, {
        next: placeOf(url),
        queue: [],
        waiting: { place: placeOf(url), answer },
      });
      mine.set(id, shape);
      const params = Object.fromEntries(url.searchParams);
      const { workspace = '', ...resume } = params;
      return { id, table: url.pathname.split('/').at(-1)!, workspace, params: resume };
    });
    try {
      const response = await this.link.once('/api/shapes/catch-up', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ polls }),
        signal: this.#closed.signal,
      });
      if (response.status === 404) this.#unknown = true;
      if (response.status !== 200 || !response.body) {
        await response.body?.cancel();
        return;
      }
      for await (const { head, body } of partsIn(response, response.body)) {
        this.link.heard();
        markStart('catch-up');
        const shape = mine.get(head.poll);
        if (shape !== undefined) this.#came(shape, head, body);
        while (this.#buffered > BUFFER && !this.#closed.signal.aborted) await this.#room();
      }
    } catch {
      // Whoever is not answered asks by itself, and says what is wrong.
    } finally {
      for (const shape of mine.values()) {
        const poll = this.#polls.get(shape);
        if (!poll) continue;
        poll.next = null;
        poll.waiting?.answer(null);
        poll.waiting = null;
        if (poll.queue.length === 0) this.#polls.delete(shape);
      }
      setTimeout(() => {
        for (const shape of mine.values()) if (this.#polls.get(shape)?.next === null) this.#forget(shape);
      }, UNTAKEN);
    }
  }

  #came(shape: string, head: CatchUpHead, body: Uint8Array<ArrayBuffer>): void {
    const poll = this.#polls.get(shape);
    if (!poll || poll.next === null) return;
    const place = poll.next;
    const headers = new Headers(head.headers);
    const goesOn = head.status === 200 && !headers.has('electric-up-to-date');
    poll.next = goesOn
      ? `${headers.get('electric-handle') ?? ''} ${headers.get('electric-offset') ?? ''}`
      : null;
    const response = new Response(body, { status: head.status, headers });
    if (poll.waiting?.place === place) {
      const { answer } = poll.waiting;
      poll.waiting = null;
      answer(response);
      return;
    }
    poll.queue.push({ place, response, bytes: body.length });
    this.#buffered += body.length;
  }

  /** Resolves when something was taken; what nobody takes is dropped. */
  async #room(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((go) => {
      this.#drained = go;
      timer = setTimeout(() => {
        for (const [shape, poll] of this.#polls) if (poll.queue.length > 0) this.#forget(shape);
        go();
      }, UNTAKEN);
    });
    clearTimeout(timer);
    this.#drained = null;
  }

  #forget(shape: string): void {
    const poll = this.#polls.get(shape);
    if (!poll) return;
    this.#polls.delete(shape);
    poll.waiting?.answer(null);
    for (const { bytes } of poll.queue) this.#dropped(bytes);
  }

  #dropped(bytes: number): void {
    this.#buffered -= bytes;
    this.#drained?.();
  }
}

const shapeOf = (url: URL) => `${url.pathname} ${url.searchParams.get('workspace')}`;

const placeOf = ({ searchParams }: URL) =>
  `${searchParams.get('handle') ?? ''} ${searchParams.get('offset') ?? ''}`;

/** @throws when it is not what the protocol says, ends within a part, or nothing comes any more */
async function* partsIn(
  response: Response,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ head: CatchUpHead; body: Uint8Array<ArrayBuffer> }> {
  const reader = body.getReader();
  let pending = new Uint8Array(0);
  let ended = false;
  const more = async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the line is dead')), SILENCE);
    });
    const { done, value } = await Promise.race([unlessEnded(response, reader.read()), silent]).finally(() =>
      clearTimeout(timer),
    );
    if (done) {
      ended = true;
      return;
    }
    const joined = new Uint8Array(pending.length + value.length);
    joined.set(pending);
    joined.set(value, pending.length);
    pending = joined;
  };
  try {
    for (;;) {
      let line = pending.indexOf(10);
      while (line < 0 && !ended) {
        await more();
        line = pending.indexOf(10);
      }
      if (line < 0) {
        if (pending.length > 0) throw new Error('the answer ends within a head');
        return;
      }
      const head = catchUpHead.parse(JSON.parse(new TextDecoder().decode(pending.subarray(0, line))));
      pending = pending.subarray(line + 1);
      const chunks: Uint8Array[] = [];
      let have = 0;
      // The part is put together once, however many pieces it comes in.
      while (have < head.bytes) {
        if (pending.length > 0) {
          const piece = pending.subarray(0, head.bytes - have);
          chunks.push(piece);
          have += piece.length;
          pending = pending.subarray(piece.length);
          continue;
        }
        await more();
        if (ended && pending.length === 0) throw new Error('the answer ends within a part');
      }
      const whole = new Uint8Array(head.bytes);
      let at = 0;
      for (const chunk of chunks) {
        whole.set(chunk, at);
        at += chunk.length;
      }
      yield { head, body: whole };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
