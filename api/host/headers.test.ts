// Headers on every answer, whoever writes it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { foundWorkspace } from '../../scripts/testing/workspace';
import { staticFiles } from './static';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outpost-headers-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>Outpost</title>');
  writeFileSync(join(folder, 'assets', 'main-a1b2c3d4.js'), 'self');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['https://station.example', 'http://station.example', undefined])(
  'with PUBLIC_URL %s',
  (publicUrl) => {
    let api: TestApi;
    beforeAll(async () => {
      api = await startTestApi({ ...(publicUrl ? { publicUrl } : {}), client: staticFiles(folder) });
    });
    afterAll(() => api.stop());

    test('no answer is sniffed, and https binds the browser to https', async () => {
      const seen = new Set<number>();
      const id = crypto.randomUUID();
      for (const [method, path, body, headers] of [
        ['GET', '/'],
        ['HEAD', '/'],
        ['GET', '/w/anything'],
        ['GET', '/assets/main-a1b2c3d4.js'],
        ['GET', '/assets/gone-00000000.js'],
        ['POST', '/'],
        ['OPTIONS', '/api/write'],
        ['GET', '/api/health'],
        ['GET', '/api/nothing-here'],
        ['GET', '/api/session'],
        ['GET', `/api/files/${id}`],
        ['GET', '/api/feeds/nonsense.ics'],
        ['GET', '/api/account/options'],
        ['GET', '/api/auth/get-session'],
        ['POST', '/api/auth/sign-in/email', '{"email":"x","password":"y"}'],
        ['POST', '/api/auth/sign-in/email', '{'],
        ['POST', '/api/auth/sign-in/email', 'x'.repeat(70_000)],
        ['POST', '/api/workspaces', '{}', { origin: 'https://evil.example' }],
        ['GET', `/api/shapes/task?workspace=${id}`],
        ['GET', '/api/%'],
      ] as [string, string, string?, Record<string, string>?][]) {
        const response = await fetch(api.url + path, { method, body: body ?? null, headers: headers ?? {} });
        await response.arrayBuffer();
        seen.add(response.status);
        const { headers: got } = response;
        expect([path, got.get('x-content-type-options')]).toEqual([path, 'nosniff']);
        const secure = publicUrl?.startsWith('https:') ? 'max-age=31536000' : null;
        expect([path, got.get('strict-transport-security')]).toEqual([path, secure]);
      }
      const page = await fetch(api.url);
      const same = { 'if-none-match': page.headers.get('etag')! };
      const again = await fetch(api.url, { headers: same });
      seen.add(again.status);
      expect(again.headers.get('x-content-type-options')).toBe('nosniff');
      for (const status of [200, 304, 400, 401, 403, 404, 413]) expect(seen).toContain(status);
    });
  },
);

describe('another site', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  test('A2: writes nothing with a person’s cookies: five origins, four routes; our own page does', async () => {
    const ada = await api.person('Ada');
    const { workspaceId, memberId } = await foundWorkspace(ada);
    const origins = [
      'https://evil.example',
      'null',
      `http://localhost:${api.port + 1}`,
      `${api.url}.evil.example`,
      `http://127.0.0.1.evil.example:${api.port}`,
    ];
    const routes: [string, string, unknown][] = [
      ['POST', '/api/workspaces', { name: 'Theirs' }],
      ['POST', '/api/auth/sign-out', {}],
      ['PATCH', `/api/workspaces/${workspaceId}/members/${memberId}`, { role: 'guest' }],
      ['POST', '/api/write', { protocol: 1 }],
    ];
    for (const origin of origins) {
      for (const [method, path, body] of routes) {
        const response = await ada.call(method, path, body, { origin });
        expect([origin, path, response.status]).toEqual([origin, path, 403]);
        expect(await response.json()).toMatchObject({ error: { kind: 'forbidden' } });
      }
    }
    // A page without the header, as a form of another site may send it, is told by where it comes from.
    for (const site of ['cross-site', 'same-site']) {
      const headers = { cookie: ada.cookie, 'sec-fetch-site': site };
      const response = await fetch(`${api.url}/api/auth/sign-out`, { method: 'POST', body: '{}', headers });
      expect([site, response.status]).toEqual([site, 403]);
    }
    expect((await ada.json('GET', '/api/session')).status).toBe(200);
    for (const [method, path, body] of routes.slice(0, 1)) {
      expect((await ada.call(method, path, body)).status).toBeLessThan(300);
    }
  });
});
