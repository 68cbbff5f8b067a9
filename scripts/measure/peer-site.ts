// Builds the page of one peer, or of one level of the ladder, and serves it compressed as it would travel. It knows which files
// a browser has asked for, and answers /tasks/N and /shape/N with N generated tasks, the latter as an answer of Electric.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { build, type Plugin } from 'vite';
import { compressFolder } from '../compress';
import { generatedTasks } from './generated-tasks';
import { makeEngine } from './ladder-engine';
import type { Level } from './ladder-levels';

export interface PeerSite {
  readonly url: string;
  /** Forgets which files were asked for. */
  forget(): void;
  /** Bytes of all files that were asked for since, as they travel (brotli at its best). */
  asked(): number;
  stop(): Promise<void>;
}

export interface PeerPageOptions {
  /** Name of the file in peers/pages, without its ending. */
  readonly page: string;
  /** What PGlite is built of; absent: another library. */
  readonly level?: Level;
  /** Folder of compressed files by content. */
  readonly cache: string;
}

const pages = fileURLToPath(new URL('peers/pages/', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** @throws what Vite throws: a library that cannot be built, say */
export async function servePeer({ page, level, cache }: PeerPageOptions): Promise<PeerSite> {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-peer-'));
  const dist = join(folder, 'dist');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await buildPage(page, level, dist, join(folder, 'engine'));
    await compressFolder(dist, cache, 'best');
  } catch (error) {
    remove();
    throw error;
  }
  const asked = new Set<string>();
  const app = new Hono();
  app.get('/tasks/:count', (c) => c.body(tasksAsJson(Number(c.req.param('count')))));
  app.get('/shape/:count', async (c) => {
    // Whoever waits for changes waits for ever: there are none.
    if (c.req.query('live')) await new Promise<never>(() => {});
    return c.body(tasksAsShape(Number(c.req.param('count'))), 200, {
      'content-type': 'application/json',
      'electric-handle': 'measured',
      'electric-offset': '0_0',
      'electric-cursor': '1',
      'electric-up-to-date': '',
      'electric-schema': JSON.stringify(shapeSchema),
    });
  });
  app.get('*', (c) => {
    const path = c.req.path === '/' ? '/index.html' : decodeURIComponent(c.req.path);
    const file = join(dist, path);
    if (!file.startsWith(dist) || !existsSync(file)) return c.notFound();
    const isSmall = !existsSync(`${file}.br`);
    const sent = isSmall ? file : `${file}.br`;
    asked.add(sent);
    return c.body(new Uint8Array(readFileSync(sent)), 200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(isSmall ? {} : { 'content-encoding': 'br' }),
    });
  });
  return await new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({
        url: `http://localhost:${port}/`,
        forget: () => asked.clear(),
        asked: () => [...asked].reduce((sum, file) => sum + statSync(file).size, 0),
        stop: () =>
          new Promise((done) => {
            server.close(() => {
              remove();
              done();
            });
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}

async function buildPage(page: string, level: Level | undefined, dist: string, engine: string) {
  const plugins: Plugin[] = level ? await makeEngine(level, engine) : [];
  await build({
    root: pages,
    configFile: false,
    logLevel: 'error',
    plugins,
    worker: { format: 'es', plugins: () => plugins },
    define: { __LEVEL__: JSON.stringify(level ?? null) },
    resolve: {
      alias: [
        { find: '#peer', replacement: join(pages, `${page}.ts`) },
        { find: /^#engine\//, replacement: `${engine}/` },
      ],
    },
    build: { outDir: dist, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  });
}

const made = new Map<number, string>();

function tasksAsJson(count: number): string {
  const known = made.get(count) ?? JSON.stringify(generatedTasks(count, 'peer'));
  made.set(count, known);
  return known;
}

const shapeSchema = {
  id: { type: 'uuid', pk_index: 0 },
  ...Object.fromEntries(
    ['title', 'description', 'status', 'position'].map((name) => [name, { type: 'text' }]),
  ),
  priority: { type: 'int4' },
};

/** All rows in one answer, with the line that says that there are no more. */
function tasksAsShape(count: number): string {
  const rows = generatedTasks(count, 'peer').map((task) => ({
    key: `"public"."bare"/"${task.id}"`,
    value: { ...task, priority: String(task.priority) },
    headers: { operation: 'insert', relation: ['public', 'bare'] },
  }));
  return JSON.stringify([...rows, { headers: { control: 'up-to-date', global_last_seen_lsn: '1' } }]);
}
