// Serves the stock page, built and compressed as the app is, from its own port.
// It also answers /tasks/N with N generated tasks, which stand for what the app loads from its server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { build } from 'vite';
import { staticFiles } from '../../api/host/static';
import { compressFolder } from '../compress';
import { generatedTasks } from './generated-tasks';

export interface StockSite {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param cache folder of compressed files by content, shared with the app's build. */
export async function serveStockSite(cache: string): Promise<StockSite> {
  const dist = mkdtempSync(join(tmpdir(), 'outpost-stock-'));
  await build({
    root: fileURLToPath(new URL('stock/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: dist, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  });
  await compressFolder(dist, cache, 'best');
  const app = new Hono();
  app.get('/tasks/:count', (c) => c.json(generatedTasks(Number(c.req.param('count')), 'stock')));
  app.use(staticFiles(dist));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({
        url: `http://localhost:${port}`,
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
