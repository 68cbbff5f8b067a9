// Devices that follow shapes by live requests, and check whatever they are given against what the shapes hold.
import { expect } from 'vitest';
import { type LiveAnswer, liveAnswer, liveRequest } from '../../db/sync/wire';
import { type LiveDoor, type LiveReader, pollLive } from '../live';
import { ClientGone } from '../proxy';
import { type Electric, longPoll, type Shape } from './electric';

export const workspaces = ['0b6c3c1e-6f0e-4d0c-9f5a-0a3a35a6a0d1', 'c0ffee00-6f0e-4d0c-9f5a-0a3a35a6a0d2'];
/** One that is the same for all members, and one that is each person's own. */
export const tables = ['task', 'notice'];

interface Follows {
  readonly workspace: string;
  readonly shape: Shape;
  readonly table: string;
  id: number;
  handle: number;
  offset: number;
  cursor: number;
  /** It was refused, with these memberships. */
  refused: string | null;
  /** Messages since it began, or began anew. */
  seen: number[];
  begin: number;
}

export class Person {
  readonly memberships = new Set(workspaces);
  readonly listeners = new Set<() => void>();
  readonly cuts = new Set<AbortController>();

  constructor(readonly id: string) {}

  get tag(): string {
    return [...this.memberships].join();
  }

  /** As the API does it: what is known is forgotten, whoever waits hears of it, open reads are cut. */
  change(workspace: string): void {
    const lost = this.memberships.delete(workspace);
    if (!lost) this.memberships.add(workspace);
    for (const listener of [...this.listeners]) listener();
    if (lost) for (const cut of this.cuts) cut.abort();
  }
}

/** A device that follows all shapes of its person, one live request after the other. */
export class Device {
  #known: { readonly line: string; readonly ids: ReadonlySet<string> } | null = null;
  #nextId = 0;
  #gone = new AbortController();
  readonly #follows: Follows[] = [];
  /** How far the database had come when it asked. */
  #lsn = 0;
  /** Since when it waits. */
  since = 0;
  stopped = false;
  answers = 0;

  constructor(
    readonly person: Person,
    private readonly electric: Electric,
    private readonly door: () => LiveDoor,
    behind: number,
    /** It asks for what is not its person's, too. */
    private readonly greedy = false,
  ) {
    for (const workspace of workspaces) {
      for (const table of tables) {
        const shape = electric.shape(table, workspace, person.id);
        const offset = Math.max(0, shape.log.length - behind);
        const place = { id: this.#nextId++, handle: shape.handle, offset, begin: offset, cursor: 0 };
        this.#follows.push({ workspace, shape, table, ...place, refused: null, seen: [] });
      }
    }
  }

  /** The connection breaks; it comes again. */
  breakOff(): void {
    this.#gone.abort();
  }

  async run(): Promise<void> {
    while (!this.stopped) {
      this.since = performance.now();
      this.#lsn = this.electric.lsn;
      await this.#ask().catch((error: unknown) => {
        if (!(error instanceof ClientGone)) throw error;
      });
      await new Promise((go) => setTimeout(go, 8));
    }
  }

  async #ask(): Promise<void> {
    const { person } = this;
    const follows = this.#follows.filter(
      ({ workspace, refused }) =>
        person.memberships.has(workspace) || (this.greedy && refused !== person.tag),
    );
    const polls = follows.map(({ id, table, workspace, handle, offset, cursor }) => {
      if (this.#known?.ids.has(String(id))) return { id: String(id) };
      const params = { handle: String(handle), offset: `${offset}_0`, live: 'true', cursor: String(cursor) };
      return { id: String(id), table, workspace, params };
    });
    const request = liveRequest.parse({ memberships: person.tag, line: this.#known?.line, polls });
    const { memberships } = person;
    const reader: LiveReader = {
      userId: person.id,
      memberships: async () => ({ workspaceIds: new Set(memberships), tag: person.tag }),
      onChange(listener) {
        person.listeners.add(listener);
        return () => void person.listeners.delete(listener);
      },
    };
    const cut = new AbortController();
    this.#gone = new AbortController();
    person.cuts.add(cut);
    try {
      const signals = [this.#gone.signal, cut.signal];
      const answer = liveAnswer.parse(JSON.parse(await pollLive(request, reader, this.door(), signals)));
      // As the route does it.
      if (cut.signal.aborted) throw new ClientGone();
      this.#take(answer, new Set(polls.map(({ id }) => id)));
    } finally {
      person.cuts.delete(cut);
    }
  }

  #take({ membershipsChanged, forgotten, line, results }: LiveAnswer, ids: ReadonlySet<string>): void {
    this.answers++;
    this.#known = line ? { line, ids } : null;
    if (membershipsChanged || forgotten) expect(results).toEqual([]);
    expect(performance.now() - this.since).toBeLessThanOrEqual(2 * longPoll + 100);
    for (const result of results) {
      const follow = this.#follows.find(({ id }) => String(id) === result.id)!;
      follow.id = this.#nextId++;
      const isMember = this.person.memberships.has(follow.workspace);
      expect(result.status === 403, 'refused what may not be read, and nothing else').toBe(!isMember);
      if (!isMember) follow.refused = this.person.tag;
      else if (result.status === 200) this.#rows(follow, result);
      else this.#refused(follow, result.status);
    }
  }

  #rows(follow: Follows, { headers, body }: LiveAnswer['results'][number]): void {
    const messages = JSON.parse(body) as {
      key?: string;
      headers: { lsn?: number; control?: string; global_last_seen_lsn?: string };
    }[];
    const rows = messages.filter(({ headers: { control } }) => control === undefined);
    for (const { key } of rows) expect(key, 'a shape that was not asked for').toBe(follow.shape.key);
    follow.seen.push(...rows.map(({ headers: { lsn } }) => lsn!));
    follow.offset += rows.length;
    expect(headers['electric-offset']).toBe(`${follow.offset}_0`);
    expect(headers['electric-handle']).toBe(String(follow.handle));
    expect(Number(headers['electric-cursor'])).toBeGreaterThan(follow.cursor);
    follow.cursor = Number(headers['electric-cursor']);
    for (const { headers: said } of messages) {
      if (said.control === undefined) continue;
      const claimed = Number(said.global_last_seen_lsn);
      // That nothing has happened was said after it was asked.
      if (rows.length === 0) expect(claimed).toBeGreaterThanOrEqual(this.#lsn);
      // A log that is gone meanwhile tells nothing any more.
      if (follow.handle !== follow.shape.handle) continue;
      const ahead = follow.shape.log.slice(follow.offset).filter((lsn) => lsn <= claimed);
      expect(ahead, 'rows below the position that was claimed').toEqual([]);
    }
  }

  #refused(follow: Follows, status: number): void {
    const { shape, handle, offset } = follow;
    if (status === 409) {
      expect(handle, 'the log was there').not.toBe(shape.handle);
      Object.assign(follow, { handle: shape.handle, offset: 0, begin: 0, seen: [] });
      return;
    }
    expect([400, 503]).toContain(status);
    const why = shape.failed.filter(({ place, at }) => place === `${handle}/${offset}` && at >= this.since);
    expect(why, 'a failure while it waited').not.toEqual([]);
  }

  /** What it has is the log, from where it began to where it is. */
  check(isEnd: boolean): void {
    for (const { workspace, shape, handle, offset, begin, seen } of this.#follows) {
      if (isEnd && this.person.memberships.has(workspace)) {
        expect([handle, offset], 'the end of the log').toEqual([shape.handle, shape.log.length]);
      }
      if (handle === shape.handle) expect(seen).toEqual(shape.log.slice(begin, offset));
    }
  }
}
