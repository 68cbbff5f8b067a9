// All shape requests of this device. Live ones share a connection, because HTTP/1.1 gives an origin about six, for all
// tabs together; see electric/live.ts for the other end. More of them than one request may carry are split (LiveLine).
import { limits } from '../../db/sync/wire';
import { CatchUp } from './catch-up';
import { type Link, readText } from './link';
import { LiveLine, type LiveNews } from './live-line';
import { Slots } from './slots';

/** Requests for snapshots and catching up at the same time; the rest of the connections are for writes. */
const CATCHING_UP = 3;
/** Live requests at the same time. */
const LIVE = 2;

export class LivePolls {
  #lines: LiveLine[] = [];
  readonly #catchingUp = new Slots(CATCHING_UP);
  readonly #live = new Slots(LIVE);
  readonly #together: CatchUp;

  /** @param perRequest polls in one request; tests choose few */
  constructor(
    private readonly link: Link,
    private readonly news: LiveNews,
    private readonly perRequest: number = limits.livePolls,
  ) {
    this.#together = new CatchUp(link);
  }

  /** Live requests are answered, or have not failed yet. */
  get healthy(): boolean {
    return this.#lines.every((line) => line.healthy);
  }

  /** A fetch as `ShapeStream` wants it (`fetchClient`). Waits out network loss, expired sessions and busy servers. */
  readonly fetch = async (input: URL | string | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input instanceof Request ? input.url : input));
    if (url.searchParams.get('live') === 'true') {
      return await this.#lineWithRoom().poll(url, init.signal ?? undefined);
    }
    const together = await this.#together.take(url, init.signal ?? undefined);
    if (together) return together;
    const leave = await this.#catchingUp.enter(init.signal ?? undefined);
    try {
      for (let failures = 1; ; failures++) {
        const response = await this.link.patiently(url.href, init);
        // The slot is kept until the whole answer is here: it is the body that takes the time.
        const text = await readText(response).catch((error: unknown) => {
          if (init.signal?.aborted) throw error;
          return null;
        });
        if (text !== null) return new Response(text === '' ? null : text, response);
        await this.link.pause(init.signal ?? undefined, failures);
      }
    } finally {
      leave();
    }
  };

  /** Somebody is about to ask for something that is not live. @returns to be called when it has, or will not */
  announce(): () => void {
    return this.#together.announce();
  }

  /** Waits for changes of memberships also while there is nothing to poll. */
  listen(): void {
    if (this.#lines.length === 0) this.#lines.push(this.#newLine());
    this.#lines[0]!.listen();
  }

  close(): void {
    this.#together.close();
    for (const line of this.#lines) line.close();
  }

  #lineWithRoom(): LiveLine {
    const free = this.#lines.find((line) => line.size < this.perRequest);
    if (free) return free;
    const line = this.#newLine();
    this.#lines.push(line);
    return line;
  }

  #newLine(): LiveLine {
    return new LiveLine(this.link, this.#live, this.news, () => this.#together.busy);
  }
}
