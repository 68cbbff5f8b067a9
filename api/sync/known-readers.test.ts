// A1: whose polls they are is looked up for all together, and never known longer than it is true.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERSON_HEADER, type SessionAnswer } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import { KnownReaders } from './known-readers';
import { membershipsIn } from './memberships';

let api: TestApi;
let ada: TestPerson;
let workspaceId: string;
beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  ({ workspaceId } = await foundWorkspace(ada));
});
afterAll(() => api.stop());

const requestOf = (person: TestPerson, headers: Record<string, string> = {}) =>
  new Request(api.url, { headers: { cookie: person.cookie, ...headers } });
const kindOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'known',
    (error: { kind?: string }) => error.kind,
  );
const session = async (person: TestPerson) => (await person.json<SessionAnswer>('GET', '/api/session')).body;

/** Readers of their own, that count what they ask the database, and hear of whom it said something else. */
function counted() {
  const queries = { memberships: 0, sessions: 0, inFull: 0 };
  const changed: string[] = [];
  const memberships = {
    membershipsOf: (userIds: readonly string[]) => {
      queries.memberships++;
      return membershipsIn(api.pool).membershipsOf(userIds);
    },
  };
  const sessions = {
    session: (request: Request) => {
      queries.inFull++;
      return api.auth.session(request);
    },
    endedAmong: (ids: readonly string[]) => {
      queries.sessions++;
      return api.auth.endedAmong(ids);
    },
  };
  const readers = new KnownReaders({ sessions, memberships, changed: (userId) => changed.push(userId) });
  return { readers, queries, changed };
}

test('A5: many who ask again and again are looked up together, once a second, whenever they came', async () => {
  const { readers, queries, changed } = counted();
  const crew = [ada];
  for (let i = 0; i < 11; i++) crew.push(await api.person('Crew'));
  const began = performance.now();
  let asked = 0;
  const asking = async (person: TestPerson, from: number) => {
    await until('its turn', () => performance.now() - began > from);
    while (performance.now() - began < 3_500) {
      await readers.of(requestOf(person));
      asked++;
      await new Promise((go) => setTimeout(go, 3));
    }
  };
  // One comes every 100 ms, also while the others are being looked up.
  await Promise.all(crew.map((person, i) => asking(person, i * 100)));
  expect(asked).toBeGreaterThan(500);
  expect(queries.inFull).toBe(crew.length);
  expect(queries.sessions).toBeLessThanOrEqual(6);
  expect(queries.memberships).toBeLessThanOrEqual(crew.length + 6);
  expect(changed).toEqual([]);
});

test('A1: what is forgotten is asked for anew, also when it was being asked for at that moment', async () => {
  const { readers } = counted();
  const ben = await api.person('Ben');
  expect((await readers.of(requestOf(ben))).workspaceIds.size).toBe(0);
  for (let i = 0; i < 5; i++) {
    readers.forget();
    const early = readers.of(requestOf(ben));
    const { workspaceId: made } = await foundWorkspace(ben, `Number ${i}`);
    readers.forget();
    const { workspaceIds, tag } = await readers.of(requestOf(ben));
    expect(workspaceIds.has(made)).toBe(true);
    expect(tag).toBe((await session(ben)).membershipsTag);
    await early;
  }
});

test('A1: a session that SQL ended, and a membership, are noticed within a second or so, and told', async () => {
  const { readers, changed } = counted();
  const ben = await api.person('Ben');
  await join(ada, ben, workspaceId, 'member');
  const { id } = await readers.of(requestOf(ben));
  await api.pool.query('delete from member where user_id = $1', [id]);
  const began = performance.now();
  await until('the membership to be gone', async () => {
    return (await readers.of(requestOf(ben))).workspaceIds.size === 0;
  });
  await api.pool.query('delete from auth.session where "userId" = $1', [id]);
  await until(
    'the session to be over',
    async () => (await kindOf(readers.of(requestOf(ben)))) === 'signed-out',
  );
  expect(performance.now() - began).toBeLessThan(6_000);
  expect(changed).toEqual([id, id]);
});

test('A1: a device of one person does not read as another whose session is known', async () => {
  const { readers } = counted();
  const { id } = await readers.of(requestOf(ada));
  expect((await readers.of(requestOf(ada, { [PERSON_HEADER]: id }))).id).toBe(id);
  expect(await kindOf(readers.of(requestOf(ada, { [PERSON_HEADER]: 'ben' })))).toBe('signed-out');
  expect(await kindOf(readers.of(new Request(api.url)))).toBe('signed-out');
});

test('A1: a live request that waits ends when SQL takes the membership, as soon as anybody polls', async () => {
  const [ben, cleo] = [await api.person('Ben'), await api.person('Cleo')];
  for (const person of [ben, cleo]) await join(ada, person, workspaceId, 'member');
  const open = await ben.call('GET', `/api/shapes/label?workspace=${workspaceId}&offset=-1`);
  const params = {
    offset: open.headers.get('electric-offset')!,
    handle: open.headers.get('electric-handle')!,
    live: 'true',
  };
  const polls = [{ id: '1', table: 'label', workspace: workspaceId, params }];
  const { membershipsTag: memberships, user } = await session(ben);
  const answer = ben.json('POST', '/api/shapes/live', { memberships, polls });
  await until('it to wait', () => api.openReads.size === 1);
  await api.pool.query('delete from member where user_id = $1', [user.id]);
  const began = performance.now();
  // A list that nobody has is answered at once.
  const asksOn = setInterval(() => {
    void cleo.call('POST', '/api/shapes/live', { memberships: '', polls: [] }).catch(() => {});
  }, 200);
  expect((await answer).body).toEqual({ membershipsChanged: true, results: [] });
  clearInterval(asksOn);
  expect(performance.now() - began).toBeLessThan(8_000);
});
