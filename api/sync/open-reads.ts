// The reads that are open: polls that wait and streams that flow. Whoever loses a membership or the session is cut off
// at once (A1), not when the read would have ended by itself.
import { ApiFailure } from './errors';
import type { KnownReaders } from './known-readers';
import type { Memberships } from './sessions';

/** Also without being told of a change, what was taken away elsewhere (by SQL, by another process) ends after this, ms. */
const RECHECK = 15_000;

export interface OpenRead {
  /** Aborts when the person may not read one of the watched workspaces, or the session is over: then with the ApiFailure that says so. */
  readonly cut: AbortSignal;
  /** Says of which workspaces it reads: before the membership is checked all that are asked for, after it what is left. */
  watch(workspaceIds: readonly string[]): void;
  close(): void;
}

interface Entry {
  readonly request: Request;
  readonly userId: string;
  workspaceIds: readonly string[];
  readonly stop: AbortController;
}

export class OpenReads {
  readonly #entries = new Set<Entry>();
  readonly #timer = setInterval(() => void this.recheck(), RECHECK);
  #checking: Promise<void> | null = null;
  #again = false;

  constructor(
    private readonly options: {
      readonly memberships: Memberships;
      readonly readers: Pick<KnownReaders, 'of' | 'forget'>;
      log(line: string): void;
    },
  ) {
    this.#timer.unref();
  }

  get size(): number {
    return this.#entries.size;
  }

  open(request: Request, userId: string): OpenRead {
    const entry: Entry = { request, userId, workspaceIds: [], stop: new AbortController() };
    this.#entries.add(entry);
    return {
      cut: entry.stop.signal,
      watch: (workspaceIds) => {
        entry.workspaceIds = workspaceIds;
      },
      close: () => void this.#entries.delete(entry),
    };
  }

  /** Memberships or sessions may have changed. */
  recheck(): Promise<void> {
    if (this.#checking) {
      this.#again = true;
      return this.#checking;
    }
    this.#checking = this.#recheck()
      // The database is away for a moment: the next look is soon.
      .catch((error: Error) => this.options.log(`open reads: ${error.message}`))
      .finally(() => {
        this.#checking = null;
        if (this.#again) {
          this.#again = false;
          void this.recheck();
        }
      });
    return this.#checking;
  }

  /** Looks no more; what is open ends with the server. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #recheck(): Promise<void> {
    const entries = [...this.#entries];
    if (entries.length === 0) return;
    this.options.readers.forget();
    const userIds = [...new Set(entries.map(({ userId }) => userId))];
    const memberships = await this.options.memberships.membershipsOf(userIds);
    const readable = new Map(
      [...memberships].map(([userId, theirs]) => [userId, new Set(theirs.map((m) => m.workspaceId))]),
    );
    // Once for each session, however many reads it has open; one question to the database for all of them.
    const sessions = new Map<string, Promise<ApiFailure | null>>();
    await Promise.all(
      entries.map(async (entry) => {
        const { request, userId, workspaceIds } = entry;
        const cookie = `${userId} ${request.headers.get('cookie')}`;
        const asked = sessions.get(cookie) ?? this.#over(request, userId);
        sessions.set(cookie, asked);
        const over = await asked;
        if (over) entry.stop.abort(over);
        else if (workspaceIds.some((w) => !readable.get(userId)?.has(w))) entry.stop.abort();
      }),
    );
  }

  /** @returns why the session is over; null: it lasts, or nobody can say now */
  async #over(request: Request, userId: string): Promise<ApiFailure | null> {
    try {
      const { id } = await this.options.readers.of(request);
      return id === userId
        ? null
        : new ApiFailure('signed-out', 'Somebody else is signed in on this browser now.');
    } catch (error) {
      return error instanceof ApiFailure && error.kind === 'signed-out' ? error : null;
    }
  }
}

/** The response whose body ends when the read is cut, and that closes the read when it has ended. */
export function untilCut(response: Response, read: OpenRead): Response {
  if (!response.body) {
    read.close();
    return response;
  }
  const reader = response.body.getReader();
  const cut = new Promise<{ done: true; value?: undefined }>((resolve) => {
    const end = () => resolve({ done: true });
    if (read.cut.aborted) end();
    else read.cut.addEventListener('abort', end, { once: true });
  });
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await Promise.race([reader.read(), cut]);
        // What was read in the moment of the cut stays here.
        if (!done && !read.cut.aborted) {
          controller.enqueue(value);
          return;
        }
        read.close();
        controller.close();
        await reader.cancel().catch(() => {});
      },
      async cancel(reason) {
        read.close();
        await reader.cancel(reason).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
