// The one door to the network: knows whether the server answers and whether the session holds, retries with
// backoff what may be retried, and lets everything that waits go on at once when it is woken.
import { type ApiErrorKind, apiError, PERSON_HEADER } from '../../db/sync/wire';

/** An answer that is not 2xx, no answer ('unreachable'), or somebody else's ('unreadable'). The message can be shown. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  constructor(
    readonly kind: ApiErrorKind | 'unreadable',
    sentence: string,
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
  }
}

export interface LinkState {
  readonly network: 'online' | 'offline';
  readonly session: 'signed-in' | 'expired';
  /** When the server last answered, ms since 1970. */
  readonly heardAt: number | null;
  /** Some request has been told more than once in a row that the server is busy. */
  readonly busy: boolean;
}

export interface LinkOptions {
  /** Origin of the API, without a trailing slash; '' in a browser. */
  readonly baseUrl: string;
  /** Whose device it is: the server answers 'signed-out' when the session is somebody else's. */
  readonly userId: string;
  readonly fetch?: typeof fetch;
  /** What the device itself says about the network; absent: only answers tell. */
  readonly deviceOnline?: () => boolean;
  /** Longest pause between attempts, ms. */
  readonly maxPause?: number;
}

const FIRST_PAUSE = 400;
/** Listeners hear that the server was heard at most this often, ms. */
const HEARD_EVERY = 10_000;
/** A server ends a long poll after 20 s: silence beyond this is a dead line, ms. */
const SILENCE = 45_000;
/** A large snapshot over one bar of signal takes its time; beyond this the line is dead, ms. */
const LONGEST_ANSWER = 15 * 60_000;

export class Link {
  #state: LinkState = { network: 'offline', session: 'signed-in', heardAt: null, busy: false };
  #listeners = new Set<() => void>();
  #wakers = new Set<() => void>();
  #failures = 0;
  #wakes = 0;
  /** Requests that were told so. */
  #busy = new Set<object>();
  #toldHeardAt = 0;
  #closed = new AbortController();

  constructor(private readonly options: LinkOptions) {}

  get state(): LinkState {
    return this.#state;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Try now whatever waits: the network came back, the person signed in, or clicked. */
  wake(): void {
    this.#wakes++;
    this.#failures = 0;
    if (this.#state.session === 'expired') this.#set({ session: 'signed-in' });
    for (const waker of [...this.#wakers]) waker();
  }

  /** The device lost its network: what is under way will not be answered. */
  lost(): void {
    this.#set({ network: 'offline' });
  }

  close(): void {
    this.#closed.abort(new LinkError('unreachable', 'The store was closed.'));
  }

  /**
   * One attempt. What answers may be something else than the server: the caller checks it by the protocol's definition,
   * and then says that it has heard the server.
   * @returns any HTTP answer but 401
   * @throws LinkError 'unreachable', 'signed-out', or 'unreadable' for a 401 that is not the server's
   */
  async once(path: string, init: RequestInit = {}, silence = SILENCE): Promise<Response> {
    const wakes = this.#wakes;
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), silence);
    const signals = [this.#closed.signal, silent.signal, AbortSignal.timeout(LONGEST_ANSWER)];
    if (init.signal) signals.push(init.signal);
    const ended = AbortSignal.any(signals);
    let response: Response;
    try {
      const url = path.startsWith('http') ? path : this.options.baseUrl + path;
      response = await (this.options.fetch ?? fetch)(url, {
        ...init,
        headers: {
          ...(init.headers as Record<string, string> | undefined),
          [PERSON_HEADER]: this.options.userId,
        },
        signal: ended,
      });
      ends.set(response, ended);
      clearTimeout(timer);
    } catch (error) {
      clearTimeout(timer);
      if (init.signal?.aborted) throw error;
      this.#failures++;
      this.#set({ network: 'offline' });
      throw new LinkError('unreachable', 'The server does not answer.');
    }
    this.#failures = 0;
    this.#set({ network: 'online' });
    if (response.status !== 401) return response;
    const refusal = apiError.safeParse(parsed(await readText(response)));
    if (!refusal.success) throw new LinkError('unreadable', elsewhere);
    // Of a request from before the person signed in again it says nothing of now.
    if (wakes === this.#wakes) this.#set({ session: 'expired', heardAt: Date.now() });
    throw new LinkError('signed-out', 'Sign in again to send and receive changes.');
  }

  /** An answer was the server's own. */
  heard(): void {
    this.#set({ heardAt: Date.now() });
  }

  /**
   * Attempts until the server gives an answer that is worth having: waits while there is no network, while the
   * session is expired, and while the server is busy (429, 5xx).
   * @param options.silence how long an attempt may go without an answer, ms
   * @throws the reason of init.signal, or LinkError: 'unreadable', or that the store is closed
   */
  async patiently(
    path: string,
    init: RequestInit = {},
    options: { readonly silence?: number } = {},
  ): Promise<Response> {
    const request = {};
    try {
      for (let failures = 1; ; failures++) {
        await this.ready(init.signal ?? undefined);
        try {
          const response = await this.once(path, init, options.silence);
          if (response.status !== 429 && response.status < 500) return response;
          await response.body?.cancel();
          // Once is nothing to speak of.
          if (failures > 1) this.#told(request, true);
        } catch (error) {
          if (!(error instanceof LinkError) || this.#closed.signal.aborted) throw error;
          if (error.kind === 'unreadable') throw error;
        }
        if (this.#state.session === 'signed-in') await this.pause(init.signal ?? undefined, failures);
      }
    } finally {
      this.#told(request, false);
    }
  }

  #told(request: object, isBusy: boolean): void {
    if (isBusy) this.#busy.add(request);
    else this.#busy.delete(request);
    this.#set({ busy: this.#busy.size > 0 });
  }

  /**
   * One attempt at a JSON request.
   * @throws LinkError of the kind the server says
   */
  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return await readJson<T>(await this.once(path, init));
  }

  /**
   * Waits before the next attempt, until woken.
   * @param failures attempts in a row that failed, of what the caller tries; the more, the longer the wait
   * @throws the signal's reason
   */
  async pause(signal: AbortSignal | undefined, failures: number): Promise<void> {
    const longest = this.options.maxPause ?? 15_000;
    const tries = Math.min(Math.max(failures, this.#failures), 8);
    await this.#wait(Math.min(longest, FIRST_PAUSE * 2 ** tries) * (0.5 + Math.random() / 2), signal);
  }

  /**
   * Resolves when a request has a chance: the session holds, and the device has a network or has not said so for long.
   * @throws the signal's reason, or that the store was closed
   */
  async ready(signal?: AbortSignal): Promise<void> {
    // The wake-up is the normal way out.
    while (this.#state.session === 'expired') await this.#wait(30_000, signal);
    if (this.options.deviceOnline?.() === false) {
      this.#set({ network: 'offline' });
      // Then an attempt is made all the same: some devices say that they are offline when they are not.
      await this.#wait(this.options.maxPause ?? 15_000, signal);
    }
    this.#closed.signal.throwIfAborted();
    signal?.throwIfAborted();
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    const all = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        all.removeEventListener('abort', fail);
      };
      const done = () => {
        end();
        resolve();
      };
      const fail = () => {
        end();
        reject(all.reason);
      };
      const timer = setTimeout(done, ms);
      this.#wakers.add(done);
      if (all.aborted) fail();
      else all.addEventListener('abort', fail, { once: true });
    });
  }

  #set(change: Partial<LinkState>): void {
    const next = { ...this.#state, ...change };
    const same = (['network', 'session', 'busy'] as const).every((key) => next[key] === this.#state[key]);
    this.#state = next;
    const isNews = (next.heardAt ?? 0) - this.#toldHeardAt > HEARD_EVERY;
    if (isNews) this.#toldHeardAt = next.heardAt ?? 0;
    if (!same || isNews) for (const listener of [...this.#listeners]) listener();
  }
}

/** Said of an answer that is not the server's. */
export const elsewhere = 'Something else answered in place of the server.';

/** The whole body. @throws LinkError 'unreachable' when the line breaks in the middle of it */
export async function readText(response: Response): Promise<string> {
  try {
    return await unlessEnded(response, response.text());
  } catch {
    throw new LinkError('unreachable', 'The server does not answer.');
  }
}

/** What ends the reading of an answer. */
const ends = new WeakMap<Response, AbortSignal>();

/**
 * Node's fetch forgets the signal of a request at times when the head of the answer has come (what joins the two is
 * collected as garbage): its body is then waited for although the request was ended. Who reads it here does not.
 * @throws the reason of the signal, or what the reading throws
 */
export async function unlessEnded<T>(response: Response, reading: Promise<T>): Promise<T> {
  const signal = ends.get(response);
  if (!signal) return await reading;
  let leave = () => {};
  const ended = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([reading, ended]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/**
 * @returns what the answer says, null when that is no JSON: the caller checks it (something else may have answered)
 * @throws LinkError of the kind the server says
 */
export async function readJson<T>(response: Response): Promise<T> {
  const body = parsed(await readText(response));
  if (response.ok) return body as T;
  const error = apiError.safeParse(body);
  if (!error.success) {
    throw new LinkError(response.status === 413 ? 'too-large' : 'busy', 'The server cannot answer just now.');
  }
  const { kind, sentence, detail } = error.data.error;
  throw new LinkError(kind, sentence, detail);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
