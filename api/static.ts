// Serves the built client: compressed beforehand (scripts/build.ts), hashed files for ever, everything else checked
// again each time, and the one page for every address that is not a file.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
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

interface Asset {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
}

/**
 * @param dist folder of the build. Its files are listed once, so no address can lead out of it; a build that
 * replaces it is seen when index.html has changed.
 */
export function staticFiles(dist: string): MiddlewareHandler {
  let assets = new Map<string, Asset>();
  let listed = '';
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return await next();
    const index = join(dist, 'index.html');
    const now = existsSync(index) ? etagOf(index) : '';
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

function send(c: Context, assets: ReadonlyMap<string, Asset>, name: string): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const encoding = encodings.find((e) => accepted.includes(e.name) && assets.has(name + e.suffix));
  const asset = assets.get(name + (encoding?.suffix ?? ''))!;
  const headers = new Headers({
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: asset.etag,
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    // Also on scripts: a worker has the policy of its own script's answer.
    'content-security-policy': csp,
  });
  if (encoding) headers.set('content-encoding', encoding.name);
  if (c.req.header('if-none-match') === asset.etag) return new Response(null, { status: 304, headers });
  headers.set('content-length', String(asset.size));
  if (c.req.method === 'HEAD') return new Response(null, { headers });
  return new Response(Readable.toWeb(createReadStream(asset.path)) as ReadableStream, { headers });
}

function list(dist: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(dist.length).replaceAll('\\', '/');
    assets.set(name, { path, size: statSync(path).size, etag: etagOf(path) });
  }
  return assets;
}

function etagOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
