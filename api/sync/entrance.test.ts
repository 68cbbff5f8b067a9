// Every door of the API, walked by its routes: who knocks with a body that is too large, too deep or endless.
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../db/sync/wire';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';

let api: TestApi;
let ada: TestPerson;
let doors: { method: string; path: string }[];

beforeAll(async () => {
  api = await startTestApi();
  ada = await api.person('Ada');
  const known = new Map<string, { method: string; path: string }>();
  for (const { method, path } of api.routes) {
    if (['ALL', 'GET'].includes(method)) continue;
    const filled = path.replace(/:\w+/g, crypto.randomUUID());
    known.set(`${method} ${path}`, { method, path: filled });
  }
  doors = [...known.values()];
});
afterAll(() => api.stop());

const isOpen = (path: string) => path.startsWith('/api/auth/');

/** Sends pieces as long as it is not answered, and never ends the body. @returns status, and bytes that were sent */
function endless(
  { method, path }: { method: string; path: string },
  cookie: string,
  piece: Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let over = false;
    const asking = request(api.url + path, {
      method,
      headers: { origin: api.url, 'content-type': 'application/json', cookie, ...headers },
    });
    asking.on('response', (answer: IncomingMessage) => {
      over = true;
      resolve({ status: answer.statusCode ?? 0, sent });
      asking.destroy();
    });
    asking.on('error', (error) => over || reject(error));
    const more = () => {
      if (over || piece.length === 0) return;
      sent += piece.length;
      asking.write(piece, () => setImmediate(more));
    };
    asking.flushHeaders();
    more();
  });
}

test('A5: there are doors', () => {
  expect(doors.length).toBeGreaterThan(10);
  expect(doors.filter((door) => !isOpen(door.path)).length).toBeGreaterThan(8);
});

test('A5: whoever is not signed in hears so before a byte of their body has come', async () => {
  for (const door of doors.filter(({ path }) => !isOpen(path))) {
    const { status } = await endless(door, '', Buffer.alloc(0));
    expect([door, status]).toEqual([door, 401]);
  }
});

test('A5: a body whose length is too large is refused before a byte of it has come', async () => {
  const lengths = { 'content-length': '1000000000' };
  for (const path of ['/api/write', '/api/shapes/live', '/api/workspaces', '/api/auth/sign-in/email']) {
    const { status } = await endless({ method: 'POST', path }, ada.cookie, Buffer.alloc(0), lengths);
    expect([path, status]).toEqual([path, 413]);
  }
});

test('A5: a body without an end is cut at the limit', async () => {
  const piece = Buffer.alloc(64_000, ' ');
  for (const [path, most] of [
    ['/api/write', limits.bodyBytes],
    ['/api/shapes/live', 64_000],
    ['/api/workspaces', 64_000],
    ['/api/auth/sign-in/email', 64_000],
  ] as const) {
    const { status, sent } = await endless({ method: 'POST', path }, ada.cookie, piece);
    expect([path, status]).toEqual([path, 413]);
    // Beside the limit, what lies in the buffers of the system.
    expect(sent).toBeLessThan(most + 20_000_000);
  }
});

describe('deeply nested JSON', () => {
  test.each([limits.depth + 1, 1_000, 5_000, 30_000])(
    'A5: %s levels are never a fault of the server, at any door',
    async (depth) => {
      const nests = ['['.repeat(depth) + ']'.repeat(depth), `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`];
      const bodies = nests.flatMap((nest) => [
        nest,
        `{"name":${nest},"polls":[${nest}],"transactions":[${nest}],"clientId":${nest}}`,
      ]);
      for (const { method, path } of doors) {
        // Not Ada's: one of these doors leads out.
        const cookie = isOpen(path) ? '' : ada.cookie;
        for (const body of bodies) {
          const headers = { origin: api.url, 'content-type': 'application/json', cookie };
          const answer = await fetch(api.url + path, { method, headers, body });
          await answer.arrayBuffer();
          const { status } = answer;
          expect([method, path, status < 500 && (isOpen(path) || status >= 400)]).toEqual([
            method,
            path,
            true,
          ]);
        }
      }
      expect(api.logged).toEqual([]);
    },
  );

  test('A5: nested as deep as may be, a request is taken', async () => {
    const deep = `${'['.repeat(limits.depth - 1)}${']'.repeat(limits.depth - 1)}`;
    const answer = await fetch(`${api.url}/api/workspaces`, {
      method: 'POST',
      headers: { origin: api.url, 'content-type': 'application/json', cookie: ada.cookie },
      body: `{"name":"Station","more":${deep}}`,
    });
    expect(answer.status).toBe(201);
  });
});
