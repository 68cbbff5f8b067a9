// The setting of tests of bookings at the API: an owner and two members, who book, change, decide and look.
import { formatClock } from '../../db/sync/clock';
import { type Operation, PROTOCOL, type Verdict, type WriteResponse } from '../../db/sync/wire';
import { tables } from '../../db/tables';
import type { TestApi, TestPerson } from './api';
import { foundWorkspace, join } from './workspace';

type Change = Pick<Operation, 'kind' | 'table' | 'id' | 'set'>;
export type Choice = 'move' | 'swap' | 'agree' | 'decline' | 'give_way' | 'cancel';

export interface ViolationRow {
  readonly id: string;
  readonly case_id: string;
  readonly user_id: string | null;
  readonly row_id: string;
  readonly other_id: string | null;
  readonly detail: Record<string, unknown>;
  readonly outcome: string | null;
  readonly proposal: unknown;
  readonly asked_by: string | null;
  readonly held_by: string | null;
}

let counter = 0;

/** One device of a person, as the server sees it. */
export class BookingSender {
  readonly #clientId = crypto.randomUUID();
  readonly #node = crypto.randomUUID().slice(-12);
  #n = 0;
  #last: unknown = null;

  constructor(
    private readonly api: TestApi,
    readonly person: TestPerson,
    readonly userId: string,
    readonly name: string,
    private readonly workspaceId: string,
  ) {}

  /** @returns the verdicts of all operations, in order; the clock is now unless an operation brings its own */
  async transactions(list: readonly (readonly (Change & { clock?: string })[])[]): Promise<Verdict[]> {
    const transactions = list.map((operations) => ({
      n: ++this.#n,
      operations: operations.map((o) => ({
        was: {},
        clock: formatClock(Date.now(), counter++ & 0xffff, this.#node),
        ...o,
      })),
    }));
    this.#last = transactions;
    return await this.#send(transactions);
  }

  /** The last request once more. @returns its last verdict */
  async again(): Promise<Verdict> {
    return (await this.#send(this.#last)).at(-1)!;
  }

  async #send(transactions: unknown): Promise<Verdict[]> {
    const { status, body } = await this.person.json<WriteResponse>('POST', '/api/write', {
      protocol: PROTOCOL,
      clientId: this.#clientId,
      serverId: null,
      acknowledged: 0,
      transactions,
    });
    if (status !== 200) throw new Error(`the write was answered ${status}: ${JSON.stringify(body)}`);
    return body.answers.flatMap((a) => a.verdicts);
  }

  booking(id: string, resourceId: string, during: string, more: object): Change {
    const set = {
      workspace_id: this.workspaceId,
      resource_id: resourceId,
      user_id: this.userId,
      author: this.name,
      title: `Booking of ${this.name}`,
      during,
      status: 'confirmed',
      ...more,
    };
    return { kind: 'insert', table: 'booking', id, set: set as Operation['set'] };
  }

  change(id: string, set: object, table = 'booking'): Change {
    return { kind: 'update', table, id, set: set as Operation['set'] };
  }

  async book(
    resourceId: string,
    during: string,
    more: object = {},
  ): Promise<{ id: string; verdict: Verdict }> {
    const id = crypto.randomUUID();
    const [verdict] = await this.transactions([[this.booking(id, resourceId, during, more)]]);
    return { id, verdict: verdict! };
  }

  async update(id: string, set: object): Promise<Verdict> {
    return (await this.transactions([[this.change(id, set)]]))[0]!;
  }

  async remove(id: string, table = 'booking'): Promise<Verdict> {
    return (await this.transactions([[{ kind: 'delete', table, id, set: {} }]]))[0]!;
  }

  decision(violationId: string, choice: Choice, detail: object = {}): Change {
    const set = {
      ...{ workspace_id: this.workspaceId, violation_id: violationId, user_id: this.userId },
      ...{ author: this.name, choice, detail },
    } as Operation['set'];
    return { kind: 'insert', table: 'resolution', id: crypto.randomUUID(), set };
  }

  /** @returns what the server made of the decision, or its refusal */
  async resolve(
    violationId: string,
    choice: Choice,
    detail: object = {},
  ): Promise<{ outcome: string | null; sentence: string } | Verdict> {
    const decision = this.decision(violationId, choice, detail);
    const [verdict] = await this.transactions([[decision]]);
    if (verdict!.status !== 'applied') return verdict!;
    const { rows } = await this.api.pool.query('select outcome, sentence from resolution where id = $1', [
      decision.id,
    ]);
    return rows[0] as { outcome: string; sentence: string };
  }

  /** What of a table this person's shape lets through. */
  async rows(table: 'booking' | 'violation' | 'resolution'): Promise<{ id: string }[]> {
    const { rows } = await this.api.pool.query<{ id: string }>(
      `select * from ${table} where workspace_id = $1 and ${tables[table].visible}`,
      [this.workspaceId, this.userId],
    );
    return rows;
  }

  /** Open violations about bookings of these resources, as far as this person sees them. @returns ids */
  async openViolations(resourceIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.api.pool.query<{ id: string }>(
      `select v.id from violation v join booking b on b.id = v.row_id
       where v.resolved_at is null and b.resource_id = any($3) and v.workspace_id = $1 and ${tables.violation.visible}
       order by v.id`.replaceAll('"user_id"', 'v.user_id'),
      [this.workspaceId, this.userId, resourceIds],
    );
    return rows.map((r) => r.id);
  }

  async violation(id: string): Promise<ViolationRow | undefined> {
    const { rows } = await this.api.pool.query<ViolationRow>('select * from violation where id = $1', [id]);
    return rows[0];
  }

  async sees(table: 'booking' | 'violation' | 'resolution'): Promise<string[]> {
    return (await this.rows(table)).map((r) => r.id);
  }
}

export interface BookingStation {
  readonly workspaceId: string;
  /** Ada owns the workspace; Ben and Cleo are members. */
  readonly ada: BookingSender;
  readonly ben: BookingSender;
  readonly cleo: BookingSender;
  /** One more device of a person. */
  device(of: BookingSender): Promise<BookingSender>;
  /** One more member. */
  member(name: string): Promise<BookingSender>;
  /** Makes a resource. @returns its id */
  resource(more?: object): Promise<string>;
  statuses(...ids: string[]): Promise<(string | null)[]>;
  /** Violations that name one of the rows, as they are stored, the oldest first. */
  violations(...rowIds: string[]): Promise<ViolationRow[]>;
  notices(userId: string, rowId: string): Promise<Record<string, unknown>[]>;
}

export async function bookingStation(api: TestApi): Promise<BookingStation> {
  const owner = await api.person('Ada');
  const { workspaceId } = await foundWorkspace(owner);
  const sender = async (person: TestPerson, name: string) => {
    const session = await person.json<{ user: { id: string } }>('GET', '/api/session');
    return new BookingSender(api, person, session.body.user.id, name, workspaceId);
  };
  const member = async (name: string) => {
    const person = await api.person(name);
    await join(owner, person, workspaceId, 'member');
    return await sender(person, name);
  };
  const ada = await sender(owner, 'Ada');
  return {
    workspaceId,
    ada,
    ben: await member('Ben'),
    cleo: await member('Cleo'),
    member,
    device: (of) => sender(of.person, of.name),
    async resource(more = {}) {
      const id = crypto.randomUUID();
      const set = {
        ...{ workspace_id: workspaceId, kind: 'room', name: `Room ${id}`, color: '#336699', position: 'a0' },
        ...more,
      } as Operation['set'];
      const [verdict] = await ada.transactions([[{ kind: 'insert', table: 'resource', id, set }]]);
      if (verdict!.status !== 'applied') throw new Error(`no resource: ${JSON.stringify(verdict)}`);
      return id;
    },
    async statuses(...ids) {
      const { rows } = await api.pool.query<{ id: string; status: string }>(
        'select id, status from booking where id = any($1)',
        [ids],
      );
      return ids.map((id) => rows.find((r) => r.id === id)?.status ?? null);
    },
    async violations(...rowIds) {
      const { rows } = await api.pool.query<ViolationRow>(
        'select * from violation where row_id = any($1) or other_id = any($1) order by created_at, id',
        [rowIds],
      );
      return rows;
    },
    async notices(userId, rowId) {
      const { rows } = await api.pool.query<Record<string, unknown>>(
        'select * from notice where user_id = $1 and row_id = $2 order by created_at',
        [userId, rowId],
      );
      return rows;
    },
  };
}
