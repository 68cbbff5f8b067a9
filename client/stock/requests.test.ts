// requests.ts on a real device and a real server: asked offline, carried out once, asked about when things changed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { ApiError } from '../sync/react/request';
import type { Moved, Movement } from './api';
import { requests } from './queries';
import { ask, forget, insist, type Outcome, type Post, sendWaiting } from './requests';

let api: TestApi;
let station: Station;
let device: Device;
let item: string;
let store: string;

beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
  device = await station.device(station.ada);
});
afterAll(async () => {
  await station?.close();
  await api?.stop();
});

beforeEach(async () => {
  item = crypto.randomUUID();
  store = crypto.randomUUID();
  const { workspaceId } = station;
  await device.write(
    'insert into stock_item (id, workspace_id, name) values ($1, $2, $3)',
    item,
    workspaceId,
    item,
  );
  await device.write(
    'insert into stock_place (id, workspace_id, name) values ($1, $2, $3)',
    store,
    workspaceId,
    store,
  );
  await device.settled();
  await server(station.ada, { toId: store, quantity: 10 });
  await shows(10);
});

const server = (person: TestPerson, more: Partial<Movement>) => post(person)(movement(more));

const movement = (more: Partial<Movement>): Movement => ({
  workspaceId: station.workspaceId,
  id: crypto.randomUUID(),
  itemId: item,
  fromId: null,
  toId: null,
  quantity: 1,
  reason: '',
  ...more,
});

/** As api.moveStock does it. */
function post(person: TestPerson): Post {
  return async (body) => {
    const answer = await person.json<
      Moved & { error?: { kind: 'conflict'; sentence: string; detail: object } }
    >('POST', '/api/stock/movements', body);
    const { error } = answer.body;
    if (error) throw new ApiError(error.kind, error.sentence, { ...error.detail });
    return answer.body;
  };
}

const cut: Post = async () => {
  throw new ApiError('unreachable', 'no network');
};

async function shows(quantity: number): Promise<void> {
  const sql = 'select quantity from stock_level where item_id = $1';
  await until(`${quantity} on the device`, async () => {
    const [row] = await device.rows<{ quantity: number }>(sql, item);
    return row?.quantity === quantity;
  });
}

async function lies(): Promise<number> {
  const { rows } = await api.pool.query('select quantity from stock_level where item_id = $1', [item]);
  return rows[0].quantity;
}

async function asks(more: Partial<Movement>, seen = 10): Promise<string> {
  const asked = movement({ fromId: store, ...more });
  await device.store.write(...ask(device.store.db, asked, seen));
  return asked.id;
}

const kept = () => device.store.read(requests(device.store.db, station.workspaceId));
const send = (by: Post = post(station.ada)) => sendWaiting(device.store, by, () => true);
const kinds = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.kind);

async function outbox(): Promise<unknown[]> {
  return await device.rows("select * from sync.outbox where \"table\" in ('stock_level', 'stock_movement')");
}

describe('what was asked for offline', () => {
  test('C4: it is sent by itself while the quantity is what was seen, and is never in the outbox', async () => {
    await asks({ quantity: 4, reason: 'generator' });
    expect(kinds(await send(cut))).toEqual(['later']);
    expect(await kept()).toMatchObject([{ state: 'waiting', tried: true, seen: 10, quantity: 4 }]);
    expect(await outbox()).toEqual([]);
    expect(device.store.status().unsent).toBe(0);
    expect(kinds(await send())).toEqual(['done']);
    expect(await kept()).toEqual([]);
    expect(await lies()).toBe(6);
    await shows(6);
  });

  test('C4: when the quantity has changed the person is asked first, and what they say then is done', async () => {
    const id = await asks({ quantity: 4 });
    await server(station.ben, { fromId: store, quantity: 7 });
    const [outcome] = await send();
    expect(outcome).toMatchObject({ kind: 'ask', request: { seen: 10, found: 3 } });
    expect(await lies()).toBe(3);
    expect(kinds(await send())).toEqual([]);
    expect(await kept()).toMatchObject([{ id, state: 'ask', seen: 10, found: 3, tried: false }]);
    await device.store.write(...insist(device.store.db, id, 3));
    expect(kinds(await send())).toEqual(['done']);
    expect(await lies()).toBe(0);
  });

  test('C4: one that changed again is asked about again, and one that is dropped is gone', async () => {
    const id = await asks({ quantity: 2 });
    await server(station.ben, { fromId: store, quantity: 1 });
    await send();
    await device.store.write(...insist(device.store.db, id, 2));
    await server(station.ben, { fromId: store, quantity: 1 });
    expect(kinds(await send())).toEqual(['ask']);
    expect(await kept()).toMatchObject([{ found: 8 }]);
    await device.store.write(...forget(device.store.db, id));
    expect(kinds(await send())).toEqual([]);
    expect(await lies()).toBe(8);
  });

  test('W2, C4: an answer that was lost does not carry it out twice, whatever happened since', async () => {
    await asks({ quantity: 4 });
    const lost: Post = async (asked) => {
      await post(station.ada)(asked);
      throw new ApiError('unreachable', 'the answer was lost');
    };
    expect(kinds(await send(lost))).toEqual(['later']);
    await server(station.ben, { fromId: store, quantity: 5 });
    expect(kinds(await send())).toEqual(['done']);
    expect(await lies()).toBe(1);
    expect(await kept()).toEqual([]);
  });

  test('W2, C4: two tabs that send the same one carry it out once', async () => {
    await asks({ quantity: 4 });
    await Promise.all([send(), send(), send()]);
    expect(await lies()).toBe(6);
    expect(await kept()).toEqual([]);
  });

  test('C4: what the person asked for before is no surprise to them', async () => {
    await asks({ quantity: 4 });
    await asks({ quantity: 3 });
    expect(kinds(await send())).toEqual(['done', 'done']);
    expect(await lies()).toBe(3);
  });

  test('C4: a refusal is kept and said', async () => {
    await asks({ itemId: crypto.randomUUID() });
    const [outcome] = await send();
    expect(outcome).toMatchObject({ kind: 'failed' });
    const [row] = await kept();
    expect(row).toMatchObject({ state: 'failed' });
    expect(row!.sentence).toMatch(/^This item is not in the workspace/);
    await device.store.write(...forget(device.store.db, row!.id));
  });

  test('C4: one for an item that the server does not know yet waits for it', async () => {
    device.offline();
    item = crypto.randomUUID();
    const { workspaceId } = station;
    await device.write(
      'insert into stock_item (id, workspace_id, name) values ($1, $2, $3)',
      item,
      workspaceId,
      item,
    );
    await asks({ fromId: null, toId: store, quantity: 2 }, 0);
    expect(kinds(await send())).toEqual([]);
    device.online();
    await device.settled();
    expect(kinds(await send())).toEqual(['done']);
    expect(await lies()).toBe(2);
  });

  test('W1, C4: it survives a crash of the device, and nothing is sent once the person is gone', async () => {
    const id = await asks({ quantity: 1 });
    const again = await openDevice(api.url, station.ada, { prepared: await device.dump() });
    const rows = await again.store.read(requests(again.store.db, station.workspaceId));
    expect(rows.map((row) => row.id)).toEqual([id]);
    expect(await sendWaiting(again.store, post(station.ada), () => false)).toEqual([]);
    await again.close();
    expect(await lies()).toBe(10);
    expect(kinds(await send())).toEqual(['done']);
  });

  test('C4: live queries follow what is asked for', async () => {
    const seen: number[] = [];
    const stop = device.store.live(requests(device.store.db, station.workspaceId), (rows) =>
      seen.push(rows.length),
    );
    await until('the first rows', () => seen.at(-1) === 0);
    const id = await asks({});
    await until('the request', () => seen.at(-1) === 1);
    await device.store.write(...forget(device.store.db, id));
    await until('none', () => seen.at(-1) === 0);
    stop();
  });
});
