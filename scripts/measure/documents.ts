// One page with every edit of a paper in it: Outpost, and beside it an editor on plain Yjs over y-indexeddb, in the same
// run. Bytes, opening, typing, memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import type { BrowserContext, Page } from '@playwright/test';
import { Hono } from 'hono';
import { Pool } from 'pg';
import { build } from 'vite';
import { tendDocument } from '../../api/documents/tend';
import { staticFiles } from '../../api/static';
import { appSubject } from './app-subject';
import { type Memory, memoryOf, newPage, openProfile, watchWorkers } from './chromium';
import { median, quantile } from './figures';
import { inPageScript, tasksReadableMark } from './in-page';
import type { MeasuredServer } from './server';
import { type Replayed, replayTrace } from './trace';

/** Edits that an editor writes as one row; 200 ms of quick typing. */
const GATHERED = 10;
/** Rows between two turns of the server's compaction. */
const ROWS_PER_TURN = 500;
const repeats = 3;
const keystrokes = 60;
/** A paragraph far down: when it is shown, the text is. */
const farDown = '.ProseMirror > p:nth-of-type(1000)';

export interface DocumentUse {
  /** From the navigation to the text on the screen, the body being on the device; ms, median. */
  readonly openMs: number;
  readonly keyToPaint: { readonly p50: number; readonly p95: number; readonly samples: number };
  readonly memory: Memory;
}

export interface DocumentFigures {
  readonly edits: number;
  readonly letters: number;
  /** As typed. */
  readonly rows: number;
  readonly bytes: number;
  /** On the server, when compaction has been there. */
  readonly compactedRows: number;
  readonly compactedBytes: number;
  /** The last and longest turn of it. */
  readonly turnMs: number;
  readonly outpost: DocumentUse;
  readonly plainYjs: DocumentUse;
}

/** @param server an empty measured server; a person is made on it */
export async function measureDocuments(
  server: MeasuredServer,
  tracePath: string,
  say: (line: string) => void,
): Promise<DocumentFigures> {
  say('replaying the trace');
  const replayed = replayTrace(tracePath, GATHERED);
  const account = await server.person('writer', 1);
  say('storing and compacting');
  const stored = await store(server.databaseUrl, replayed);
  const app = appSubject(server.url, account);
  say('Outpost');
  const outpost = await measureUse(
    `${server.url}/w/${stored.workspaceId}/d/${stored.documentId}`,
    async (context) => {
      await app.enter(context);
      await watchWorkers(context, app.worker);
    },
  );
  say('plain Yjs');
  const site = await servePlain(replayed.updates);
  try {
    const plainYjs = await measureUse(
      site.url,
      async () => {},
      (page) => page.evaluate(() => window.loadPlain()),
    );
    const { workspaceId: _workspace, documentId: _document, ...bytes } = stored;
    return {
      edits: replayed.edits,
      letters: replayed.text.length,
      rows: replayed.updates.length,
      bytes: replayed.updates.reduce((sum, update) => sum + update.byteLength, 0),
      ...bytes,
      outpost,
      plainYjs,
    };
  } finally {
    await site.stop();
  }
}

/** Writes the rows as devices do in time, with the server's compaction between. */
async function store(databaseUrl: string, { updates }: Replayed) {
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  try {
    const workspace = await pool.query<{ id: string }>('select id from workspace limit 1');
    const workspaceId = workspace.rows[0]!.id;
    const documentId = crypto.randomUUID();
    await pool.query(
      "insert into page (id, workspace_id, title, position) values ($1, $2, 'The paper', 'a0')",
      [documentId, workspaceId],
    );
    let turnMs = 0;
    for (let i = 0; i < updates.length; i += ROWS_PER_TURN) {
      await pool.query(
        `insert into document_update (id, workspace_id, document_id, update)
         select gen_random_uuid(), $1, $2, u from unnest($3::bytea[]) u`,
        [workspaceId, documentId, updates.slice(i, i + ROWS_PER_TURN).map((u) => Buffer.from(u))],
      );
      const begun = performance.now();
      await tendDocument(pool, { workspaceId, documentId });
      turnMs = Math.max(turnMs, performance.now() - begun);
    }
    const left = await pool.query<{ rows: string; bytes: string }>(
      'select count(*) as rows, sum(octet_length(update)) as bytes from document_update where document_id = $1',
      [documentId],
    );
    const { rows, bytes } = left.rows[0]!;
    return { workspaceId, documentId, compactedRows: Number(rows), compactedBytes: Number(bytes), turnMs };
  } finally {
    await pool.end();
  }
}

async function measureUse(
  url: string,
  prepare: (context: BrowserContext) => Promise<void>,
  load: (page: Page) => Promise<void> = async () => {},
): Promise<DocumentUse> {
  const profile = mkdtempSync(join(tmpdir(), 'outpost-paper-'));
  const context = await openProfile(profile, 'desktop');
  try {
    await prepare(context);
    await context.addInitScript(inPageScript(farDown));
    const page = await newPage(context, 'desktop');
    await page.goto(url);
    await load(page);
    await page.waitForSelector(farDown, { state: 'attached', timeout: 120_000 });
    const opened: number[] = [];
    for (let i = 0; i < repeats; i++) {
      await page.reload();
      await page.waitForSelector(farDown, { state: 'attached', timeout: 120_000 });
      opened.push(
        await page
          .waitForFunction((mark) => performance.getEntriesByName(mark)[0]?.startTime, tasksReadableMark)
          .then(async (found) => Number(await found.jsonValue())),
      );
    }
    const samples = await typeInto(page);
    const keyToPaint = { p50: median(samples), p95: quantile(samples, 0.95), samples: samples.length };
    return { openMs: median(opened), keyToPaint, memory: await memoryOf(page) };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Types in the first paragraph. @returns ms from each key to the frame that shows its letter */
async function typeInto(page: Page): Promise<number[]> {
  await page.locator('.ProseMirror > p').first().click();
  const samples: number[] = [];
  for (let i = 0; i < keystrokes; i++) {
    // Asked for anew each time: the editor may have replaced the paragraph.
    const shown = page.evaluate(() => {
      const letters = () => document.querySelector('.ProseMirror > p')?.textContent?.length ?? 0;
      const before = letters();
      return window.measure.sinceInput(() => letters() > before);
    });
    await page.keyboard.press('x');
    samples.push(await shown);
  }
  return samples;
}

/** Serves the plain editor and, at /updates, what is to be typed into it: each update after its length. */
async function servePlain(updates: readonly Uint8Array[]): Promise<{ url: string; stop(): Promise<void> }> {
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
