// One poll upstream for everybody who waits at the same place of the same shape: what it brings is read once and made
// ready once, however many they are (docs/decisions/0015-live-fan-out.md). Who may wait there is for the caller to know.
//
//                 join                 rows, 409, an error: to all who sit here
//    (none) ───────────────► [asking] ──────────────────────────────► [kept] or gone
//                             │   ▲  nothing happened: asked again, for those who came later
//                             └───┘
//
// A poll that everybody left, and an answer that some may have missed meanwhile, stay for a moment: whoever was answered by
// another shape asks again at once.
import { SharedAnswer } from './live-answer';
import { type Seat, Wait } from './live-wait';
import { type Asked, ClientGone, forward, ShapeRefused, type Upstream } from './proxy';

export interface LiveHubOptions {
  /** How long what nobody waits for stays, ms: a device stores what it got and asks again, over a slow line, too. */
  readonly lingerMs?: number;
  /** How long a request waits when nothing happens, ms. */
  readonly patienceMs?: number;
}

/** Answers that come this soon after the first one travel with it, ms. */
const GATHER = 5;
/** Polls and answers that nobody waits for, and characters of such answers, at the most: the oldest go. */
const MOST_IDLE = 4_096;
const MOST_KEPT = 32_000_000;

interface Poll {
  readonly asked: Asked;
  readonly seats: Set<Seat>;
  readonly stop: AbortController;
  /** When the request upstream that is under way was asked, by performance.now(). */
  askedAt: number;
  cursor: string | undefined;
  quiet: Seat['at']['quiet'];
  /** The answer, when it has come. */
  kept: SharedAnswer | null;
  /** Since when nobody waits for it, by performance.now(). */
  idleSince: number;
  leave(seat: Seat): void;
}

export class LiveHub {
  readonly #polls = new Map<string, Poll>();
  /** Those that nobody waits for, the oldest first. */
  readonly #idle = new Set<Poll>();
  #keptSize = 0;
  readonly #due = new Set<Wait>();
  #gathering = false;
  #sweep: ReturnType<typeof setTimeout> | null = null;
  #closed = false;
  readonly #lingerMs: number;
  readonly #patienceMs: number;

  constructor(
    private readonly upstream: Upstream,
    options: LiveHubOptions = {},
  ) {
    this.#lingerMs = options.lingerMs ?? 3_000;
    this.#patienceMs = options.patienceMs ?? 20_000;
  }

  /** Polls that wait for the upstream, and answers that are kept. */
  get size(): { readonly asking: number; readonly kept: number } {
    let kept = 0;
    for (const poll of this.#idle) if (poll.kept) kept++;
    return { asking: this.#polls.size - kept, kept };
  }

  /** A request that waits; what it waits for is said with `join`. @returns what ends its patience, too */
  open(): { readonly wait: Wait; close(): void } {
    const wait = new Wait((due) => this.#end(due));
    const patience = setTimeout(() => wait.overdue(), this.#patienceMs);
    return { wait, close: () => clearTimeout(patience) };
  }

  /** The request waits for what happens at this place of the shape. */
  join(wait: Wait, id: string, asked: Asked): void {
    if (wait.over) return;
    const cursor = asked.resume.get('cursor');
    const known = this.#polls.get(asked.place);
    const answer = this.#closed ? busy() : known?.kept;
    if (answer) {
      wait.take(id, cursor, answer);
      return;
    }
    const poll = known ?? this.#newPoll(asked);
    asked.place = poll.asked.place;
    if (poll.seats.size === 0) this.#idle.delete(poll);
    const seat: Seat = { wait, id, cursor, at: poll, answered: false };
    poll.seats.add(seat);
    wait.sit(seat);
    if (!known) void this.#ask(poll);
  }

  /** An answer for one of the request's polls that needs no upstream. */
  refuse(wait: Wait, id: string, refused: ShapeRefused): void {
    wait.take(id, undefined, SharedAnswer.refusal(refused));
  }

  /** Ends all polls; those who wait are told to come again later. */
  close(): void {
    this.#closed = true;
    for (const poll of [...this.#polls.values()]) this.#finish(poll, busy());
  }

  #newPoll(asked: Asked): Poll {
    const poll: Poll = {
      ...{ asked, seats: new Set(), stop: new AbortController() },
      ...{ askedAt: 0, quiet: null, kept: null, idleSince: 0 },
      cursor: asked.resume.get('cursor'),
      leave: (seat) => {
        if (poll.seats.delete(seat) && poll.seats.size === 0) this.#rest(poll);
      },
    };
    this.#polls.set(asked.place, poll);
    return poll;
  }

  async #ask(poll: Poll): Promise<void> {
    const { resume } = poll.asked;
    for (;;) {
      poll.askedAt = performance.now();
      const answer = await this.#forward(poll.asked.upstreamParams(poll.cursor), poll.stop.signal);
      if (!answer || this.#polls.get(poll.asked.place) !== poll) return;
      const isNothing = answer.isNothing(resume.get('handle'), resume.get('offset'));
      if (!isNothing) this.#finish(poll, answer);
      else if (poll.seats.size === 0) this.#drop(poll);
      if (!isNothing || poll.seats.size === 0) return;
      poll.quiet = { answer, at: performance.now() };
      for (const seat of [...poll.seats]) seat.wait.quiet(poll.askedAt);
      poll.cursor = answer.cursor;
    }
  }

  /** null: the poll was ended from here. */
  async #forward(params: URLSearchParams, signal: AbortSignal): Promise<SharedAnswer | null> {
    try {
      return await SharedAnswer.of(await forward(params, this.upstream, signal));
    } catch (error) {
      if (error instanceof ClientGone || signal.aborted) return null;
      return error instanceof ShapeRefused ? SharedAnswer.refusal(error) : busy();
    }
  }

  #finish(poll: Poll, answer: SharedAnswer): void {
    const seats = [...poll.seats];
    poll.seats.clear();
    // A refusal may be none the next time; what leads nowhere would be asked for at once, again and again.
    const leadsOn = answer.headers['electric-offset'] !== poll.asked.resume.get('offset');
    if (answer.status === 200 && leadsOn) {
      poll.kept = answer;
      this.#keptSize += answer.body.length;
      this.#rest(poll);
    } else this.#drop(poll);
    for (const seat of seats) seat.wait.take(seat.id, seat.cursor, answer, seat);
  }

  /** Nobody waits for it now. */
  #rest(poll: Poll): void {
    if (this.#polls.get(poll.asked.place) !== poll) return;
    this.#idle.delete(poll);
    poll.idleSince = performance.now();
    this.#idle.add(poll);
    for (const oldest of this.#idle) {
      if (this.#idle.size <= MOST_IDLE && this.#keptSize <= MOST_KEPT) break;
      this.#drop(oldest);
    }
    this.#scheduleSweep();
  }

  #drop(poll: Poll): void {
    if (this.#polls.get(poll.asked.place) === poll) this.#polls.delete(poll.asked.place);
    this.#idle.delete(poll);
    if (poll.kept) this.#keptSize -= poll.kept.body.length;
    poll.kept = null;
    poll.stop.abort();
  }

  #scheduleSweep(): void {
    if (this.#sweep !== null) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = null;
      const old = performance.now() - this.#lingerMs;
      for (const poll of this.#idle) {
        if (poll.idleSince > old) break;
        this.#drop(poll);
      }
      if (this.#idle.size > 0) this.#scheduleSweep();
    }, this.#lingerMs);
    this.#sweep.unref();
  }

  /** The request is answered after a moment, together with the others that are. */
  #end(wait: Wait): void {
    this.#due.add(wait);
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      const due = [...this.#due];
      this.#due.clear();
      for (const each of due) each.end();
    }, GATHER);
  }
}

function busy(): SharedAnswer {
  return SharedAnswer.refusal(new ShapeRefused('busy', 'The shapes cannot be read just now.'));
}
