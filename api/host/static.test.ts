// The client's files over HTTP: compressed copies, caching, one page for every address, nothing outside the folder.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { staticFiles } from './static';

let folder: string;
let dist: string;
let app: Hono;
const script = 'console.log("outpost");'.repeat(200);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outpost-static-'));
  dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(dist, 'index.html'), '<title>Outpost</title>');
  writeFileSync(join(dist, 'sw.js'), 'self');
  const asset = join(dist, 'assets', 'main-a1b2c3d4.js');
  writeFileSync(asset, script);
  writeFileSync(`${asset}.br`, brotliCompressSync(script));
  writeFileSync(`${asset}.gz`, gzipSync(script));
  app = new Hono().use('*', staticFiles(dist));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

test('the best copy that the browser takes', async () => {
  const path = '/assets/main-a1b2c3d4.js';
  const best = await get(path, { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(best.headers.get('content-encoding')).toBe('br');
  expect(best.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  const bytes = Buffer.from(await best.arrayBuffer());
  expect(bytes.length).toBe(Number(best.headers.get('content-length')));
  expect(brotliDecompressSync(bytes).toString()).toBe(script);
  expect((await get(path, { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip');
  const plain = await get(path);
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(await plain.text()).toBe(script);
});

test('hashed files for ever; the page and the service worker are asked for again, and 304 when equal', async () => {
  expect((await get('/assets/main-a1b2c3d4.js')).headers.get('cache-control')).toContain('immutable');
  for (const path of ['/', '/sw.js']) {
    const first = await get(path);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await get(path, { 'if-none-match': first.headers.get('etag')! });
    expect([again.status, await again.text()]).toEqual([304, '']);
  }
});

test('every address without a file name is the page; a file that is not there is 404', async () => {
  for (const path of ['/', '/index.html', '/w/some-workspace/board', '/invite/abc']) {
    const page = await get(path);
    expect([page.status, await page.text()]).toEqual([200, '<title>Outpost</title>']);
  }
  expect((await get('/assets/gone-00000000.js')).status).toBe(404);
  expect((await app.request('/', { method: 'POST' })).status).toBe(404);
  const head = await app.request('/', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('no address leads out of the folder', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/%',
  ]) {
    expect(await (await get(path)).text()).not.toContain('secret');
  }
});

test('the policy allows WebAssembly and nothing from elsewhere, on the page and on scripts', async () => {
  for (const path of ['/', '/assets/main-a1b2c3d4.js']) {
    const policy = (await get(path)).headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).not.toContain('http');
  }
});

test('a new build is served without a restart', async () => {
  await get('/');
  writeFileSync(join(dist, 'assets', 'main-e5f6a7b8.js'), 'new');
  writeFileSync(join(dist, 'index.html'), '<title>New</title>');
  utimesSync(join(dist, 'index.html'), new Date(), new Date(Date.now() + 5_000));
  expect(await (await get('/')).text()).toBe('<title>New</title>');
  expect(await (await get('/assets/main-e5f6a7b8.js')).text()).toBe('new');
});
