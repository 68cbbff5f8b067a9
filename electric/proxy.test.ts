// A1: what reaches the upstream is decided by the session and the shape definitions, never by the client.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schema, tableNames } from '../db/tables';
import { electricUpstream, forward, proxyShape, readAsked, ShapeRefused, type Upstream } from './proxy';
import { resumeParameters, shapeRequest } from './shapes';

const mine = '0b6c3c1e-6f0e-4d0c-9f5a-0a3a35a6a0d1';
const theirs = 'c0ffee00-6f0e-4d0c-9f5a-0a3a35a6a0d2';
const reader = {
  userId: 'ada',
  mayRead: async (ids: readonly string[]) => new Set(ids.filter((id) => id === mine)),
};

/** An upstream that notes what it was asked. */
function recorder(answer: () => Response = () => Response.json([])): {
  asked: URLSearchParams[];
  upstream: Upstream;
} {
  const asked: URLSearchParams[] = [];
  return {
    asked,
    upstream: async (params) => {
      asked.push(params);
      return answer();
    },
  };
}

async function refusal(run: Promise<unknown>): Promise<ShapeRefused> {
  const error = await run.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ShapeRefused);
  return error as ShapeRefused;
}

const never = new AbortController().signal;
const ask = (table: string, workspaceId: string, params: string, upstream: Upstream) =>
  proxyShape({ table, workspaceId, params: new URLSearchParams(params) }, reader, upstream, never);

describe('A1: the request upstream', () => {
  test('is the shape of the table and workspace, plus the resume parameters', async () => {
    for (const table of tableNames) {
      const { asked, upstream } = recorder();
      const resume = 'offset=0_0&handle=1-2&live=true&cursor=5&log=changes_only';
      await ask(table, mine, `${resume}&schema=${schema.version}`, upstream);
      const fixed = shapeRequest(table, mine, 'ada', schema.version);
      expect(Object.fromEntries(asked[0]!)).toEqual({
        ...fixed,
        ...{ offset: '0_0', handle: '1-2', live: 'true', cursor: '5', log: 'changes_only' },
      });
    }
  });

  test('S3: has the columns of the schema that the client says, and of the first release where it says none', async () => {
    const { asked, upstream } = recorder();
    for (const params of ['offset=-1', 'offset=-1&schema=0', 'offset=-1&schema=999999']) {
      await ask('task', mine, params, upstream);
    }
    const columns = asked.map((one) => one.get('columns'));
    expect(columns[0]).toBe(shapeRequest('task', mine, 'ada', 0).columns);
    expect(columns[1]).toBe(columns[0]);
    expect(columns[2]).toBe(shapeRequest('task', mine, 'ada', schema.version).columns);
    expect(asked.some((one) => one.has('schema'))).toBe(false);
    for (const wrong of ['', '-1', '1.5', '1e3', 'x', '1234567', '4"']) {
      await expect(
        ask('task', mine, `offset=-1&schema=${encodeURIComponent(wrong)}`, upstream),
      ).rejects.toMatchObject({
        kind: 'malformed',
      });
    }
  });

  test('of a personal table is limited to the rows of the session’s person', async () => {
    const { asked, upstream } = recorder();
    await ask('notice', mine, 'offset=-1', upstream);
    expect(asked[0]!.get('where')).toContain('"user_id" = $2');
    expect(asked[0]!.get('params[2]')).toBe('ada');
  });

  test('never carries a parameter that the client made up, whatever its name', async () => {
    const names = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        'table',
        'where',
        'columns',
        'replica',
        'secret',
        'params[1]',
        'params[2]',
        'params[3]',
      ),
      fc.constantFrom(
        'subset__where',
        'subset__order_by',
        'Offset',
        'offset ',
        'source_id',
        'api_secret',
        'workspace',
      ),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.string(), async (name, value) => {
        fc.pre(!(resumeParameters as readonly string[]).includes(name));
        const { asked, upstream } = recorder();
        const params = new URLSearchParams([
          ['offset', '-1'],
          [name, value],
        ]);
        const refused = await refusal(
          proxyShape({ table: 'task', workspaceId: mine, params }, reader, upstream, never),
        );
        expect(refused.kind).toBe('malformed');
        expect(asked).toHaveLength(0);
      }),
    );
  });

  test('is refused when a parameter comes twice or is very long', async () => {
    const { asked, upstream } = recorder();
    expect((await refusal(ask('task', mine, 'offset=-1&offset=0_0', upstream))).kind).toBe('malformed');
    expect((await refusal(ask('task', mine, `handle=${'x'.repeat(300)}`, upstream))).kind).toBe('malformed');
    expect(asked).toHaveLength(0);
  });

  test('is not made for a table that is not listed', async () => {
    const { asked, upstream } = recorder();
    for (const table of [
      'user',
      'auth.user',
      'session',
      'sync.client',
      'task"',
      'TASK',
      '__proto__',
      'constructor',
      '',
    ]) {
      expect((await refusal(ask(table, mine, 'offset=-1', upstream))).kind).toBe('not-found');
    }
    expect(asked).toHaveLength(0);
  });

  test('is not made for somebody who is not a member, nor for what is not a workspace id', async () => {
    const { asked, upstream } = recorder();
    expect((await refusal(ask('task', theirs, 'offset=-1', upstream))).kind).toBe('forbidden');
    for (const id of ['', 'x', `${mine}' or true`, `${mine},${theirs}`]) {
      expect((await refusal(ask('task', id, 'offset=-1', upstream))).kind).toBe('malformed');
    }
    expect(asked).toHaveLength(0);
    await ask('task', mine.toUpperCase(), 'offset=-1', upstream);
    expect(asked[0]!.get('params[1]')).toBe(mine);
  });
});

describe('A1: the answer', () => {
  const params = readAsked('task', mine, new URLSearchParams('offset=-1'), 'ada').upstreamParams();

  test('carries the rows and the electric headers, is private, and nothing else of the upstream', async () => {
    const { upstream } = recorder(() =>
      Response.json([{ key: '1' }], {
        headers: {
          'electric-handle': '3-4',
          'electric-offset': '0_0',
          'cache-control': 'public, max-age=604800',
          'content-encoding': 'identity',
          'set-cookie': 'upstream=1',
          'access-control-allow-origin': '*',
          server: 'upstream',
        },
      }),
    );
    const answer = await forward(params, upstream, never);
    expect(await answer.json()).toEqual([{ key: '1' }]);
    expect(Object.fromEntries(answer.headers)).toEqual({
      'cache-control': 'private, no-store',
      'content-type': 'application/json',
      'electric-handle': '3-4',
      'electric-offset': '0_0',
      vary: 'Cookie',
    });
  });

  test('of a must-refetch is passed on; other refusals of the upstream become ours, without its text', async () => {
    const refetch = recorder(() =>
      Response.json([{ headers: { control: 'must-refetch' } }], { status: 409 }),
    );
    const passed = await forward(params, refetch.upstream, never);
    expect([passed.status, await passed.text()]).toEqual([409, '[{"headers":{"control":"must-refetch"}}]']);
    for (const [status, kind] of [
      [400, 'malformed'],
      [401, 'busy'],
      [429, 'busy'],
      [500, 'busy'],
      [503, 'busy'],
    ] as const) {
      const { upstream } = recorder(() => Response.json({ message: 'select secret' }, { status }));
      const refused = await refusal(forward(params, upstream, never));
      expect([status, refused.kind]).toEqual([status, kind]);
      expect(refused.message).not.toContain('secret');
    }
    const away = await refusal(forward(params, () => Promise.reject(new Error('ECONNREFUSED')), never));
    expect(away.kind).toBe('busy');
  });

  test('comes from a real Electric with the secret, which goes nowhere else', async () => {
    // Port 9 of this machine answers nobody: what counts is that the failure names no address and no secret.
    const upstream = electricUpstream('http://127.0.0.1:9', 'top-secret');
    const refused = await refusal(forward(params, upstream, never));
    expect(refused.kind).toBe('busy');
    expect(JSON.stringify({ ...refused, message: refused.message })).not.toContain('top-secret');
    expect(params.has('secret')).toBe(false);
  });
});
