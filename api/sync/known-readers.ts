// Whoever polls: whose session it is and what they may read. What is known is good for a second and then asked for anew, for
// all of them in one go; it is forgotten at once when this process ends a session or changes a membership. So what a
// write costs does not grow with sessions being looked up (docs/decisions/0015-live-fan-out.md).
import type { Membership } from '../../db/sync/wire';
import { type Memberships, membershipsTag, membershipsText, requireOwner, type Sessions } from './sessions';

/** What was ended elsewhere (by SQL, by another process) is noticed after this, ms. */
const FRESH = 1_000;
/** Sessions are looked at in full after this, ms: that prolongs them. */
const IN_FULL = 10 * 60_000;
/** Of whom nothing was heard for so long nothing is known any more, ms. A long poll takes 20 s. */
const UNUSED = 60_000;
/** Sessions, at the most, and characters of a Cookie header; others are looked at each time. */
const MOST = 10_000;
const LONGEST = 4_096;

export interface Reader {
  readonly id: string;
  readonly workspaceIds: ReadonlySet<string>;
  /** Of the memberships (db/sync/wire.ts, sessionAnswer). */
  readonly tag: string;
}

/** When something was asked for: the time, and how often everything had been forgotten before. */
interface Asked {
  readonly at: number;
  readonly round: number;
}

interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly inFullAt: number;
  asked: Asked;
  usedAt: number;
}

export class KnownReaders {
  /** By Cookie header. */
  readonly #sessions = new Map<string, Session>();
  readonly #readers = new Map<string, { readonly reader: Reader; readonly text: string; asked: Asked }>();
  #round = 0;
  #checking: Promise<void> | null = null;

  constructor(
    private readonly options: {
      readonly sessions: Sessions;
      readonly memberships: Memberships;
      /** Somebody's session or memberships are others than they were, as a look at the database showed. */
      changed(userId: string): void;
    },
  ) {}

  /**
   * Who asks.
   * @throws ApiFailure 'signed-out', or that the database is away
   */
  async of(request: Request): Promise<Reader> {
    const cookie = request.headers.get('cookie') ?? '';
    // Counted from here: a check that takes long does not make its own result an old one.
    const came = performance.now();
    for (let checks = 0; ; checks++) {
      const reader = this.#known(cookie, request, came);
      if (reader) return reader;
      // What changes faster than it can be looked at is looked at by itself.
      if (reader === undefined || checks > 3) return await this.#enter(cookie, request);
      await this.#check();
    }
  }

  /** The same for who is known just now; null: that is to be asked for. @throws ApiFailure 'signed-out' */
  known(request: Request): Reader | null {
    return this.#known(request.headers.get('cookie') ?? '', request, performance.now()) ?? null;
  }

  /** null: known, but not for sure any more; undefined: to be looked at in full. */
  #known(cookie: string, request: Request, came: number): Reader | null | undefined {
    const session = this.#sessions.get(cookie);
    if (!session || came - session.inFullAt > IN_FULL) return undefined;
    requireOwner(request, session.userId);
    session.usedAt = came;
    const known = this.#readers.get(session.userId);
    const isFresh = known && this.#isFresh(known.asked, came) && this.#isFresh(session.asked, came);
    return isFresh ? known.reader : null;
  }

  /** Sessions may be over, memberships may be others: nothing counts that was asked for before. */
  forget(): void {
    this.#round++;
  }

  #isFresh({ at, round }: Asked, came: number): boolean {
    return round === this.#round && came - at < FRESH;
  }

  async #enter(cookie: string, request: Request): Promise<Reader> {
    const asked = { at: performance.now(), round: this.#round };
    this.#sessions.delete(cookie);
    const { person, sessionId } = await this.options.sessions.session(request);
    const userId = person.id;
    requireOwner(request, userId);
    const memberships = (await this.options.memberships.membershipsOf([userId])).get(userId) ?? [];
    const text = membershipsText(memberships);
    const reader = readerOf(userId, memberships, text);
    if (cookie.length > LONGEST) return reader;
    this.#sessions.set(cookie, { sessionId, userId, inFullAt: asked.at, asked, usedAt: asked.at });
    this.#readers.set(userId, { reader, text, asked });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST) break;
      this.#sessions.delete(oldest);
    }
    return reader;
  }

  /** One look at the database for all who are known. */
  #check(): Promise<void> {
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #checkAll(): Promise<void> {
    const asked = { at: performance.now(), round: this.#round };
    const changed = new Set<string>();
    const sessions = [...this.#sessions].filter(([cookie, { usedAt }]) => {
      const unused = asked.at - usedAt > UNUSED;
      if (unused) this.#sessions.delete(cookie);
      return !unused;
    });
    const userIds = [...new Set(sessions.map(([, { userId }]) => userId))];
    const [ended, memberships] = await Promise.all([
      this.options.sessions.endedAmong(sessions.map(([, { sessionId }]) => sessionId)),
      this.options.memberships.membershipsOf(userIds),
    ]);
    for (const [cookie, session] of sessions) {
      if (!ended.has(session.sessionId)) session.asked = asked;
      else if (this.#sessions.get(cookie) === session) {
        this.#sessions.delete(cookie);
        changed.add(session.userId);
      }
    }
    for (const userId of userIds) {
      const theirs = memberships.get(userId) ?? [];
      const text = membershipsText(theirs);
      const known = this.#readers.get(userId);
      // Whoever came in meanwhile is known better.
      if (known && known.asked.at > asked.at) continue;
      if (known?.text === text) known.asked = asked;
      else {
        this.#readers.set(userId, { reader: readerOf(userId, theirs, text), text, asked });
        if (known) changed.add(userId);
      }
    }
    const staying = new Set([...this.#sessions.values()].map(({ userId }) => userId));
    for (const userId of this.#readers.keys()) if (!staying.has(userId)) this.#readers.delete(userId);
    for (const userId of changed) this.options.changed(userId);
  }
}

function readerOf(id: string, memberships: readonly Membership[], text: string): Reader {
  const workspaceIds = new Set(memberships.map(({ workspaceId }) => workspaceId));
  return { id, tag: membershipsTag(text), workspaceIds };
}
