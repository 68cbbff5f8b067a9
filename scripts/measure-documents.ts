// npm run measure:documents: the figures of a page with a whole paper's editing history, into
// docs/document-measurements.md and .json; it fails beyond the limits of budgets.json. It needs a built client, a Chromium and the trace, and some minutes.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildWhenStale } from './build';
import { type BodiesMeasured, bodiesText, measureBodies } from './measure/bodies';
import { overDocuments, readBudgets } from './measure/budgets';
import type { DocumentUse, Spread } from './measure/document-use';
import { type DocumentFigures, measureDocuments } from './measure/documents';
import { startMeasuredServer } from './measure/server';
import { tracePath } from './measure/trace';

const root = fileURLToPath(new URL('../', import.meta.url));
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const whole = (n: number) => new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(n);

function reportText(f: DocumentFigures, others: BodiesMeasured, at: string, commit: string): string {
  const both = (s: Spread | null) => (s ? `${whole(s.p50)} / ${whole(s.p95)}` : '–');
  const row = (name: string, use: DocumentUse) =>
    `| ${name} | ${whole(use.openMs)} | ${both(use.keyToPaint)} | ${both(use.keyToStorage)} | ${[
      use.memory.wasmMiB,
      use.memory.jsMiB,
      use.memory.rendererMiB,
    ]
      .map((n) => n?.toFixed(1) ?? '–')
      .join(' | ')} |`;
  return `# Documents: figures

Written by \`npm run measure:documents\` on ${at.slice(0, 10)} at commit ${commit}; the same figures are in
[document-measurements.json](document-measurements.json). Machine: ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}.

One page into which ${whole(f.edits)} edits of a real paper were typed, ${whole(f.letters)} letters in the end, written
as ${whole(f.rows)} updates of together ${whole(f.bytes)} bytes. On the server after compaction: ${whole(f.compactedRows)} rows,
${whole(f.compactedBytes)} bytes; the longest turn of compaction took ${whole(f.turnMs)} ms.

Beside it: an editor of the same make on plain Yjs over y-indexeddb, without sync or anything else
([scripts/measure/plain-yjs](../scripts/measure/plain-yjs)), with the same edits; and in Outpost a page as long as a
hundred printed ones. Open: from the navigation to the text on the screen, with the body on the device. Key: from a key to
the frame that shows its letter, p50 / p95. Stored: from a key to its letter on the device's storage, as the page's mark
says it. ms and MiB.

| | open | key | stored | WebAssembly | JavaScript | process |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${row('the paper, Outpost', f.outpost)}
${row('the paper, plain Yjs', f.plainYjs)}
${row('a hundred pages, Outpost', f.hundredPages)}

From a key to the frame of another device that shows its letter, p50 / p95 of ${f.reach.withSocket.samples} letters: ${both(f.reach.withSocket)} ms
by the socket, ${both(f.reach.withoutSocket)} ms where no socket gets through.

${bodiesText(others)}
`;
}

/** Processes that open the paper, of each library. */
const runs = 7;

const path = tracePath();
if (path === null) throw new Error('The trace is not there; set OUTPOST_TRACES to the folder that has it.');
if (!(await buildWhenStale())) throw new Error('the client could not be built');
const server = await startMeasuredServer();
const figures = await measureDocuments(server, path, say).finally(() => server.stop());
const others = measureBodies(path, runs, say);
const measuredAt = new Date().toISOString();
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim();
writeFileSync(
  `${root}docs/document-measurements.json`,
  `${JSON.stringify({ measuredAt, commit, ...figures, others }, null, 2)}\n`,
);
writeFileSync(`${root}docs/document-measurements.md`, reportText(figures, others, measuredAt, commit));
say('docs/document-measurements.md written');
const over = overDocuments(readBudgets(), {
  compactedBytes: figures.compactedBytes,
  keyToPaintP95Ms: figures.outpost.keyToPaint.p95,
  keyToStorageP95Ms: figures.outpost.keyToStorage?.p95 ?? Number.POSITIVE_INFINITY,
  reachP95Ms: figures.reach.withSocket.p95,
});
for (const sentence of over) console.error(`over budget: ${sentence}`);
if (over.length > 0) process.exitCode = 1;
