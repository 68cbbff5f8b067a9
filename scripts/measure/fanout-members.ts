// The members of one workspace, all in this process: each keeps one live request open as a device does
// (client/sync/live-line.ts) and notes when a write reaches it. Told what to do by fanout.ts, over the process's channel.

import { type LiveAnswer, PERSON_HEADER } from '../../db/sync/wire';
import { schema, tableNames } from '../../db/tables';
import { Broken, RawHttp } from './raw-http';

export interface MembersJob {
  readonly port: number;
  readonly workspaceId: string;
  readonly members: readonly { readonly userId: string; readonly cookie: string }[];
}

export type MembersCommand =
  | { readonly kind: 'start'; readonly job: MembersJob }
  | { readonly kind: 'count' };

export interface MembersReport {
  /** ms from each write to each member; those since the last report. */
  readonly delays: number[];
  /** Live requests that were answered, and those that were given up for one with more polls. */
  readonly answers: number;
  readonly restarts: number;
  /** µs of CPU that this process has used. */
  readonly cpu: number;
  /** Answers that were not 200, by status. */
  readonly odd: Readonly<Record<string, number>>;
}

/** Rows are stored before the shape is asked for again, ms: about what PGlite takes for one. */
const STORING = 12;
/** As in live-line.ts: polls that start this close together travel in one request, ms. */
const GATHER = 8;
const GATHER_LONGER = 40;

let delays: number[] = [];
let answers = 0;
let restarts = 0;
let odd: Record<string, number> = {};

interface Poll {
  readonly table: string;
  id: string;
  offset: string;
  handle: string;
  cursor: string;
  /** Its answer is stored, and it asks for the next one. */
  asks: boolean;
}

class Member {
  readonly #http: RawHttp;
  readonly #origin: string;
  #polls: Poll[] = [];
  #tag = '';
  #known: { readonly line: string; readonly ids: ReadonlySet<string> } | null = null;
  #nextId = 100;
  /** Called when all polls ask. */
  #full: (() => void) | null = null;
  /** A request is under way. */
  #waits = false;
  #join: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly job: MembersJob,
    private readonly who: MembersJob['members'][number],
  ) {
    this.#origin = `http://localhost:${job.port}`;
    const headers = { host: `localhost:${job.port}`, origin: this.#origin, ...this.#identity() };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#http = new RawHttp(job.port, lines.join(''));
  }

  /** @param shared where the shapes end that are the same for everybody */
  async begin(shared: ReadonlyMap<string, Poll>): Promise<Poll[]> {
    const session = await this.#get('/api/session');
    this.#tag = ((await session.json()) as { membershipsTag: string }).membershipsTag;
    for (const table of tableNames) {
      const known = shared.get(table);
      this.#polls.push(known ? { ...known } : await this.#catchUp(table));
    }
    return this.#polls;
  }

  async run(): Promise<never> {
    for (;;) {
      const answer = await this.#ask();
      if (answer === null) continue;
      answers++;
      if (answer.membershipsChanged) throw new Error('The memberships changed.');
      this.#settle(answer);
      await this.#refilled();
    }
  }

  /** null: given up for a request that has all polls. */
  async #ask(): Promise<LiveAnswer | null> {
    clearTimeout(this.#join);
    this.#join = undefined;
    const { workspaceId: workspace } = this.job;
    const polls: object[] = [];
    const ids = new Set<string>();
    for (const { id, table, offset, handle, cursor, asks } of this.#polls) {
      if (!asks) continue;
      ids.add(id);
      const params = { cursor, handle, live: 'true', log: 'full', offset, schema: String(schema.version) };
      polls.push(this.#known?.ids.has(id) ? { id } : { id, table, workspace, params });
    }
    const line = this.#known ? { line: this.#known.line } : {};
    const body = JSON.stringify({ memberships: this.#tag, ...line, polls });
    this.#waits = true;
    try {
      const { status, body: text } = await this.#http.post('/api/shapes/live', body);
      if (status === 200) {
        const answer = JSON.parse(text) as LiveAnswer;
        this.#known = answer.line ? { line: answer.line, ids } : null;
        if (answer.forgotten) count('forgotten');
        return answer;
      }
      count(status);
      await pause(500);
      return null;
    } catch (error) {
      if (error instanceof Broken) return null;
      throw error;
    } finally {
      this.#waits = false;
    }
  }

  #settle({ results }: LiveAnswer): void {
    const now = performance.timeOrigin + performance.now();
    for (const { id, status, headers, body } of results) {
      const poll = this.#polls.find((one) => one.id === id)!;
      if (status !== 200) {
        count(status);
        continue;
      }
      for (const [, at] of body.matchAll(/"title":"at ([\d.]+)"/g)) delays.push(now - Number(at));
      poll.offset = headers['electric-offset']!;
      poll.handle = headers['electric-handle']!;
      poll.cursor = headers['electric-cursor']!;
      poll.asks = false;
      poll.id = String(this.#nextId++);
      setTimeout(() => this.#asksAgain(poll), STORING);
    }
  }

  /** All polls ask again, or some take too long for it. */
  async #refilled(): Promise<void> {
    await pause(GATHER);
    if (this.#polls.every(({ asks }) => asks)) return;
    await new Promise<void>((go) => {
      this.#full = go;
      setTimeout(go, GATHER_LONGER);
    });
    this.#full = null;
  }

  #asksAgain(poll: Poll): void {
    poll.asks = true;
    // The next request has not begun yet.
    if (!this.#waits) {
      if (this.#polls.every(({ asks }) => asks)) this.#full?.();
      return;
    }
    this.#join ??= setTimeout(() => {
      restarts++;
      this.#http.abort();
    }, GATHER_LONGER);
  }

  async #catchUp(table: string): Promise<Poll> {
    const params = new URLSearchParams({ workspace: this.job.workspaceId, log: 'full', offset: '-1' });
    params.set('schema', String(schema.version));
    for (;;) {
      const response = await this.#get(`/api/shapes/${table}?${params}`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${table}: ${response.status}`);
      const handle = response.headers.get('electric-handle')!;
      const offset = response.headers.get('electric-offset')!;
      if (response.headers.has('electric-up-to-date')) {
        return { table, id: table, handle, offset, cursor: '0', asks: true };
      }
      params.set('handle', handle);
      params.set('offset', offset);
    }
  }

  #get(path: string): Promise<Response> {
    return fetch(this.#origin + path, { headers: this.#identity() });
  }

  #identity() {
    return { cookie: this.who.cookie, [PERSON_HEADER]: this.who.userId };
  }
}

function count(status: number | string): void {
  odd[status] = (odd[status] ?? 0) + 1;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

const personal: ReadonlySet<string> = new Set(
  process.argv.includes('--personal') ? (process.argv.at(-1) ?? '').split(',') : [],
);

async function start(job: MembersJob): Promise<void> {
  const [first, ...rest] = job.members.map((who) => new Member(job, who));
  const ends = await first!.begin(new Map());
  const shared = new Map(ends.filter((p) => !personal.has(p.table)).map((p) => [p.table, p] as const));
  const queue = [...rest];
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) await next.begin(shared);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  for (const member of [first!, ...rest]) {
    void member.run().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
}

process.on('message', (command: MembersCommand) => {
  if (command.kind === 'start') {
    void start(command.job).then(() => process.send!('started'));
    return;
  }
  const { user, system } = process.cpuUsage();
  const report: MembersReport = { delays, answers, restarts, cpu: user + system, odd };
  [delays, answers, restarts, odd] = [[], 0, 0, {}];
  process.send!(report);
});
