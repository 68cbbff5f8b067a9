// The socket of open documents: who is let in, what is passed on, and what it does with those who misbehave.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveClose, liveLimits } from '../../db/page/live';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { updateSaying } from '../../scripts/testing/document';
import { type RawLive, rawLive } from '../../scripts/testing/live';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let workspaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
  workspaceId = (await foundWorkspace(ada)).workspaceId;
  await join(ada, ben, workspaceId, 'member');
});
afterAll(() => api.stop());

const open = (person: TestPerson) => rawLive(api.url, { cookie: person.cookie, origin: api.url });

async function enter(person: TestPerson, documentId: string, workspace = workspaceId): Promise<RawLive> {
  const socket = await open(person);
  socket.send({ kind: 'join', channel: 1, workspaceId: workspace, documentId });
  await until('an answer', () => socket.heard.length > 0);
  return socket;
}

const update = (text: string) =>
  ({ kind: 'update', channel: 1, row: crypto.randomUUID(), bytes: updateSaying(text) }) as const;
const heardUpdates = (socket: RawLive) => socket.heard.filter((m) => m.kind === 'update');
const closedWith = (socket: RawLive) => until('it is closed', () => socket.closed());

describe('who is let in', () => {
  test('A1: nobody without a session, with another’s, or from another site', async () => {
    expect(await closedWith(await rawLive(api.url, {}))).toBe(liveClose.signedOut);
    const other = await rawLive(api.url, { cookie: ada.cookie }, '?person=somebody');
    expect(await closedWith(other)).toBe(liveClose.signedOut);
    const others = [
      'https://elsewhere.example',
      'null',
      `${api.url}.elsewhere.example`,
      'http://localhost:1',
    ];
    for (const origin of others) {
      const site = await rawLive(api.url, { cookie: ada.cookie, origin });
      expect([origin, await closedWith(site)]).toEqual([origin, 1006]);
    }
    const form = await rawLive(api.url, { cookie: ada.cookie, 'sec-fetch-site': 'cross-site' });
    expect(await closedWith(form)).toBe(1006);
  });

  test('A1: nobody who is not in the workspace, and its documents under another workspace are others', async () => {
    const eve = await api.person('Eve');
    const elsewhere = await foundWorkspace(eve, 'Elsewhere');
    const id = crypto.randomUUID();
    const adas = await enter(ada, id);
    const denied = await enter(eve, id);
    expect(denied.heard).toEqual([{ kind: 'denied', channel: 1 }]);
    denied.send(update('from outside'));
    const beside = await enter(eve, id, elsewhere.workspaceId);
    beside.send(update('from beside'));
    const bens = await enter(ben, id);
    bens.send(update('from Ben'));
    await until('Ben is heard', () => heardUpdates(adas).length === 1);
    expect(heardUpdates(beside)).toEqual([]);
    expect(heardUpdates(denied)).toEqual([]);
    for (const socket of [adas, denied, beside, bens]) socket.close();
  });

  test('A2: a guest listens and is seen, and sends nothing', async () => {
    const gus = await api.person('Gus');
    await join(ada, gus, workspaceId, 'guest');
    const id = crypto.randomUUID();
    const adas = await enter(ada, id);
    const guests = await enter(gus, id);
    guests.send(update('from the guest'));
    adas.send(update('from Ada'));
    await until('the guest hears Ada', () => heardUpdates(guests).length === 1);
    guests.send(update('again'));
    const bens = await enter(ben, id);
    bens.send(update('from Ben'));
    await until('Ada hears Ben', () => heardUpdates(adas).length === 1);
    expect(adas.heard).toContainEqual({ kind: 'others', channel: 1, count: 1 });
    for (const socket of [adas, guests, bens]) socket.close();
  });

  test('A1: a session that ends, ends the socket', async () => {
    const eve = await api.person('Eva');
    const socket = await open(eve);
    await eve.call('POST', '/api/auth/sign-out', {});
    await until('it is closed', async () => {
      await api.live.recheck();
      return socket.closed() === liveClose.signedOut;
    });
  });
});

describe('those who misbehave', () => {
  const faults: Record<string, (socket: RawLive) => void> = {
    'text instead of bytes': (s) => s.send('hello'),
    'no message': (s) => s.send(Buffer.from([77, 1, 2])),
    'an update that is none': (s) => s.send({ ...update('x'), bytes: Buffer.from('hello') }),
    'a row that is none': (s) => s.send({ ...update('x'), row: 'x' }),
    'a cursor that is none': (s) => s.send({ kind: 'awareness', channel: 1, bytes: Buffer.from([1, 2, 3]) }),
    'a cursor as large as a book': (s) =>
      s.send({ kind: 'awareness', channel: 1, bytes: Buffer.alloc(liveLimits.awarenessBytes + 1) }),
    'what only the server says': (s) => s.send({ kind: 'denied', channel: 1 }),
    'a room twice': (s) => s.send({ kind: 'join', channel: 1, workspaceId, documentId: crypto.randomUUID() }),
    'a room that is no room': (s) => s.send({ kind: 'join', channel: 2, workspaceId: 'x', documentId: 'y' }),
    'a frame that is too large': (s) => s.send(Buffer.alloc(liveLimits.frameBytes + 1)),
    'a flood': (s) => {
      for (let i = 0; i < 3 * liveLimits.messages * liveLimits.burst; i++)
        s.send({ kind: 'leave', channel: 9 });
    },
  };

  test.each(Object.keys(faults))('A2: hung up on, and the others go on: %s', async (name) => {
    const id = crypto.randomUUID();
    const [adas, bens] = [await enter(ada, id), await enter(ben, id)];
    const hostile = await enter(ben, id);
    faults[name]!(hostile);
    expect([liveClose.malformed, liveClose.tooMuch, 1009]).toContain(await closedWith(hostile));
    adas.send(update('still here'));
    await until('Ben hears Ada', () => heardUpdates(bens).length === 1);
    expect(adas.closed() ?? bens.closed()).toBeNull();
    expect(heardUpdates(adas)).toEqual([]);
    adas.close();
    bens.close();
  });

  test('A2: nobody moves somebody else’s cursor', async () => {
    const id = crypto.randomUUID();
    const [adas, bens] = [await enter(ada, id), await enter(ben, id)];
    // One client, number 5, clock 1, state {}.
    const cursor = (clock: number) => Buffer.from([1, 5, clock, 2, ...Buffer.from('{}')]);
    adas.send({ kind: 'awareness', channel: 1, bytes: cursor(1) });
    await until('Ben sees it', () => bens.heard.some((m) => m.kind === 'awareness'));
    bens.send({ kind: 'awareness', channel: 1, bytes: cursor(2) });
    expect(await closedWith(bens)).toBe(liveClose.malformed);
    expect(adas.heard.filter((m) => m.kind === 'awareness')).toEqual([]);
    adas.close();
  });
});
