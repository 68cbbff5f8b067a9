// W1, W2: what light mode writes takes effect once on a real server, whatever is lost, repeated, reloaded or handed over.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../../scripts/testing/api';
import { type Device, FlakyNetwork, openDevice } from '../../../scripts/testing/device';
import { MemoryLightFiles } from '../../../scripts/testing/light-files';
import { until } from '../../../scripts/testing/until';
import { type Crew, foundCrew, join } from '../../../scripts/testing/workspace';
import { Writer } from '../../../scripts/testing/writer';
import { Link } from '../link';
import type { LightOnDevice } from './device';
import { LightSending } from './sending';
import { type NewOperation, written } from './state';

let api: TestApi;
let crew: Crew;
const projectId = crypto.randomUUID();

beforeAll(async () => {
  api = await startTestApi();
  crew = await foundCrew(api);
  const set = { workspace_id: crew.workspaceId, key: 'WIN', name: 'Winter', position: 'a0' };
  await new Writer(crew.owner).write({ table: 'project', id: projectId, set });
});
afterAll(() => api.stop());

interface Light {
  readonly files: MemoryLightFiles;
  readonly network: FlakyNetwork;
  readonly person: TestPerson;
  readonly userId: string;
  write(...operations: NewOperation[]): Promise<void>;
  /** A tab of light mode: it sends until it is closed. */
  tab(): LightSending;
  readonly onDevice: LightOnDevice & { removed: number };
  waiting(): Promise<number>;
}

async function lightOf(person: TestPerson): Promise<Light> {
  const { body } = await person.json<SessionAnswer>('GET', '/api/session');
  const userId = body.user.id;
  const files = new MemoryLightFiles();
  const network = new FlakyNetwork(person);
  const tabs = new Set<LightSending>();
  return {
    ...{ files, network, person, userId },
    async write(...operations) {
      await files.change((state) => written(state, crew.workspaceId, operations, Date.now()));
      for (const tab of tabs) tab.wake();
    },
    tab() {
      const deviceOnline = () => network.up;
      const link = new Link({ baseUrl: api.url, userId, fetch: network.fetch, deviceOnline, maxPause: 100 });
      const sending = new LightSending({ files, link, name: 'x', changed: () => {}, problem: () => {} });
      tabs.add(sending);
      return Object.assign(sending, {
        close: async () => {
          tabs.delete(sending);
          link.close();
          await LightSending.prototype.close.call(sending);
        },
      });
    },
    onDevice: {
      removed: 0,
      name: 'x',
      open: async () => files,
      async remove() {
        this.removed++;
        await files.remove();
      },
    },
    waiting: async () => (await files.read())?.waiting.length ?? 0,
  };
}

const insertTask = (id: string, title: string): NewOperation => ({
  ...{ kind: 'insert', table: 'task', id },
  set: {
    ...{ workspace_id: crew.workspaceId, project_id: projectId, title, position: 'a0', status: 'todo' },
    ...{ description: '', priority: 0, assignee_id: null, due_on: null, author_id: null, author: '' },
  },
});
const retitle = (id: string, title: string): NewOperation => ({
  ...{ kind: 'update', table: 'task', id, set: { title } },
});

/** What the server holds of the person's clients: how many there are, and how many transactions they sent. */
async function clientsOf({ userId }: Light): Promise<{ clients: number; sent: number }> {
  const { rows } = await api.pool.query<{ clients: number; sent: number }>(
    'select count(*)::int as clients, coalesce(sum(last_n), 0)::int as sent from sync.client where user_id = $1',
    [userId],
  );
  return rows[0]!;
}

const titlesOf = async (ids: readonly string[]) => {
  const { rows } = await api.pool.query<{ id: string; title: string }>(
    'select id, title from task where id = any ($1)',
    [ids],
  );
  return Object.fromEntries(rows.map(({ id, title }) => [id, title]));
};

async function member(name: string): Promise<TestPerson> {
  const person = await api.person(name);
  await join(crew.owner, person, crew.workspaceId, 'member');
  return person;
}

describe('W1, W2: on a real server', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('write' as const) },
    fc.constantFrom('cut', 'mend', 'lose', 'repeat', 'reload', 'second tab', 'wait') as fc.Arbitrary<
      'cut' | 'mend' | 'lose' | 'repeat' | 'reload' | 'second tab' | 'wait'
    >,
  );

  test('random writes with lost answers, repeated requests, reloads and two tabs: each is applied exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), fc.boolean(), async (steps, full) => {
        const light = await lightOf(await member('Mia'));
        let tabs = [light.tab()];
        const expected: Record<string, string> = {};
        let count = 0;
        for (const what of steps) {
          switch (what) {
            case 'write': {
              const known = Object.keys(expected);
              const isNew = known.length === 0 || count % 3 === 0;
              const id = isNew ? crypto.randomUUID() : known[count % known.length]!;
              expected[id] = `Title ${++count}`;
              await light.write(isNew ? insertTask(id, expected[id]) : retitle(id, expected[id]));
              break;
            }
            case 'cut':
              light.network.cut();
              break;
            case 'mend':
              light.network.mend();
              for (const tab of tabs) tab.wake();
              break;
            case 'lose':
              light.network.loseAnswers += 1;
              break;
            case 'repeat':
              light.network.repeat += 1;
              break;
            case 'reload':
              await Promise.all(tabs.map((tab) => tab.close()));
              tabs = [light.tab()];
              break;
            case 'second tab':
              tabs.push(light.tab());
              break;
            case 'wait':
              await new Promise((done) => setImmediate(done));
          }
        }
        light.network.mend();
        let device: Device | null = null;
        if (full) {
          // The full app takes over in the middle of it.
          await Promise.all(tabs.map((tab) => tab.close()));
          device = await openDevice(api.url, light.person, { light: light.onDevice });
        } else for (const tab of tabs) tab.wake();
        await until('all to be sent', async () => (await light.waiting()) === 0);
        await device?.close();
        await Promise.all(tabs.map((tab) => tab.close()));
        expect(await titlesOf(Object.keys(expected))).toEqual(expected);
        // One client sent each of them; a second time would be another client's, or a notice about a value that lost.
        if (count > 0) expect(await clientsOf(light)).toEqual({ clients: 1, sent: count });
        const notices = await api.pool.query('select from notice where user_id = $1', [light.userId]);
        expect(notices.rowCount).toBe(0);
      }),
      { numRuns: 10, seed: Number(process.env.SEED ?? Date.now() % 100_000), verbose: 1 },
    );
  });

  test('W3: a refused operation is kept with the server’s sentence, and the others stand', async () => {
    const light = await lightOf(crew.guest);
    const id = crypto.randomUUID();
    await light.write(insertTask(id, 'By a guest'));
    const tab = light.tab();
    await until('the answer', async () => (await light.files.read())?.refused.length === 1);
    const state = (await light.files.read())!;
    expect(state.refused[0]!.sentence).toMatch(/^You may not/);
    expect(state.waiting).toEqual([]);
    await tab.close();
  });
});

describe('W1, W2: handed over to the full app', () => {
  test('what was not sent is counted there, goes up from there, and comes down like other rows', async () => {
    const light = await lightOf(await member('Noa'));
    const id = crypto.randomUUID();
    await light.write(insertTask(id, 'Written light'));
    const device = await openDevice(api.url, light.person, {
      light: light.onDevice,
      network: (network) => network.cut(),
    });
    await until('it to be counted', () => device.store.status().unsent === 1);
    expect(device.store.status().beside).toBe(1);
    // Unsent work is never dropped unasked.
    expect(await device.store.remove({ discardUnsent: false })).toEqual({ removed: false, unsent: 1 });
    expect(light.onDevice.removed).toBe(0);
    device.online();
    await device.settled();
    expect(await device.rows('select title from task where id = $1', id)).toEqual([
      { title: 'Written light' },
    ]);
    expect(await light.waiting()).toBe(0);
    expect(await device.store.remove({ discardUnsent: false })).toEqual({ removed: true, unsent: 0 });
    expect([light.onDevice.removed, await light.files.read()]).toEqual([1, null]);
  });

  test('a kill between the server’s answer and its being stored: the transaction is sent again and counts once', async () => {
    const light = await lightOf(await member('Uma'));
    const id = crypto.randomUUID();
    await light.write(insertTask(id, 'Once'));
    await light.write(retitle(id, 'Twice'));
    let killed = 0;
    light.files.beforeStoring = (next) => {
      if (next.acknowledged === 0) return;
      killed++;
      throw new Error('killed');
    };
    const before = await openDevice(api.url, light.person, { light: light.onDevice });
    await until('the answer to come', () => killed > 0);
    await before.close();
    expect(await light.waiting()).toBe(2);
    light.files.beforeStoring = () => {};
    const after = await openDevice(api.url, light.person, { light: light.onDevice });
    await until('it to be sent', async () => (await light.waiting()) === 0);
    await after.close();
    expect(await titlesOf([id])).toEqual({ [id]: 'Twice' });
    expect((await clientsOf(light)).sent).toBe(2);
  });

  test('a refused operation comes into the Inbox once, also when it is killed before it has left the small store', async () => {
    const light = await lightOf(crew.guest);
    await light.write(insertTask(crypto.randomUUID(), 'By a guest'));
    const tab = light.tab();
    await until('the answer', async () => (await light.files.read())?.refused.length === 1);
    await tab.close();
    let killed = 0;
    light.files.beforeStoring = () => {
      killed++;
      throw new Error('killed');
    };
    const before = await openDevice(api.url, light.person, { light: light.onDevice });
    await until('it to be taken', () => killed > 0);
    const inInbox = () => before.rows('select sentence from sync.refused');
    await until('the Inbox to have it', async () => (await inInbox()).length === 1);
    const dump = await before.dump();
    await before.close();
    light.files.beforeStoring = () => {};
    const after = await openDevice(api.url, light.person, { light: light.onDevice, prepared: dump });
    await until('it to leave', async () => (await light.files.read())?.refused.length === 0);
    expect(await after.rows('select sentence from sync.refused')).toHaveLength(1);
    expect(after.store.status().onlyHere).toBe(1);
    await after.close();
  });
});
