// All live shape requests of this device share one connection: HTTP/1.1 gives an origin about six, for all tabs
// together. A fetch for the shape streams; see electric/live.ts for the other end.
import type { Link } from './link';

interface Poll {
  readonly url: URL;
  resolve(response: Response): void;
  reject(error: unknown): void;
}

interface LiveResult {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Polls that start this close together travel in one request, ms. */
const GATHER = 8;
/** The same, when that means to end a request that is under way. */
const GATHER_LONGER = 40;
/** Requests for snapshots and catching up at the same time; the rest of the connections are for writes. */
const CATCHING_UP = 3;

export class LivePolls {
  #polls = new Map<string, Poll>();
  #nextId = 0;
  #running: AbortController | null = null;
  #scheduled = false;
  #catchingUp = 0;
  #queue: (() => void)[] = [];

  constructor(private readonly link: Link) {}

  /** A fetch as `ShapeStream` wants it (`fetchClient`). Waits out network loss, expired sessions and busy servers. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    if (url.searchParams.get('live') === 'true') return await this.#poll(url, init?.signal ?? undefined);
    await this.#enter();
    try {
      return await this.link.patiently(url.href, init ?? {});
    } finally {
      this.#catchingUp--;
      this.#queue.shift()?.();
    }
  };

  async #enter(): Promise<void> {
    while (this.#catchingUp >= CATCHING_UP) await new Promise<void>((go) => this.#queue.push(go));
    this.#catchingUp++;
  }

  #poll(url: URL, signal?: AbortSignal): Promise<Response> {
    const id = String(this.#nextId++);
    return new Promise<Response>((resolve, reject) => {
      signal?.throwIfAborted();
      this.#polls.set(id, { url, resolve, reject });
      signal?.addEventListener(
        'abort',
        () => {
          if (this.#polls.delete(id)) reject(signal.reason);
        },
        { once: true },
      );
      this.#schedule();
    });
  }

  /** A poll that is not in the running request makes that one start over; the server holds nothing for it. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(
      () => {
        this.#scheduled = false;
        this.#running?.abort();
        void this.#run();
      },
      this.#running ? GATHER_LONGER : GATHER,
    );
  }

  async #run(): Promise<void> {
    if (this.#polls.size === 0) return;
    const running = new AbortController();
    this.#running = running;
    const asked = [...this.#polls].map(([id, poll]) => {
      const { workspace, ...params } = Object.fromEntries(poll.url.searchParams);
      return { id, table: poll.url.pathname.split('/').at(-1), workspace, params };
    });
    try {
      const response = await this.link.patiently(
        `${new URL([...this.#polls.values()][0]!.url).origin}/api/shapes/live`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ polls: asked }),
          signal: running.signal,
        },
      );
      if (!response.ok) throw new Error(`live polls: ${response.status}`);
      const { results } = (await response.json()) as { results: LiveResult[] };
      for (const result of results) this.#settle(result);
    } catch (error) {
      if (running.signal.aborted) return;
      for (const { id } of asked) {
        this.#polls.get(id)?.reject(error);
        this.#polls.delete(id);
      }
    }
    if (this.#running === running) this.#running = null;
    // What was not answered is asked again, together with what the answered ones ask next.
    if (this.#polls.size > 0) this.#schedule();
  }

  #settle(result: LiveResult): void {
    const poll = this.#polls.get(result.id);
    if (!poll) return;
    this.#polls.delete(result.id);
    const response = new Response(result.status === 204 ? null : result.body, {
      status: result.status,
      headers: result.headers,
    });
    // The client reads resume parameters from the address of the answer.
    Object.defineProperty(response, 'url', { value: poll.url.href });
    poll.resolve(response);
  }
}
