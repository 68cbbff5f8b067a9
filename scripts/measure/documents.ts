// Pages under measurement: one with every edit of a paper in it, in Outpost and beside it in an editor on plain Yjs over
// y-indexeddb, in the same run; one that is a hundred pages long; and how long a letter takes to another's screen.
import { Pool } from 'pg';
import * as Y from 'yjs';
import { tendDocument } from '../../api/page/tend';
import { appendBlocks } from '../../db/page/blocks';
import { BODY_TEXT } from '../../db/page/body';
import { appSubject } from './app-subject';
import { watchWorkers } from './chromium';
import { type DocumentUse, measureLetterReach, measureUse, type Spread, type Visit } from './document-use';
import { servePlain } from './plain-site';
import type { MeasuredServer } from './server';
import { replayTrace } from './trace';
import { TreeLines } from './tree-lines';

/** Edits that an editor writes as one row. */
const GATHERED = 10;
/** Rows between two turns of the server's compaction. */
const ROWS_PER_TURN = 500;
/** Letters of a printed page, and of a paragraph on it. */
const page = { letters: 3_000, paragraph: 500 } as const;
const LONG = 100;
const paragraphs = (LONG * page.letters) / page.paragraph;

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
  readonly hundredPages: DocumentUse;
  /** ms from a key to the other's screen. */
  readonly reach: { readonly withSocket: Spread; readonly withoutSocket: Spread };
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
  const pool = new Pool({ connectionString: server.databaseUrl, max: 2 });
  const paper = await store(pool, 'The paper', replayed.updates);
  const long = await store(pool, 'The handbook', [bodyOf(hundredPages(replayed.text))]);
  const short = await store(pool, 'The log', [bodyOf(['Log'])]);
  await pool.end();
  const app = appSubject(server.url, account);
  const visit = (path: string, farDown: string): Visit => ({
    url: server.url + path,
    farDown,
    writing: '[data-writing]',
    async prepare(context) {
      await app.enter(context);
      await watchWorkers(context, app.worker);
    },
  });
  const farDown = '.ProseMirror > p:nth-of-type(1000)';
  say('the paper in Outpost');
  const outpost = await measureUse(visit(paper.path, farDown));
  say('the paper in plain Yjs');
  const site = await servePlain(replayTrace(tracePath, GATHERED, new TreeLines()).updates);
  const plainYjs = await measureUse({
    url: site.url,
    farDown,
    prepare: async () => {},
    load: (plain) => plain.evaluate(() => window.loadPlain()),
  }).finally(() => site.stop());
  say('a hundred pages');
  const hundred = await measureUse(visit(long.path, `.ProseMirror > p:nth-of-type(${paragraphs - 5})`));
  say('to the other screen');
  const log = visit(short.path, '.ProseMirror > p');
  const withSocket = await measureLetterReach(log);
  const withoutSocket = await measureLetterReach({
    ...log,
    async prepare(context) {
      await log.prepare(context);
      await context.routeWebSocket(/\/api\/documents\/live/, (socket) => socket.close());
    },
  });
  const { path: _path, ...bytes } = paper;
  return {
    edits: replayed.edits,
    letters: replayed.text.length,
    rows: replayed.updates.length,
    bytes: replayed.updates.reduce((sum, update) => sum + update.byteLength, 0),
    ...bytes,
    outpost,
    plainYjs,
    hundredPages: hundred,
    reach: { withSocket, withoutSocket },
  };
}

/** Writes a page's rows as devices do in time, with the server's compaction between. */
async function store(pool: Pool, title: string, updates: readonly Uint8Array[]) {
  const workspace = await pool.query<{ id: string }>('select id from workspace limit 1');
  const workspaceId = workspace.rows[0]!.id;
  const documentId = crypto.randomUUID();
  await pool.query("insert into page (id, workspace_id, title, position) values ($1, $2, $3, 'a0')", [
    documentId,
    workspaceId,
    title,
  ]);
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
  return {
    path: `/w/${workspaceId}/d/${documentId}`,
    compactedRows: Number(rows),
    compactedBytes: Number(bytes),
    turnMs,
  };
}

/** @returns a hundred pages of this text, as paragraphs */
function hundredPages(text: string): string[] {
  const words = text.replace(/\s+/g, ' ');
  const all = words.repeat(Math.ceil((LONG * page.letters) / words.length));
  return Array.from({ length: paragraphs }, (_, i) =>
    all.slice(i * page.paragraph, (i + 1) * page.paragraph),
  );
}

/** @returns the update that makes a body of these paragraphs */
function bodyOf(texts: readonly string[]): Uint8Array {
  const doc = new Y.Doc();
  appendBlocks(
    doc.getText(BODY_TEXT),
    texts.map((text) => ({ attributes: {}, pieces: [{ text, marks: {} }] })),
  );
  return Y.encodeStateAsUpdate(doc);
}
