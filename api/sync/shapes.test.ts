// The read path over HTTP, with real Postgres and the embedded shape server: rows, live changes, and who may have them.
import { Agent, request as httpRequest } from 'node:http';
import { ShapeStream } from '@electric-sql/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { Joined } from '../account/workspaces';

interface Refusal {
  error: { kind: string };
}
interface Results {
  results: { id: string; status: number; headers: Record<string, string>; body: string }[];
}

let api: TestApi;
let ada: TestPerson;
let eve: TestPerson;
let workspace: Joined;
let hers: Joined;

beforeAll(async () => {
  api = await startTestApi();
  [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
  workspace = await foundWorkspace(ada, 'Ada’s');
  hers = await foundWorkspace(eve, 'Eve’s');
  await until('the shape server', () => api.shapes?.status().state === 'active');
});
afterAll(() => api.stop());

async function addLabel(name: string, workspaceId = workspace.workspaceId): Promise<void> {
  await api.pool.query(
    `insert into label (id, workspace_id, name, color) values (gen_random_uuid(), $1, $2, '#00aa00')`,
    [workspaceId, name],
  );
}

const path = (table: string, params = 'offset=-1', id = workspace.workspaceId) =>
  `/api/shapes/${table}?workspace=${id}&${params}`;

/** Reads a shape to its end. @returns its rows, and how to go on from there */
async function read(who: TestPerson, table: string, id = workspace.workspaceId) {
  const rows: Record<string, string>[] = [];
  let offset = '-1';
  let handle = '';
  for (;;) {
    const response = await who.call(
      'GET',
      path(table, `offset=${offset}${handle && `&handle=${handle}`}`, id),
    );
    expect(response.status).toBe(200);
    const messages = (await response.json()) as { value?: Record<string, string> }[];
    for (const { value } of messages) if (value) rows.push(value);
    offset = response.headers.get('electric-offset')!;
    handle = response.headers.get('electric-handle')!;
    if (response.headers.has('electric-up-to-date')) return { rows, offset, handle };
  }
}

describe('one shape', () => {
  test('R1: carries the rows of the workspace with the columns of the shape, and is nobody else’s', async () => {
    await addLabel('power');
    await addLabel('hers', hers.workspaceId);
    const { rows } = await read(ada, 'label');
    expect(rows.map((row) => row.name)).toEqual(['power']);
    expect((await read(ada, 'member')).rows.map((row) => row.role)).toEqual(['owner']);
    expect((await read(ada, 'workspace')).rows.map((row) => row.name)).toEqual(['Ada’s']);
    const refused = await ada.json<Refusal>('GET', path('label', 'offset=-1', hers.workspaceId));
    expect([refused.status, refused.body.error.kind]).toEqual([403, 'forbidden']);
  });

  test('A1: a client sets nothing but resume parameters, and reads nothing but listed tables', async () => {
    for (const [extra, status] of [
      ['offset=-1&where=true', 400],
      ['offset=-1&table=auth.user', 400],
      ['offset=-1&columns=id', 400],
      ['offset=-1&params[1]=x', 400],
      ['offset=-1&secret=x', 400],
      [`offset=-1&workspace=${hers.workspaceId}`, 400],
      ['offset=nonsense', 400],
    ] as const) {
      const answer = await ada.json<Refusal>('GET', path('label', extra));
      expect([extra, answer.status]).toEqual([extra, status]);
    }
    for (const table of ['user', 'auth.session', 'client', 'migration']) {
      expect((await ada.json('GET', path(table))).status).toBe(404);
    }
  });

  test('A1: the handle of somebody else’s shape opens nothing of it', async () => {
    const theirs = await read(eve, 'label', hers.workspaceId);
    await addLabel('after', hers.workspaceId);
    const response = await ada.call('GET', path('label', `offset=${theirs.offset}&handle=${theirs.handle}`));
    const text = await response.text();
    expect(text).not.toContain('after');
    expect(text).not.toContain('hers');
  });

  test('A1: a membership that ended ends the reading', async () => {
    const guest = await api.person('Gus');
    const joined = await join(ada, guest, workspace.workspaceId, 'guest');
    expect((await read(guest, 'label')).rows.length).toBeGreaterThan(0);
    await guest.json('DELETE', `/api/workspaces/${workspace.workspaceId}/members/${joined.memberId}`);
    expect((await guest.json('GET', path('label'))).status).toBe(403);
  });

  test('is read by the unmodified Electric client, and changes arrive', async () => {
    const names: string[] = [];
    const stop = new AbortController();
    const stream = new ShapeStream<{ name: string }>({
      url: `${api.url}/api/shapes/label`,
      params: { workspace: workspace.workspaceId },
      headers: { cookie: ada.cookie },
      signal: stop.signal,
    });
    let upToDate = false;
    stream.subscribe((messages) => {
      for (const message of messages) {
        if ('value' in message) names.push(message.value.name);
        else if (message.headers.control === 'up-to-date') upToDate = true;
      }
    });
    await until('the client to be up to date', () => upToDate);
    await addLabel('late');
    await until('the change to arrive', () => names.includes('late'));
    await until('the client to wait', () => api.shapes!.status().readers === 1);
    stop.abort();
    await until('its poll to be let go', () => api.shapes!.status().readers === 0);
  });
});

describe('live polls over one connection', () => {
  const tables = ['workspace', 'member', 'project', 'label', 'task', 'task_label', 'comment', 'notice'];

  async function polls() {
    return await Promise.all(
      tables.map(async (table) => {
        const { offset, handle } = await read(ada, table);
        return {
          id: table,
          table,
          workspace: workspace.workspaceId,
          params: { offset, handle, live: 'true' },
        };
      }),
    );
  }

  async function asking(asked: unknown) {
    const { body } = await ada.json<{ membershipsTag: string }>('GET', '/api/session');
    return { memberships: body.membershipsTag, polls: asked };
  }

  test('R1: the first change answers, with what the client needs to go on', async () => {
    const asked = await polls();
    const answer = ada.json<Results>('POST', '/api/shapes/live', await asking(asked));
    await until('the polls to wait', () => api.shapes!.status().readers === tables.length);
    await addLabel('live');
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body.results.map((result) => [result.id, result.status])).toEqual([['label', 200]]);
    const [result] = body.results;
    expect(result!.body).toContain('live');
    for (const header of ['electric-offset', 'electric-handle', 'electric-cursor']) {
      expect(result!.headers[header]).toBeTruthy();
    }
    await until('the other polls to be let go', () => api.shapes!.status().readers === 0);
  });

  test('A1: polls that were said before are named by their ids, by the same person only', async () => {
    interface Answer extends Results {
      line?: string;
      forgotten?: boolean;
    }
    const asked = await polls();
    const first = ada.json<Answer>('POST', '/api/shapes/live', await asking(asked));
    await until('the polls to wait', () => api.openReads.size === 1);
    await addLabel('one');
    const { line, results } = (await first).body;
    const [label] = results;
    const named = asked.filter(({ id }) => id !== 'label').map(({ id }) => ({ id }));
    const { headers } = label!;
    const params = {
      offset: headers['electric-offset']!,
      handle: headers['electric-handle']!,
      live: 'true',
    };
    const next = { id: 'next', table: 'label', workspace: asked[0]!.workspace, params };
    const request = { ...(await asking([...named, next])), line };
    const second = ada.json<Answer>('POST', '/api/shapes/live', request);
    await until('they wait again', () => api.openReads.size === 1);
    await addLabel('two');
    expect((await second).body.line).toBe(line);
    expect((await second).body.results.map(({ id, status }) => [id, status])).toEqual([['next', 200]]);
    const bob = await api.person('Bob');
    const { membershipsTag: memberships } = (
      await bob.json<{ membershipsTag: string }>('GET', '/api/session')
    ).body;
    for (const [person, what] of [
      [bob, { memberships, polls: named, line }],
      [ada, { ...(await asking(named)), line: crypto.randomUUID() }],
      [ada, await asking(named)],
    ] as const) {
      const { status, body } = await person.json<Answer>('POST', '/api/shapes/live', what);
      expect([status, body]).toEqual([200, { membershipsChanged: false, forgotten: true, results: [] }]);
    }
  });

  test('A1: a poll for another workspace is refused, and gets nothing of it', async () => {
    const asked = (await polls()).map((poll) => ({ ...poll, workspace: hers.workspaceId }));
    const { body } = await ada.json<Results>('POST', '/api/shapes/live', await asking(asked));
    expect(body.results.map((result) => result.status)).toEqual(tables.map(() => 403));
    const malformed = await ada.json('POST', '/api/shapes/live', await asking([{ id: 1 }]));
    expect(malformed.status).toBe(400);
  });

  test('a browser that goes away, at whatever moment, leaves nothing waiting', async () => {
    const asked = await polls();
    const { offset, handle } = asked[0]!.params;
    const single = path('workspace', `offset=${offset}&handle=${handle}&live=true`);
    const headers = { cookie: ada.cookie, origin: api.url, 'content-type': 'application/json' };
    const request = await asking(asked);
    for (let delay = 0; delay < 24; delay += 2) {
      const gone = new AbortController();
      const { signal } = gone;
      const body = JSON.stringify(request);
      const all = fetch(`${api.url}/api/shapes/live`, { method: 'POST', headers, body, signal });
      const one = fetch(api.url + single, { headers, signal });
      setTimeout(() => gone.abort(), delay);
      expect((await Promise.allSettled([all, one])).map((r) => r.status)).toEqual(['rejected', 'rejected']);
    }
    // Exactly these wait afterwards, and nobody else.
    const answer = ada.json<Results>('POST', '/api/shapes/live', await asking(asked));
    await until('only these to wait', () => api.shapes!.status().readers === tables.length);
    await addLabel('end');
    expect((await answer).body.results).toHaveLength(1);
    await until('the polls to be let go', () => api.shapes!.status().readers === 0);
    expect(api.logged).toEqual([]);
  });

  test('W1: with two tabs live over six connections, as HTTP/1.1 gives a browser, a write is answered at once', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 6 });
    const call = (method: string, to: string, body?: unknown) =>
      new Promise<number>((done, fail) => {
        const headers = { cookie: ada.cookie, origin: api.url, 'content-type': 'application/json' };
        const asking = httpRequest(api.url + to, { method, agent, headers }, (response) => {
          response.resume().on('end', () => done(response.statusCode ?? 0));
        });
        asking.on('error', fail);
        asking.end(body === undefined ? undefined : JSON.stringify(body));
      });
    const asked = await polls();
    const request = await asking(asked);
    const tabs = [1, 2].map(() => call('POST', '/api/shapes/live', request));
    // Upstream they share each poll.
    await until(
      'both tabs to wait',
      () => api.openReads.size === 2 && api.shapes!.status().readers === tables.length,
    );
    const began = performance.now();
    expect(await call('POST', '/api/workspaces', { name: 'Another' })).toBe(201);
    const shared = performance.now() - began;
    expect(shared).toBeLessThan(2_000);
    await addLabel('for both tabs');
    expect(await Promise.all(tabs)).toEqual([200, 200]);
    agent.destroy();
  });
});
