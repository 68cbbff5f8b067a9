// Secrets that travel in paths are not in the server's log, whatever goes wrong.
import { Hono } from 'hono';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { errorHandler } from '../sync/errors';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const secret = 'Zq8wJ0vTn5cYxR2bKd7mLh4sPf1gUa9e';

test('A5: no path that carries a secret is logged, on any route with a parameter', async () => {
  const ada = await api.person('Ada');
  const { query } = Pool.prototype;
  // A fault of ours, in whatever asks the database; but sessions are read.
  Pool.prototype.query = function (this: Pool, ...asked: never[]) {
    const own = this.options.application_name === 'outpost auth';
    return own ? Reflect.apply(query, this, asked) : Promise.reject(new TypeError('a fault'));
  } as never;
  const routes = api.routes.filter(({ method, path }) => method !== 'ALL' && path.includes(':'));
  try {
    for (const { method, path } of routes) {
      const names = path.match(/:\w+/g)!;
      for (const secretOne of names) {
        const asked = names.reduce(
          (made, name) => made.replace(name, name === secretOne ? secret : crypto.randomUUID()),
          path,
        );
        await ada.call(method, asked, method === 'GET' ? undefined : {});
        await ada.call(method, `${asked}.ics`, method === 'GET' ? undefined : {});
      }
    }
    await ada.call('GET', `/api/nothing/${secret}`);
    await ada.call('POST', `/api/auth/reset-password/${secret}`, {});
  } finally {
    Pool.prototype.query = query;
  }
  expect(routes.length).toBeGreaterThan(10);
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
