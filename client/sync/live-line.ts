// Live polls that travel in one request, again and again: whoever has news ends it, and the others ask again.
import { type LiveAnswer, liveAnswer } from '../../db/sync/wire';
import { type Link, LinkError, readJson } from './link';
import type { Slots } from './slots';
import { problemOf, type SyncProblem, syncProblem } from './sync-problem';

export interface LiveNews {
  /** Tag of the memberships that are known (db/sync/wire.ts); null before there are any. */
  memberships(): string | null;
  /** The memberships are others by now; resolves when they are known. */
  membershipsChanged(): Promise<void>;
  /** Whether live requests are answered has changed. */
  health(problem: SyncProblem | null): void;
}

interface Poll {
  readonly url: URL;
  resolve(response: Response): void;
  reject(error: unknown): void;
}

/** Polls that start this close together travel in one request, ms. */
const GATHER = 8;
/** The same, when that means to end a request that is under way. */
const GATHER_LONGER = 40;
/** The same, while shapes catch up that will join soon. */
const GATHER_LOADING = 250;
/** How long a request keeps its slot when other lines wait for one, ms. */
const TURN = 3_000;

export class LiveLine {
  healthy = true;
  #polls = new Map<string, Poll>();
  #nextId = 0;
  #request: AbortController | null = null;
  #running = false;
  #listens = false;
  #scheduled: ReturnType<typeof setTimeout> | undefined;
  /** The polls of the request that the server answered last, and how it names this line. */
  #known: { readonly line: string; readonly ids: ReadonlySet<string> } | null = null;
  /** Called when a poll has joined. */
  #joined: (() => void) | null = null;
  #closed = new AbortController();

  constructor(
    private readonly link: Link,
    private readonly slots: Slots,
    private readonly news: LiveNews,
    /** Whether shapes are catching up. */
    private readonly isLoading: () => boolean,
  ) {}

  /** Polls that wait for an answer. */
  get size(): number {
    return this.#polls.size;
  }

  /** Asks also without polls: for changes of memberships. */
  listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#schedule();
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#scheduled);
  }

  poll(url: URL, signal?: AbortSignal): Promise<Response> {
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

  /** The answered ones store what they got and ask for the next thing: that goes into the same request, if it is soon. */
  async #refilled(count: number): Promise<void> {
    await new Promise((go) => setTimeout(go, GATHER));
    const patience = new Promise<void>((go) => setTimeout(go, GATHER_LONGER));
    while (this.#polls.size < count) {
      const joined = new Promise<true>((go) => {
        this.#joined = () => go(true);
      });
      if (!(await Promise.race([joined, patience]))) break;
    }
    this.#joined = null;
  }

  /** A poll that is not in the running request makes that one start over. */
  #schedule(): void {
    this.#joined?.();
    if (this.#scheduled !== undefined || this.#closed.signal.aborted) return;
    const gather = !this.#request ? GATHER : this.isLoading() ? GATHER_LOADING : GATHER_LONGER;
    this.#scheduled = setTimeout(() => {
      this.#scheduled = undefined;
      this.#request?.abort();
      if (!this.#running) void this.#run();
    }, gather);
  }

  async #run(): Promise<void> {
    this.#running = true;
    const closed = this.#closed.signal;
    let failures = 0;
    while (!closed.aborted && (this.#polls.size > 0 || this.#listens)) {
      try {
        const isProbe = failures > 0;
        const answer = await this.#ask(isProbe);
        if (answer === null) continue;
        failures = 0;
        this.#health(null);
        const before = this.#polls.size;
        for (const result of answer.results) this.#settle(result);
        if (answer.membershipsChanged && !isProbe) await this.news.membershipsChanged();
        await this.#refilled(before);
      } catch (error) {
        if (closed.aborted) break;
        // Also a refusal: nothing of it is the polls' fault, and asking again at once would be no better.
        failures++;
        this.#known = null;
        const problem = error instanceof LinkError ? problemOf(error) : syncProblem('unreadable');
        // Once busy is nothing to speak of.
        if (problem && (failures > 1 || problem.kind !== 'busy')) this.#health(problem);
        await this.link.pause(closed, failures).catch(() => {});
      }
    }
    this.#running = false;
  }

  /**
   * One request.
   * @param isProbe it is answered at once: whether the door is open again is not to be known only when something happens
   * @returns null when it was ended from here
   */
  async #ask(isProbe: boolean): Promise<LiveAnswer | null> {
    const closed = this.#closed.signal;
    const leave = await this.slots.enter(closed);
    const request = new AbortController();
    const signal = AbortSignal.any([request.signal, closed]);
    const turn = setInterval(() => {
      if (this.slots.wanted) request.abort();
    }, TURN);
    try {
      this.#request = request;
      await this.link.ready(signal);
      const known = this.#known;
      // Whatever has joined until now is in it.
      clearTimeout(this.#scheduled);
      this.#scheduled = undefined;
      const polls = [...this.#polls].map(([id, { url }]) => {
        if (known?.ids.has(id)) return { id };
        const { workspace, ...params } = Object.fromEntries(url.searchParams);
        return { id, table: url.pathname.split('/').at(-1), workspace, params };
      });
      const line = known ? { line: known.line } : {};
      // A list of memberships that nobody has is answered at once.
      const memberships = (isProbe ? null : this.news.memberships()) ?? '';
      const response = await this.link.once('/api/shapes/live', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ memberships, ...line, polls }),
        signal,
      });
      const answer = liveAnswer.parse(await readJson(response));
      this.link.heard();
      this.#known = answer.line ? { line: answer.line, ids: new Set(polls.map(({ id }) => id)) } : null;
      return answer;
    } catch (error) {
      if (request.signal.aborted) return null;
      throw error;
    } finally {
      this.#request = null;
      clearInterval(turn);
      leave();
    }
  }

  #health(problem: SyncProblem | null): void {
    const was = this.healthy;
    this.healthy = problem === null;
    if (!was || problem) this.news.health(problem);
  }

  #settle(result: LiveAnswer['results'][number]): void {
    const poll = this.#polls.get(result.id);
    if (!poll) return;
    this.#polls.delete(result.id);
    poll.resolve(
      new Response(result.status === 204 ? null : result.body, {
        status: result.status,
        headers: result.headers,
      }),
    );
  }
}
