// A1: reads that are open when a membership or a session ends: on every door, by every way it can end.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../db/sync/wire';
import { cookiesOf, startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { Joined } from '../account/workspaces';

interface Results {
  readonly membershipsChanged?: boolean;
  readonly results?: { readonly status: number; readonly body: string }[];
  readonly error?: { readonly kind: string };
}

let api: TestApi;
let ada: TestPerson;
let ben: TestPerson;
let workspaceId: string;
let asBen: Joined;
let at: { offset: string; handle: string };

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  ({ workspaceId } = await foundWorkspace(ada));
  await until('the shape server', () => api.shapes?.status().state === 'active');
});
afterAll(() => api.stop());

const path = (params: Record<string, string>, id = workspaceId) =>
  `/api/shapes/label?${new URLSearchParams({ workspace: id, ...params })}`;
const addLabel = (name: string) =>
  api.pool.query(
    "insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#00aa00')",
    [workspaceId, name],
  );

beforeEach(async () => {
  ben = await api.person('Ben');
  asBen = await join(ada, ben, workspaceId, 'member');
  const marker = `before ${crypto.randomUUID()}`;
  await addLabel(marker);
  at = { offset: '-1', handle: '' };
  // To the end of the log, which may not have come as far as the marker yet.
  for (let seen = false, more = true; more || !seen; ) {
    const response = await ben.call('GET', path(at.handle ? at : { offset: at.offset }));
    const text = await response.text();
    seen ||= text.includes(marker);
    at = {
      offset: response.headers.get('electric-offset')!,
      handle: response.headers.get('electric-handle')!,
    };
    more = !response.headers.has('electric-up-to-date');
  }
});

/** What came over it, and how it ended: the status, or 'ended' for a stream that flowed before. */
interface Outcome {
  readonly end: string;
  readonly text: string;
}
const doors: Record<string, () => Promise<Outcome>> = {
  async 'long poll'() {
    const response = await ben.call('GET', path({ ...at, live: 'true' }));
    return { end: String(response.status), text: await response.text() };
  },
  async stream() {
    const response = await ben.call('GET', path({ ...at, live: 'true', live_sse: 'true' }));
    const text = await response.text().catch(() => '');
    return { end: response.status === 200 ? 'ended' : String(response.status), text };
  },
  async 'shared polls'() {
    // Upper case in one of them: a membership is one, however its workspace is written. Upstream they are one poll.
    const polls = [workspaceId, workspaceId.toUpperCase()].map((workspace, i) => ({
      ...{ id: String(i), table: 'label', workspace, params: { ...at, live: 'true' } },
    }));
    const memberships = await tagOf(ben);
    const { status, body } = await ben.json<Results>('POST', '/api/shapes/live', { memberships, polls });
    const statuses = new Set(body.results?.map((r) => r.status) ?? []);
    // Told of the membership that is gone, and given nothing of it.
    if (body.membershipsChanged && statuses.size === 0) return { end: '403', text: '' };
    return { end: [...statuses].join() || String(status), text: JSON.stringify(body) };
  },
};

async function tagOf(person: TestPerson): Promise<string> {
  return (await person.json<SessionAnswer>('GET', '/api/session')).body.membershipsTag;
}

const members = () => `/api/workspaces/${workspaceId}/members/${asBen.memberId}`;
const ends: Record<string, { readonly run: () => Promise<unknown>; readonly status: string }> = {
  'is removed': { run: () => ada.call('DELETE', members()), status: '403' },
  leaves: { run: () => ben.call('DELETE', members()), status: '403' },
  'signs out': { run: () => ben.call('POST', '/api/auth/sign-out', {}), status: '401' },
  'ends this session from another device': {
    run: async () => {
      const { email, password } = ben;
      const { body } = await ben.json<{ sessions: { id: string }[] }>('GET', '/api/account/sessions');
      const other = await api.stranger.call('POST', '/api/auth/sign-in/email', { email, password });
      const headers = { cookie: cookiesOf(other) };
      await api.stranger.call('DELETE', `/api/account/sessions/${body.sessions[0]!.id}`, undefined, headers);
    },
    status: '401',
  },
  'signs out everywhere, elsewhere': {
    run: async () => {
      const { email, password } = ben;
      const other = await api.stranger.call('POST', '/api/auth/sign-in/email', { email, password });
      await api.stranger.call('POST', '/api/auth/revoke-sessions', {}, { cookie: cookiesOf(other) });
    },
    status: '401',
  },
};

describe('a read that is open', () => {
  const all = Object.keys(doors).flatMap((door) => Object.keys(ends).map((end) => [door, end] as const));
  test.each(all)('A1: %s ends at once when the person: %s', async (door, end) => {
    const outcome = doors[door]!();
    await until('the read to wait', () => api.shapes!.status().readers === 1 && api.openReads.size === 1);
    const began = performance.now();
    await ends[end]!.run();
    await until('the read to be cut', () => api.openReads.size === 0);
    await addLabel(`after ${door} ${end}`);
    const { end: how, text } = await outcome;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(how).toBe(door === 'stream' ? 'ended' : ends[end]!.status);
    expect(text).not.toContain('after');
    await until('nobody to wait any more', () => api.shapes!.status().readers === 0);
  });

  test('A1: shared polls end also where only one of several workspaces is lost, and go on without it', async () => {
    const own = await foundWorkspace(ben);
    const first = await ben.call('GET', path({ offset: '-1' }, own.workspaceId));
    const [offset, handle] = ['electric-offset', 'electric-handle'].map((h) => first.headers.get(h)!);
    const polls = [
      { id: 'lost', table: 'label', workspace: workspaceId, params: { ...at, live: 'true' } },
      { id: 'own', table: 'label', workspace: own.workspaceId, params: { offset, handle, live: 'true' } },
    ];
    const ask = async () =>
      (await ben.json<Results>('POST', '/api/shapes/live', { memberships: await tagOf(ben), polls })).body;
    const answer = ask();
    await until('both to wait', () => api.shapes!.status().readers === 2);
    await ada.call('DELETE', members());
    expect(await answer).toEqual({ membershipsChanged: true, results: [] });
    expect((await ask()).results?.map(({ status }) => status)).toEqual([403]);
  });

  test('A1: what was taken away by SQL ends with the next look, and others read on', async () => {
    const [outcome, hers] = [doors['long poll']!(), ada.call('GET', path({ ...at, live: 'true' }))];
    await until('both to wait', () => api.openReads.size === 2);
    await api.pool.query('delete from member where id = $1', [asBen.memberId]);
    await api.openReads.recheck();
    expect((await outcome).end).toBe('403');
    await addLabel('for those who stay');
    expect((await hers).status).toBe(200);
    await until('nothing to be open', () => api.openReads.size === 0);
    expect(api.logged).toEqual([]);
  });
});
