// Secrets that travel in paths are not in the server's log, whatever goes wrong.
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../scripts/testing/api';
import { errorHandler } from './errors';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const secret = 'Zq8wJ0vTn5cYxR2bKd7mLh4sPf1gUa9e';

test('A5: no path that carries a secret is logged, on any route with a parameter', async () => {
  const ada = await api.person('Ada');
  const query = api.pool.query;
  // A fault of ours, in whatever asks the database.
  api.pool.query = (() => Promise.reject(new TypeError('a fault'))) as never;
  try {
    for (const [method, path] of [
      ['GET', `/api/feeds/${secret}.ics`],
      ['GET', `/api/invites/${secret}`],
      ['POST', `/api/invites/${secret}/accept`],
      ['DELETE', `/api/workspaces/${crypto.randomUUID()}/feeds/${secret}`],
      ['GET', `/api/files/${crypto.randomUUID()}/${secret}`],
      ['GET', `/api/nothing/${secret}`],
      ['POST', `/api/auth/reset-password/${secret}`],
    ] as const) {
      await ada.call(method, path, method === 'GET' ? undefined : {});
    }
  } finally {
    api.pool.query = query;
  }
  const log = api.logged.join('\n');
  // What failed is told, with where it failed.
  expect(log).toContain('GET /api/feeds/:file');
  expect(log).toContain('GET /api/invites/:token');
  expect(log).not.toContain(secret);
});

test('A5: a failure before any route is found names no path either', async () => {
  const logged: string[] = [];
  const app = new Hono();
  app.onError(errorHandler((line) => logged.push(line)));
  app.use('/api/*', () => Promise.reject(new Error('a fault')));
  await app.request(`/api/feeds/${secret}`);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/^GET \/api\/\*: /);
});
