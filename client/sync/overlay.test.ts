// What is laid over live queries against the truth: random writes of a tab and of another one, on a real database whose
// messages reach the tab late. What is painted must be, at every moment, what was asked for and not refused; in the end,
// what the database says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { openNodeEngine } from '../open-node';
import type { Backend } from './backend';
import type { Engine } from './engine';
import { createStore } from './facade';
import { layById } from './laying';
import type { Compilable, LiveOptions, Store } from './store';

const seed = Number(process.env.SEED ?? Date.now() & 0x7fffffff);
console.info(`SEED=${seed}`);

const workspaceId = crypto.randomUUID();
let engine: Engine;
/** ms until what was committed is on the storage. */
let flushing = 0;

beforeAll(async () => {
  engine = await openNodeEngine({
    userId: 'u',
    baseUrl: '',
    sync: false,
    prepared: await preparedBlob(),
    flush: () => new Promise((done) => setTimeout(done, flushing)),
  });
  await engine.read({
    sql: "insert into sync.workspace (id, name, created_at, updated_at, version) values ($1, 'W', now(), now(), 1)",
    parameters: [workspaceId],
  });
  await engine.read({ sql: 'select sync.apply_workspace(false)', parameters: [] });
});
afterAll(() => engine.close());

function random(from: number): (below: number) => number {
  let state = from >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Label {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly pending: boolean;
  readonly writing?: boolean;
}
interface Count {
  readonly color: string;
  readonly n: number;
}

const byName = (a: { name: string; id: string }, b: { name: string; id: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;

const labelOptions: LiveOptions<Label> = {
  of: 'label',
  lay: (rows, operation) => {
    const { kind, table, set } = operation;
    if (table !== 'label') return rows;
    const next =
      kind === 'insert'
        ? [...rows, { id: String(set.id), name: String(set.name), color: String(set.color), pending: true }]
        : layById('label', rows, operation);
    return next === rows ? rows : [...next].sort(byName);
  },
};

/** Counts: laid twice they would be wrong, so they tell when a write is in an answer and laid over it too. */
const countOptions: LiveOptions<Count> = {
  columns: { label: ['color'] },
  lay: (rows, { kind, table, was, set }) => {
    if (table !== 'label' || (kind === 'update' && (was === null || set.color === undefined))) return rows;
    const counts = new Map(rows.map(({ color, n }) => [color, Number(n)]));
    const add = (color: unknown, by: number) =>
      counts.set(String(color), (counts.get(String(color)) ?? 0) + by);
    if (kind !== 'insert' && was) add(was.color, -1);
    if (kind !== 'delete') add(set.color, 1);
    return [...counts].filter(([, n]) => n > 0).map(([color, n]) => ({ color, n }));
  },
};

/** What may go wrong between the engine and the tab; the test must notice each. */
type Fault = 'none' | 'holds-nothing' | 'holds-everything' | 'older-later';

/** The engine behind messages that come when they are delivered, in the order in which they were sent. */
class LateBackend {
  readonly queue: { readonly deliver: () => void; readonly by: unknown }[] = [];
  #asked: string[] = [];

  constructor(private readonly fault: Fault) {}

  readonly backend: Backend = new Proxy(engine, {
    get: (target, name) => {
      if (name === 'watch') return this.#watch;
      const method = Reflect.get(target, name);
      if (typeof method !== 'function' || name === 'onStatus') return method.bind(target);
      return (...args: unknown[]) => {
        if (name === 'write') this.#asked.push(String(args[0]));
        return new Promise((resolve, reject) => {
          method.apply(target, args).then(
            (value: unknown) => this.#send(() => resolve(value)),
            (error: unknown) => this.#send(() => reject(error)),
          );
        });
      };
    },
  });

  readonly #watch: Backend['watch'] = (query, watcher) =>
    engine.watch(query, {
      onRows: (rows, holding) => this.#send(() => watcher.onRows(rows, this.#told(holding)), watcher),
      onSame: (holding) => this.#send(() => watcher.onSame?.(this.#told(holding))),
      onError: (error) => this.#send(() => watcher.onError(error)),
    });

  #told(holding: readonly string[]): readonly string[] {
    return this.fault === 'holds-nothing' ? [] : this.fault === 'holds-everything' ? this.#asked : holding;
  }

  #send(deliver: () => void, by: unknown = null): void {
    const at = this.queue.findLastIndex((message) => message.by === by);
    if (this.fault === 'older-later' && by !== null && at >= 0) this.queue.splice(at, 0, { deliver, by });
    else this.queue.push({ deliver, by });
  }

  /** Delivers one message, and lets the tab do what it does then. */
  async deliver(): Promise<boolean> {
    const message = this.queue.shift();
    message?.deliver();
    await new Promise((done) => setImmediate(done));
    return message !== undefined;
  }
}

type Effect =
  | { readonly kind: 'insert'; readonly id: string; readonly name: string; readonly color: string }
  | { readonly kind: 'update'; readonly id: string; readonly set: { name?: string; color?: string } }
  | { readonly kind: 'delete'; readonly id: string };

interface Asked {
  readonly effects: readonly Effect[];
  state: 'asked' | 'stored' | 'refused';
}

/** Rows as they should be painted. */
function expected(asked: readonly Asked[], others: ReadonlySet<string>): Label[] {
  const rows = new Map<string, Label>();
  for (const { effects, state } of asked) {
    if (state === 'refused') continue;
    const mark = state === 'asked' ? { writing: true } : {};
    for (const effect of effects) {
      if (effect.kind === 'delete') rows.delete(effect.id);
      else if (effect.kind === 'insert') {
        const { id, name, color } = effect;
        rows.set(id, { id, name, color, pending: true, ...mark });
      } else {
        const row = rows.get(effect.id);
        if (row) rows.set(effect.id, { ...row, ...effect.set, ...mark });
      }
    }
  }
  return [...rows.values()].filter(({ id }) => !others.has(id)).sort(byName);
}

async function play(from: number, fault: Fault, steps: number): Promise<void> {
  const next = random(from);
  flushing = next(3) * 10;
  const bridge = new LateBackend(fault);
  const store = createStore('u', bridge.backend);
  const other = createStore('u', engine);
  const asked: Asked[] = [];
  const othersIds = new Set<string>();
  let labels: Label[] | undefined;
  let counts: Count[] | undefined;
  const prefix = `${from}-`;
  const query = (by: Store) =>
    by.db
      .selectFrom('label')
      .select(['id', 'name', 'color'])
      .select((eb) =>
        eb
          .exists(
            eb
              .selectFrom('sync.outbox' as never)
              .select(eb.lit(1).as('one'))
              .whereRef('row_id' as never, '=', 'label.id' as never),
          )
          .as('pending'),
      )
      .where('name', 'like', `${prefix}%`);
  const countQuery = (by: Store) =>
    by.db
      .selectFrom('label')
      .select((eb) => ['color', eb.fn.countAll<number>().as('n')])
      .where('name', 'like', `${prefix}%`)
      .groupBy('color');
  const stops = [
    store.live<Label>(query(store) as Compilable<Label>, (rows) => (labels = rows), undefined, labelOptions),
    store.live(
      countQuery(store),
      (rows) => (counts = rows.map(({ color, n }) => ({ color, n: Number(n) }))),
      undefined,
      countOptions,
    ),
  ];
  const check = () => {
    if (!labels || !counts) return;
    const want = expected(asked, othersIds);
    const painted = labels.filter(({ id }) => !othersIds.has(id)).sort(byName);
    const plain = (rows: readonly Label[]) =>
      rows.map(({ id, name, color, writing }) => ({ id, name, color, writing: writing === true }));
    expect(plain(painted)).toEqual(plain(want));
    // The other tab makes labels of one colour of its own.
    const tally = new Map<string, number>();
    for (const { color } of want) tally.set(color, (tally.get(color) ?? 0) + 1);
    expect(
      Object.fromEntries(counts.filter(({ color }) => color !== '#000000').map(({ color, n }) => [color, n])),
    ).toEqual(Object.fromEntries(tally));
  };
  const colors = ['#111111', '#222222', '#333333'] as const;
  const settle = async (why: () => boolean) => {
    while (!why()) {
      if (!(await bridge.deliver())) await new Promise((done) => setTimeout(done));
      check();
    }
  };
  await settle(() => labels !== undefined && counts !== undefined);
  const begun: Promise<unknown>[] = [];
  const ask = (effects: Effect[]) => {
    const entry: Asked = { effects, state: 'asked' };
    asked.push(entry);
    const { db } = store;
    const statements = effects.map((effect) =>
      effect.kind === 'insert'
        ? db
            .insertInto('label')
            .values({ id: effect.id, workspace_id: workspaceId, name: effect.name, color: effect.color })
        : effect.kind === 'update'
          ? db.updateTable('label').set(effect.set).where('id', '=', effect.id)
          : db.deleteFrom('label').where('id', '=', effect.id),
    );
    begun.push(
      store.write(...statements).then(
        () => {
          entry.state = 'stored';
        },
        () => {
          entry.state = 'refused';
        },
      ),
    );
  };
  try {
    for (let step = 0; step < steps; step++) {
      const known = expected(asked, othersIds);
      const one = known[next(Math.max(1, known.length))];
      const name = `${prefix}${next(12)}`;
      const color = colors[next(3)]!;
      switch (next(9)) {
        case 0:
        case 1:
          // Names are unique: some are refused.
          ask([{ kind: 'insert', id: crypto.randomUUID(), name, color }]);
          break;
        case 2:
          if (one) ask([{ kind: 'update', id: one.id, set: { name } }]);
          break;
        case 3:
          if (one) ask([{ kind: 'update', id: one.id, set: { color } }]);
          break;
        case 4:
          if (one) ask([{ kind: 'delete', id: one.id }]);
          break;
        case 5: {
          const id = crypto.randomUUID();
          ask([
            { kind: 'insert', id, name, color },
            { kind: 'update', id, set: { color: colors[next(3)]! } },
          ]);
          break;
        }
        case 6: {
          const id = crypto.randomUUID();
          othersIds.add(id);
          begun.push(
            other
              .write(
                other.db
                  .insertInto('label')
                  .values({ id, workspace_id: workspaceId, name: `${prefix}o${step}`, color: '#000000' }),
              )
              .catch(() => {}),
          );
          break;
        }
        default:
          await new Promise((done) => setTimeout(done, next(3)));
      }
      check();
      for (let n = next(4); n > 0; n--) {
        await bridge.deliver();
        check();
      }
    }
    let isThrough = false;
    void Promise.all(begun).then(async () => {
      await bridge.backend.settled();
      isThrough = true;
    });
    await settle(() => isThrough && bridge.queue.length === 0);
    const truth = (await other.read(query(other))) as Label[];
    expect([...labels!].sort(byName)).toEqual([...truth].sort(byName));
    const truthCounts = (await other.read(countQuery(other))) as { color: string; n: unknown }[];
    const sorted = (rows: readonly { color: string; n: unknown }[]) =>
      rows.map(({ color, n }) => `${color} ${Number(n)}`).sort();
    expect(sorted(counts!)).toEqual(sorted(truthCounts));
  } finally {
    for (const stop of stops) stop();
    // What is under way ends before the next run: an answer that comes only now must still be delivered.
    let isOver = false;
    void Promise.allSettled(begun).then(() => (isOver = true));
    while ((await bridge.deliver()) || !isOver) await new Promise((done) => setTimeout(done));
  }
}

describe('W1: what is written is shown before the database answers', () => {
  test('at every moment what was asked for and not refused, in the end what the database says', async () => {
    for (let run = 0; run < 12; run++) await play(seed + run, 'none', 40);
  }, 120_000);

  for (const fault of ['holds-nothing', 'holds-everything', 'older-later'] as const) {
    test(`a bridge with a fault is noticed: ${fault}`, async () => {
      const runs = async () => {
        for (let run = 0; run < 12; run++) await play(seed + 100 + run, fault, 40);
      };
      await expect(runs()).rejects.toThrow(/deeply equal/);
    }, 120_000);
  }
});
