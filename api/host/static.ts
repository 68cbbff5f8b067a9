// Serves the built client: compressed beforehand (scripts/build.ts), hashed files for ever, everything else checked
// again each time, and the one page for every address that is not a file.
import { closeSync, createReadStream, fstatSync, openSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context, MiddlewareHandler } from 'hono';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

const csp = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * @param dist folder of the build. Its files are listed once, so no address can lead out of it; a build that
 * replaces it is seen when index.html has changed.
 */
export function staticFiles(dist: string): MiddlewareHandler {
  /** Path on disk by path in the address. */
  let assets: ReadonlyMap<string, string> = new Map();
  let listed = '';
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return await next();
    const index = join(dist, 'index.html');
    const found = statSync(index, { throwIfNoEntry: false });
    const now = found ? etagOf(found.size, found.mtimeMs) : '';
    if (now !== listed) {
      assets = now === '' ? new Map() : list(dist);
      listed = now;
    }
    const path = c.req.path === '/' ? '/index.html' : decode(c.req.path);
    const name = assets.has(path) ? path : extname(path) === '' ? '/index.html' : null;
    if (name === null || !assets.has(name)) return await next();
    return send(c, assets, name);
  };
}

function send(c: Context, assets: ReadonlyMap<string, string>, name: string): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const encoding = encodings.find((e) => accepted.includes(e.name) && assets.has(name + e.suffix));
  // Size and time are those of the opened file: a better compressed copy may take its place at any moment.
  const file = openSync(assets.get(name + (encoding?.suffix ?? ''))!, 'r');
  const { size, mtimeMs } = fstatSync(file);
  const headers = new Headers({
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: etagOf(size, mtimeMs),
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    // Also on scripts: a worker has the policy of its own script's answer.
    'content-security-policy': csp,
  });
  if (encoding) headers.set('content-encoding', encoding.name);
  const known = c.req.header('if-none-match') === headers.get('etag');
  if (!known) headers.set('content-length', String(size));
  if (known || c.req.method === 'HEAD') {
    closeSync(file);
    return new Response(null, { status: known ? 304 : 200, headers });
  }
  const body = Readable.toWeb(createReadStream('', { fd: file })) as ReadableStream;
  return new Response(body, { headers });
}

function list(dist: string): Map<string, string> {
  const assets = new Map<string, string>();
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    assets.set(path.slice(dist.length).replaceAll('\\', '/'), path);
  }
  return assets;
}

function etagOf(size: number, mtimeMs: number): string {
  return `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
