// The plain Yjs editor as a site, with what is to be typed into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { build } from 'vite';
import { staticFiles } from '../../api/host/static';

/** Serves the plain editor and, at /updates, what is to be typed into it: each update after its length. */
export async function servePlain(
  updates: readonly Uint8Array[],
): Promise<{ url: string; stop(): Promise<void> }> {
  const dist = mkdtempSync(join(tmpdir(), 'outpost-plain-yjs-'));
  await build({
    root: fileURLToPath(new URL('plain-yjs/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: { outDir: dist, emptyOutDir: true, target: 'es2022' },
  });
  const framed = Buffer.concat(
    updates.flatMap((update) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(update.byteLength);
      return [length, update];
    }),
  );
  const app = new Hono();
  app.get('/updates', (c) => c.body(new Uint8Array(framed)));
  app.use(staticFiles(dist));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({
        url: `http://localhost:${port}/`,
        stop: () =>
          new Promise((done) => {
            server.close(() => {
              rmSync(dist, { recursive: true, force: true });
              done();
            });
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}
