// Sign-in, workspaces and members, over HTTP and against a real Postgres.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer, WorkspaceSize } from '../../db/sync/wire';
import { cookiesOf, startTestApi, type TestApi } from '../../scripts/testing/api';
import { foundWorkspace, join } from '../../scripts/testing/workspace';

interface Refusal {
  error: { kind: string; sentence: string };
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

describe('sign-in', () => {
  test('a session is an http-only, same-site cookie and says who one is', async () => {
    const ada = await api.person('Ada');
    const { email, password } = ada;
    const signedIn = await api.stranger.call('POST', '/api/auth/sign-in/email', { email, password });
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/^outpost\.session_token=/);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toMatch(/Secure/i);

    const before = Date.now();
    const { status, body } = await ada.json<SessionAnswer>('GET', '/api/session');
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: { name: 'Ada', email }, memberships: [] });
    expect(body.now).toBeGreaterThanOrEqual(before);
    expect(body.migration).toBeGreaterThanOrEqual(2);
    const server = await api.pool.query('select id from sync.server');
    expect(body.serverId).toBe(server.rows[0].id);
  });

  test('A3: without a session every answer is 401 of kind signed-out', async () => {
    const id = crypto.randomUUID();
    for (const [method, path] of [
      ['GET', '/api/session'],
      ['POST', '/api/workspaces'],
      ['GET', `/api/workspaces/${id}/size`],
      ['POST', `/api/workspaces/${id}/invites`],
      ['PATCH', `/api/workspaces/${id}/members/${id}`],
      ['DELETE', `/api/workspaces/${id}/members/${id}`],
      ['POST', '/api/invites/nonsense/accept'],
      ['GET', `/api/shapes/task?workspace=${id}`],
      ['POST', '/api/shapes/live'],
      ['POST', '/api/write'],
      ['POST', `/api/workspaces/${id}/members/${id}/password-link`],
      ['GET', '/api/account/sessions'],
      ['DELETE', `/api/account/sessions/${id}`],
      ['POST', '/api/auth/change-password'],
    ] as const) {
      const body = method === 'GET' ? undefined : {};
      const answer = await api.stranger.json<Refusal>(method, path, body);
      expect([path, answer.status, answer.body.error.kind]).toEqual([path, 401, 'signed-out']);
    }
  });

  test('signing out ends the session on the server, not only in the browser', async () => {
    const ada = await api.person('Ada');
    expect((await ada.call('POST', '/api/auth/sign-out', {})).status).toBe(200);
    expect((await ada.json('GET', '/api/session')).status).toBe(401);
  });

  test('signing out everywhere ends the sessions of other devices', async () => {
    const ada = await api.person('Ada');
    const { email, password } = ada;
    const other = await api.stranger.call('POST', '/api/auth/sign-in/email', { email, password });
    const headers = { cookie: cookiesOf(other) };
    expect((await fetch(`${api.url}/api/session`, { headers })).status).toBe(200);
    expect((await ada.call('POST', '/api/auth/revoke-sessions', {})).status).toBe(200);
    expect((await fetch(`${api.url}/api/session`, { headers })).status).toBe(401);
  });

  test('what a person can do about a refusal is a sentence', async () => {
    const ada = await api.person('Ada');
    const { email } = ada;
    const wrong = await api.stranger.json<Refusal>('POST', '/api/auth/sign-in/email', {
      email,
      password: 'not the password',
    });
    expect(wrong.status).toBe(401);
    expect(wrong.body.error.sentence).toBe('This e-mail and password do not match.');
    const twice = await api.stranger.json<Refusal>('POST', '/api/auth/sign-up/email', {
      name: 'Eve',
      email,
      password: 'long enough a password',
    });
    expect(twice.body.error.kind).toBe('conflict');
  });

  test('names that cannot be are refused, and what is not offered is not there', async () => {
    for (const name of ['', '   ', 'x'.repeat(81), 'a\u0000b', 'a\nb']) {
      const email = `n${Math.random()}@example.org`;
      const body = { name, email, password: 'long enough a password' };
      const answer = await api.stranger.json<Refusal>('POST', '/api/auth/sign-up/email', body);
      expect([answer.status, answer.body.error.kind]).toEqual([400, 'malformed']);
    }
    const ada = await api.person('Ada');
    for (const path of ['update-user', 'change-email', 'delete-user', 'list-sessions']) {
      expect((await ada.call('POST', `/api/auth/${path}`, { name: 'Eve' })).status).toBe(404);
    }
  });

  test('attempts are limited where others reach the server, and its cookies are secure behind https', async () => {
    const publicUrl = 'https://station.example';
    const open = await startTestApi({ publicUrl, rateLimit: true, trustedProxies: ['127.0.0.1', '::1'] });
    try {
      const attempt = async (address: string, password: string) =>
        await fetch(`${open.url}/api/auth/sign-in/email`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            origin: publicUrl,
            'x-forwarded-for': `8.8.8.8, ${address}`,
          },
          body: JSON.stringify({ email: 'ada@example.org', password }),
        });
      await open.auth.signUp({ name: 'Ada', email: 'ada@example.org', password: 'the right password' });
      const signedIn = await attempt('192.0.2.1', 'the right password');
      expect(signedIn.headers.getSetCookie()[0]).toMatch(/^__Secure-outpost\.session_token=.*Secure/);
      let last = 0;
      for (let i = 0; i < 12 && last !== 429; i++)
        last = (await attempt('192.0.2.2', `guess number ${i}`)).status;
      expect(last).toBe(429);
      const refused = await attempt('192.0.2.2', 'the right password');
      expect(await refused.json()).toMatchObject({ error: { kind: 'busy' } });
      expect((await attempt('192.0.2.3', 'the right password')).status).toBe(200);
    } finally {
      await open.stop();
    }
  });

  test('works under any name of this machine', async () => {
    const ada = await api.person('Ada');
    const url = `http://127.0.0.1:${api.port}`;
    const response = await fetch(`${url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email: ada.email, password: ada.password }),
    });
    expect(response.status).toBe(200);
  });
});

test('A2: a write that comes from another site is refused, whatever session it carries', async () => {
  const ada = await api.person('Ada');
  const id = crypto.randomUUID();
  const routes = [
    ['POST', '/api/workspaces'],
    ['POST', `/api/workspaces/${id}/invites`],
    ['DELETE', `/api/workspaces/${id}/invites/${id}`],
    ['PATCH', `/api/workspaces/${id}/members/${id}`],
    ['DELETE', `/api/workspaces/${id}/members/${id}`],
    ['POST', `/api/workspaces/${id}/resources/${id}/feeds`],
    ['DELETE', `/api/workspaces/${id}/feeds/${id}`],
    ['POST', '/api/invites/nonsense/accept'],
    ['POST', '/api/shapes/live'],
    ['POST', '/api/write'],
    ['POST', '/api/stock/movements'],
    ['POST', '/api/files/missing'],
    ['PUT', `/api/files/${id}/${'0'.repeat(64)}`],
    ['POST', '/api/auth/sign-in/email'],
    ['POST', '/api/auth/sign-out'],
    ['POST', '/api/auth/change-password'],
  ] as const;
  const origins = [
    ...['https://evil.example', 'null', `${api.url}.evil.example`, api.url.replace(/:\d+$/, ':1')],
    ...[`https://evil.example/${api.url}`, 'file://'],
  ];
  for (const origin of origins) {
    for (const [method, path] of routes) {
      const response = await ada.call(method, path, { name: 'Mine' }, { origin });
      expect([origin, method, path, response.status]).toEqual([origin, method, path, 403]);
      expect(await response.json()).toMatchObject({
        error: { sentence: 'This request came from another site.' },
      });
    }
  }
  const { body } = await ada.json<SessionAnswer>('GET', '/api/session');
  expect(body.memberships).toEqual([]);
});

describe('workspaces', () => {
  test('whoever makes one is its owner, and sees its size', async () => {
    const ada = await api.person('Ada');
    const made = await foundWorkspace(ada, 'North station');
    const { body } = await ada.json<SessionAnswer>('GET', '/api/session');
    expect(body.memberships).toEqual([
      { workspaceId: made.workspaceId, memberId: made.memberId, role: 'owner', name: 'North station' },
    ]);
    const size = await ada.json<WorkspaceSize>('GET', `/api/workspaces/${made.workspaceId}/size`);
    expect(size.body.rows).toMatchObject({ workspace: 1, member: 1, project: 0, task: 0, notice: 0 });
    expect(size.body.total).toBe(2);
    const rows = await api.pool.query('select version from member where id = $1', [made.memberId]);
    expect(Number(rows.rows[0].version)).toBeGreaterThan(0);
  });

  test('A1: others see neither its size nor that it exists', async () => {
    const ada = await api.person('Ada');
    const eve = await api.person('Eve');
    const { workspaceId } = await foundWorkspace(ada);
    const theirs = await eve.json<Refusal>('GET', `/api/workspaces/${workspaceId}/size`);
    const none = await eve.json<Refusal>('GET', `/api/workspaces/${crypto.randomUUID()}/size`);
    expect(theirs).toEqual(none);
    expect(theirs.status).toBe(403);
  });

  test('malformed and oversize bodies are refused with a kind, never a 5xx', async () => {
    const ada = await api.person('Ada');
    for (const [body, kind] of [
      [{}, 'malformed'],
      [{ name: '   ' }, 'malformed'],
      [{ name: 'x'.repeat(81) }, 'malformed'],
      [{ name: 'a\u0000b' }, 'malformed'],
      [{ name: 'x'.repeat(100_000) }, 'too-large'],
    ] as const) {
      const answer = await ada.json<Refusal>('POST', '/api/workspaces', body);
      expect(answer.body.error.kind).toBe(kind);
      expect(answer.status).toBeLessThan(500);
    }
    const notJson = await fetch(`${api.url}/api/workspaces`, {
      method: 'POST',
      headers: { cookie: ada.cookie, origin: api.url },
      body: '{',
    });
    expect(notJson.status).toBe(400);
  });
});

describe('members', () => {
  test('A2: an owner changes roles and removes; a member may only leave; a guest of elsewhere nothing', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId, memberId } = await foundWorkspace(ada);
    const members = `/api/workspaces/${workspaceId}/members`;
    const asBen = await join(ada, ben, workspaceId, 'member');
    const asEve = await join(ada, eve, workspaceId, 'guest');
    expect((await ben.json('PATCH', `${members}/${asBen.memberId}`, { role: 'owner' })).status).toBe(403);
    expect((await ben.json('DELETE', `${members}/${asEve.memberId}`)).status).toBe(403);
    expect((await ben.json('DELETE', `${members}/${memberId}`)).status).toBe(403);
    expect((await ada.json('PATCH', `${members}/${asEve.memberId}`, { role: 'member' })).status).toBe(200);
    expect((await ada.json('PATCH', `${members}/${asEve.memberId}`, { role: 'king' })).status).toBe(400);
    expect((await ben.json('DELETE', `${members}/${asBen.memberId}`)).status).toBe(200);
    expect((await ada.json('DELETE', `${members}/${asEve.memberId}`)).status).toBe(200);
    expect((await ada.json('DELETE', `${members}/${asEve.memberId}`)).status).toBe(404);
    const { body } = await eve.json<SessionAnswer>('GET', '/api/session');
    expect(body.memberships).toEqual([]);
  });

  test('A2: the id of a member elsewhere opens nothing', async () => {
    const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
    const hers = await foundWorkspace(ada);
    const own = await foundWorkspace(eve);
    const path = `/api/workspaces/${own.workspaceId}/members/${hers.memberId}`;
    expect((await eve.json('DELETE', path)).status).toBe(404);
    expect((await eve.json('PATCH', path, { role: 'guest' })).status).toBe(404);
  });

  test('the last owner can neither leave nor step down, also when two try at once', async () => {
    const [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
    const { workspaceId, memberId } = await foundWorkspace(ada);
    const members = `/api/workspaces/${workspaceId}/members`;
    expect((await ada.json('DELETE', `${members}/${memberId}`)).status).toBe(409);
    expect((await ada.json('PATCH', `${members}/${memberId}`, { role: 'guest' })).status).toBe(409);
    const asBen = await join(ada, ben, workspaceId, 'owner');
    const answers = await Promise.all([
      ada.json('DELETE', `${members}/${memberId}`),
      ben.json('DELETE', `${members}/${asBen.memberId}`),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });
});

test('an unknown address of the API is 404 in the common form', async () => {
  const answer = await api.stranger.json<Refusal>('GET', '/api/nothing-here');
  expect([answer.status, answer.body.error.kind]).toEqual([404, 'not-found']);
});
