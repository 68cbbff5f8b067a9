// Lists as a write of this tab changes them before the database answers, against what the database says then: random
// new, changed and deleted rows of each table that is shown as a list.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preparedBlob } from '../../scripts/prepare';
import { resourceOptions, spanOptions } from '../booking/laying';
import { bookingsBetween, resources } from '../booking/queries';
import { changeBooking, createBookings } from '../booking/write';
import { openNodeEngine } from '../open-node';
import { pageOptions } from '../page/tree/laying';
import { pages } from '../page/tree/queries';
import { itemOptions, placeOptions } from '../stock/laying';
import { items, places } from '../stock/queries';
import type { Engine } from '../sync/engine';
import { createStore } from '../sync/facade';
import { type Laying, laidOver } from '../sync/laying';
import { operationsOf } from '../sync/operations';
import type { Compilable, Store } from '../sync/store';
import { labelOptions, projectOptions } from '../task/laying';
import { labels, projects } from '../task/project-queries';

const seed = Number(process.env.SEED ?? Date.now() & 0x7fffffff);
console.info(`SEED=${seed}`);
const workspaceId = crypto.randomUUID();
const userId = crypto.randomUUID();
let engine: Engine;
let store: Store;
let state = seed >>> 0;
const below = (end: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
};
const word = () => `${'abcxyz'[below(6)]}${below(1000)}`;
const rank = () => `a${'0123456789'[below(10)]}${'VWXYZ'[below(5)]}`;
const day = Date.UTC(2026, 5, 1);
const hour = 3_600_000;

beforeAll(async () => {
  engine = await openNodeEngine({ userId, baseUrl: '', sync: false, prepared: await preparedBlob() });
  store = createStore(userId, engine);
  await engine.read({
    sql: "insert into sync.workspace (id, name, created_at, updated_at, version) values ($1, 'W', now(), now(), 1)",
    parameters: [workspaceId],
  });
  await engine.read({ sql: 'select sync.apply_workspace(false)', parameters: [] });
});
afterAll(() => engine.close());

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

interface List {
  readonly query: () => Compilable<object>;
  readonly laying: Laying<object>;
  readonly make: () => Compilable[];
  /** What of one row changes. */
  readonly change: (row: Row) => Compilable[];
  readonly remove: ((row: Row) => Compilable[]) | null;
}

const laying = <R>(one: Laying<R>) => one as unknown as Laying<object>;

/** A table whose rows are written as they are. */
function plain(
  table: 'label' | 'project' | 'page' | 'resource' | 'stock_item' | 'stock_place',
  query: () => Compilable<object>,
  laying: Laying<object>,
  make: () => Record<string, unknown>,
  change: () => Record<string, unknown>,
): List {
  const row = () => ({ id: crypto.randomUUID(), workspace_id: workspaceId, ...make() });
  return {
    query,
    laying,
    make: () => [store.db.insertInto(table).values(row() as never)],
    change: ({ id }) => [
      store.db
        .updateTable(table)
        .set(change() as never)
        .where('id', '=', id),
    ],
    remove: ({ id }) => [store.db.deleteFrom(table).where('id', '=', id)],
  };
}

const span = { from: day, to: day + 24 * hour, cancelled: false };
const someTime = () => {
  const start = day + (below(40) - 10) * hour;
  return { start, end: start + (1 + below(5)) * hour };
};
let resourceId = '';

const lists: Readonly<Record<string, () => List>> = {
  labels: () =>
    plain(
      'label',
      () => labels(store.db, workspaceId),
      laying(labelOptions(workspaceId)),
      () => ({ name: word() + below(1e9), color: '#111111' }),
      () => ({ name: word() + below(1e9) }),
    ),
  projects: () =>
    plain(
      'project',
      () => projects(store.db, workspaceId),
      laying(projectOptions(workspaceId)),
      () => ({ key: `K${below(1e7)}`, name: word(), position: rank() }),
      () => (below(2) ? { position: rank() } : { archived: below(2) === 1, name: word() }),
    ),
  pages: () =>
    plain(
      'page',
      () => pages(store.db, workspaceId),
      laying(pageOptions(workspaceId)),
      () => ({ title: word(), position: rank() }),
      () => (below(2) ? { position: rank() } : { title: word(), icon: '⚓' }),
    ),
  resources: () =>
    plain(
      'resource',
      () => resources(store.db, workspaceId),
      laying(resourceOptions(workspaceId)),
      () => ({ kind: 'room', name: word(), capacity: 1 + below(9), color: '#222222', position: rank() }),
      () => (below(2) ? { archived: below(2) === 1 } : { position: rank(), name: word() }),
    ),
  'items of stock': () =>
    plain(
      'stock_item',
      () => items(store.db, workspaceId),
      laying(itemOptions(workspaceId)),
      () => ({ name: word() + below(1e9), minimum: below(9) }),
      () => (below(2) ? { name: word() + below(1e9) } : { archived: below(2) === 1 }),
    ),
  'places of stock': () =>
    plain(
      'stock_place',
      () => places(store.db, workspaceId),
      laying(placeOptions(workspaceId)),
      () => ({ name: word() + below(1e9) }),
      () => ({ name: word() + below(1e9) }),
    ),
  'bookings of a day': () => ({
    query: () => bookingsBetween(store.db, workspaceId, span),
    laying: laying(spanOptions(workspaceId, span)),
    make: () =>
      createBookings(store.db, {
        ...{
          workspaceId,
          userId,
          author: 'U',
          resourceId,
          title: word(),
          notes: '',
          private: false,
          people: [],
        },
        occurrences: [{ ...someTime(), status: 'tentative' }],
      }).statements,
    change: ({ id }) =>
      changeBooking(
        store.db,
        id,
        [{ span: someTime() }, { title: word() }, { status: 'cancelled' as const }][
          Math.min(2, below(9) % 5)
        ]!,
      ),
    remove: null,
  }),
};

/** As rows are compared: marks and how a time is spelled apart. */
const facts = (rows: readonly object[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !['pending', 'writing', 'violation_id'].includes(name))
        .map(([name, value]) => [name, /^(starts|ends)$/.test(name) ? Date.parse(String(value)) : value]),
    ),
  );

describe('W1: a list shows a write as the database will', () => {
  for (const [name, listOf] of Object.entries(lists)) {
    test(name, async () => {
      if (name.startsWith('bookings')) {
        resourceId = crypto.randomUUID();
        const made = {
          id: resourceId,
          workspace_id: workspaceId,
          kind: 'room',
          name: 'R',
          color: '#333333',
          position: 'a0',
        };
        await store.write(store.db.insertInto('resource').values(made as never));
      }
      const list = listOf();
      const ask = async () => (await store.read(list.query())) as Row[];
      let seen = 0;
      for (let step = 0; step < 60; step++) {
        const rows = await ask();
        const row = rows[below(Math.max(1, rows.length))];
        const what = below(6);
        const statements =
          !row || what < 3 ? list.make() : what === 5 && list.remove ? list.remove(row) : list.change(row);
        let laid: readonly object[] = rows;
        for (const operation of operationsOf(statements.map((one) => one.compile() as never))) {
          const was =
            operation.kind === 'insert' ? null : (rows.find(({ id }) => id === operation.where.id) ?? null);
          laid = laidOver(list.laying, laid, { ...operation, was });
        }
        await store.write(...statements);
        expect(facts(laid), `SEED=${seed}, step ${step}`).toEqual(facts(await ask()));
        seen = Math.max(seen, rows.length);
      }
      expect(seen).toBeGreaterThan(2);
    });
  }
});
