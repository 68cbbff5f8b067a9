// Calendar subscriptions: who makes them, what they show, and what whoever guesses sees.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCalendar } from '../../db/calendar/read';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { foundCrew } from '../../scripts/testing/workspace';
import type { Feed } from './feeds';

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let guest: TestPerson;
let outsider: TestPerson;
let workspaceId: string;
let benMember: string;
let room: string;
let elsewhere: { workspaceId: string; room: string };

const uuid = () => crypto.randomUUID();

beforeAll(async () => {
  api = await startTestApi();
  const crew = await foundCrew(api);
  ({ owner: ada, member: ben, guest, outsider, workspaceId } = crew);
  benMember = crew.memberIds.member;
  room = await resource(workspaceId, 'Lab, west');
  elsewhere = { workspaceId: crew.elsewhereId, room: await resource(crew.elsewhereId, 'Elsewhere') };
  await booking(room, { title: 'Sampling; part 1', notes: 'two\nlines', day: 1 });
  await booking(room, { title: 'Doctor', notes: 'secret', day: 2, private: true });
  await booking(room, { title: 'Off', day: 3, status: 'cancelled' });
  await booking(room, { title: 'Maybe', day: 4, status: 'tentative' });
  await booking(elsewhere.room, { title: 'Not yours', day: 1 }, elsewhere.workspaceId);
});
afterAll(() => api.stop());

async function resource(workspace: string, name: string): Promise<string> {
  const id = uuid();
  await api.pool.query(
    "insert into resource (id, workspace_id, kind, name, color, position) values ($1, $2, 'room', $3, '#0f766e', 'a0')",
    [id, workspace, name],
  );
  return id;
}

async function booking(
  of: string,
  made: { title: string; notes?: string; day: number; private?: boolean; status?: string },
  workspace = workspaceId,
): Promise<void> {
  await api.pool.query(
    `insert into booking (id, workspace_id, resource_id, user_id, title, notes, private, status, during)
       select $1, $2, $3, 'somebody', $4, $5, $6, $7, tstzrange(at, at + interval '1 hour')
         from (select date_trunc('day', now()) + $8 * interval '1 day' as at) x`,
    [
      uuid(),
      workspace,
      of,
      made.title,
      made.notes ?? '',
      made.private ?? false,
      made.status ?? 'confirmed',
      made.day,
    ],
  );
}

const path = (resourceId = room, workspace = workspaceId) =>
  `/api/workspaces/${workspace}/resources/${resourceId}/feeds`;

async function make(person: TestPerson): Promise<{ id: string; url: string }> {
  const { status, body } = await person.json<{ id: string; url: string }>('POST', path(), {});
  expect(status).toBe(201);
  return body;
}

test('a member makes a subscription; it shows the bookings, of private ones that the time is taken', async () => {
  const { url } = await make(ben);
  expect(new URL(url).origin).toBe(api.url);
  expect(new URL(url).pathname).toMatch(/^\/api\/feeds\/[A-Za-z0-9_-]{32}\.ics$/);
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  const text = await answer.text();
  expect(text).not.toMatch(/Doctor|secret|Not yours|Off/);
  expect(text).toContain('X-WR-CALNAME:Lab\\, west');
  const { occurrences, problems } = readCalendar(text, { zone: 'UTC', now: Date.now() });
  expect(problems).toEqual([]);
  expect(occurrences.map(({ title, notes, status }) => [title, notes, status])).toEqual([
    ['Sampling; part 1', 'two\nlines', 'confirmed'],
    ['Busy', '', 'confirmed'],
    ['Maybe', '', 'tentative'],
  ]);
});

test('what has not changed is not sent again', async () => {
  const { url } = await make(ada);
  const etag = (await fetch(url)).headers.get('etag')!;
  expect(etag).toMatch(/^"[\w-]+"$/);
  const again = await fetch(url, { headers: { 'if-none-match': `W/${etag}, "other"` } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  await booking(room, { title: 'New', day: 5 });
  const changed = await fetch(url, { headers: { 'if-none-match': etag } });
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).not.toBe(etag);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
});

test('the address is told once; the list says who made each and when it was read', async () => {
  const { id, url } = await make(ada);
  const listed = async () =>
    (await ben.json<{ feeds: Feed[] }>('GET', path())).body.feeds.find((feed) => feed.id === id)!;
  expect(await listed()).toMatchObject({ madeBy: 'Ada', readAt: null });
  await fetch(url);
  expect((await listed()).readAt).not.toBeNull();
  const secret = url.split('/').at(-1)!.replace('.ics', '');
  const { rows } = await api.pool.query('select * from sync.resource_feed');
  expect(JSON.stringify([rows, await listed()])).not.toContain(secret);
});

test('A2: guests and people of elsewhere make, list and revoke none; ids of another workspace are not there', async () => {
  const { id, url } = await make(ada);
  for (const person of [guest, outsider]) {
    expect((await person.call('POST', path(), {})).status).toBe(403);
    expect((await person.call('GET', path())).status).toBe(403);
    expect((await person.call('DELETE', `/api/workspaces/${workspaceId}/feeds/${id}`)).status).toBe(403);
  }
  expect((await api.stranger.call('POST', path(), {})).status).toBe(401);
  expect((await ada.call('POST', path(elsewhere.room), {})).status).toBe(404);
  expect((await ada.call('POST', path(uuid()), {})).status).toBe(404);
  expect((await outsider.call('DELETE', `/api/workspaces/${elsewhere.workspaceId}/feeds/${id}`)).status).toBe(
    404,
  );
  expect(
    (await outsider.json<{ feeds: Feed[] }>('GET', path(room, elsewhere.workspaceId))).body.feeds,
  ).toEqual([]);
  expect((await fetch(url)).status).toBe(200);
});

test('A2: one that was revoked, and one whose maker has left, are not there any more', async () => {
  const { id, url } = await make(ada);
  const { url: bens } = await make(ben);
  expect((await ben.call('DELETE', `/api/workspaces/${workspaceId}/feeds/${id}`)).status).toBe(200);
  expect((await ben.call('DELETE', `/api/workspaces/${workspaceId}/feeds/${id}`)).status).toBe(404);
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(bens)).status).toBe(200);
  expect((await ada.call('DELETE', `/api/workspaces/${workspaceId}/members/${benMember}`)).status).toBe(200);
  expect((await fetch(bens)).status).toBe(404);
});

test('W5: whatever is asked for, nothing but an open subscription answers', async () => {
  const { url } = await make(ada);
  const right = url.split('/').at(-1)!;
  for (const file of [
    'x.ics',
    right.replace('.ics', ''),
    `${right}.ics`,
    right.toUpperCase(),
    `${'A'.repeat(32)}.ics`,
    '%00.ics',
    '..%2f..%2fhealth',
    "'--.ics",
    `${'a'.repeat(5000)}.ics`,
  ]) {
    expect([file.slice(0, 40), (await fetch(`${api.url}/api/feeds/${file}`)).status]).toEqual([
      file.slice(0, 40),
      404,
    ]);
  }
  expect((await fetch(`${api.url}/api/feeds`)).status).toBe(404);
  expect((await ada.call('DELETE', `/api/workspaces/${workspaceId}/feeds/nonsense`)).status).toBe(404);
  expect(api.logged).toEqual([]);
});
