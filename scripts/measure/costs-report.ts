// docs/pglite-costs.md and its charts: what PGlite costs step by step, and beside other libraries. Written as a whole each time,
// from the figures of the parts 'ladder' and 'peers'.
import { barChart } from './charts';
import { type Level, levels } from './ladder-levels';
import { stepTexts } from './ladder-steps';
import { peers } from './peer-list';
import type { PeerFigures, Quantiles } from './peer-run';
import { type Stamp, stampText, table, tenths, whole } from './report-text';

export interface LadderPart {
  /** Asked for; each level says how many it has. */
  readonly runs: number;
  readonly tasks: number;
  /** In the order of the levels. */
  readonly levels: readonly PeerFigures[];
}

export interface PeersPart {
  readonly runs: number;
  readonly tasks: number;
  readonly large: number;
  readonly peers: readonly (PeerFigures & { readonly version: string })[];
}

export interface Costs {
  readonly ladder?: Stamp & LadderPart;
  readonly peers?: Stamp & PeersPart;
}

/** @returns docs/pglite-costs.md */
export function costsText({ ladder, peers: beside }: Costs): string {
  const sections = [intro, ladder ? ladderText(ladder) : '', beside ? peersText(beside) : ''];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const intro = `# What PGlite costs, and what each step saves

Postgres in the browser costs bytes, time to start and memory. This page says how much, step by step from PGlite as it
comes to the cheapest that we know, what each step takes away, and what other libraries for the same work cost. Everything is
measured by one command, with Node 20 and a Chromium:

    npm ci && npm run measure -- --only ladder,peers

It takes about a quarter of an hour and writes this page, its charts and [measurements.json](measurements.json).
\`--runs 1\` is a quick try. The pages that are measured: [scripts/measure/peers/pages](../scripts/measure/peers/pages).

All have the same table of tasks (id, title, description, status, priority, position), an index for the list "the first hundred tasks to
do, by position", an index for words where the library has one, and the same generated rows. Files travel as brotli at its best, from the
same machine. Every start is a new browser; figures are medians, taken in turns. Read ratios.`;

function ladderText(m: Stamp & LadderPart): string {
  const steps = m.levels.map((figures) => ({
    level: levels.find(({ key }) => key === figures.key),
    figures,
  }));
  const rows = steps.map(({ level, figures: f }) => [
    level?.name ?? f.key,
    f.bytes === undefined ? '–' : whole(f.bytes),
    milliseconds(f.cold?.writable),
    milliseconds(f.reopened?.writable),
    milliseconds(f.reopened?.readable),
    milliseconds(f.insert),
    pair(f.use?.durable),
    tenths(f.memory?.booted.wasmMiB),
    tenths(f.memory?.used.wasmMiB),
    tenths(f.memory?.used.rendererMiB),
  ]);
  const head = [
    ...['', 'bytes, brotli', 'cold, writable', 'reopened, writable', 'reopened, readable'],
    ...[`insert ${whole(m.tasks)}`, 'write stored', 'WebAssembly', 'with tasks', 'process'],
  ];
  return `## The ladder

${stampText(m, 'ladder')} Medians of ${m.runs}.

Each row is the one above it and one step more. Bytes: all files that the browser asked for until it could write. ms from the
navigation; reopened with ${whole(m.tasks)} tasks. Write stored: from the call to its promise, p50 / p95. MiB of WebAssembly after the start
and after use with ${whole(m.tasks)} tasks, and the renderer process's proportional set size.

${table(head, rows)}${failures(steps.map(({ level, figures }) => [level?.name ?? figures.key, figures]))}

![Bytes until the database can be written](charts/ladder-bytes.svg)

![Cold start](charts/ladder-cold.svg)

![Reopened](charts/ladder-reopened.svg)

![Memory](charts/ladder-memory.svg)

### The steps

${levels.map(stepText).join('\n\n')}`;
}

const stepText = (level: Level) =>
  `**${level.name}.** ${stepTexts[level.key] ?? ''}\n*What it takes away:* ${level.price}`;

function peersText(m: Stamp & PeersPart): string {
  const found = peers.flatMap((peer) => {
    const figures = m.peers.find(({ key }) => key === peer.key);
    return figures ? [{ peer, figures }] : [];
  });
  const starts = found.map(({ peer, figures: f }) => [
    peer.name,
    f.bytes === undefined ? '–' : whole(f.bytes),
    milliseconds(f.cold?.writable),
    milliseconds(f.reopened?.writable),
    milliseconds(f.reopened?.readable),
    milliseconds(f.insert),
    tenths(f.memory?.used.wasmMiB),
    tenths(f.memory?.used.jsMiB),
    tenths(f.memory?.used.rendererMiB),
  ]);
  const use = found.map(({ peer, figures: f }) => [
    peer.name,
    ...(['durable', 'live', 'painted', 'list', 'point', 'search'] as const).map((name) =>
      pair(f.use?.[name]),
    ),
  ]);
  const large = found.map(({ peer, figures: { large: f } }) => [
    peer.name,
    milliseconds(f?.insert),
    pair(f?.list),
    pair(f?.point),
    tenths(f?.memory.wasmMiB),
    tenths(f?.memory.jsMiB),
    tenths(f?.memory.rendererMiB),
  ]);
  const promises = found.map(({ peer, figures }) => [
    peer.name,
    figures.version,
    peer.runs,
    peer.durable,
    peer.asks,
    peer.constraints,
    peer.words,
  ]);
  const memory = ['WebAssembly', 'JavaScript', 'process'];
  return `## Beside other libraries

${stampText(m, 'peers')} Medians of ${m.runs}.

What is measured is not the same thing, so first what each promises. None of them syncs here.

${table(['', 'version', 'runs in', 'a write’s promise means', 'asked by', 'constraints', 'words'], promises)}

Start and load: as in the ladder; insert is ${whole(m.tasks)} tasks in the way that the library has for many, until they are as durable as it
promises. MiB after use.

${table(
  ['', 'bytes, brotli', 'cold, writable', 'reopened, writable', 'reopened, readable', 'insert', ...memory],
  starts,
)}${failures(found.map(({ peer, figures }) => [peer.name, figures]))}

Use, with ${whole(m.tasks)} tasks; ms, p50 / p95. A write of one title: until its promise, until the live list's new rows are in the page, until
the frame that shows them. Then the list of a hundred asked once, one task by id, and a search for up to 50 hits.

${table(['', 'write stored', 'write live', 'write painted', 'list of 100', 'one task', 'search'], use)}

With ${whole(m.large)} tasks, measured once:

${table(['', 'insert', 'list of 100', 'one task', ...memory], large)}`;
}

function failures(all: readonly (readonly [name: string, figures: PeerFigures])[]): string {
  const said = all.flatMap(([name, { failed }]) => (failed === undefined ? [] : [`- ${name}: ${failed}`]));
  return said.length === 0 ? '' : `\n\nWhat could not be measured (–), and why:\n\n${said.join('\n')}`;
}

const milliseconds = (ms: number | undefined): string => (ms === undefined ? '–' : whole(ms));
const pair = (q: Quantiles | undefined): string => (q ? `${tenths(q.p50)} / ${tenths(q.p95)}` : '–');

/** @returns charts of the ladder by the name of their file */
export function ladderCharts({ levels: all }: LadderPart): Record<string, string> {
  const bars = (value: (f: PeerFigures) => number | undefined) =>
    all.flatMap((f) => {
      const found = value(f);
      const name = levels.find(({ key }) => key === f.key)?.name ?? f.key;
      return found === undefined ? [] : [{ label: name, value: found }];
    });
  const ms = (value: number) => `${whole(value)} ms`;
  return {
    'ladder-bytes.svg': barChart({
      title: 'Bytes until the database can be written, brotli',
      bars: bars((f) => f.bytes),
      text: (value) => `${(value / 1e6).toFixed(2)} MB`,
    }),
    'ladder-cold.svg': barChart({
      title: 'Cold: from the navigation to a database that can be written',
      bars: bars((f) => f.cold?.writable),
      text: ms,
    }),
    'ladder-reopened.svg': barChart({
      title: 'Reopened with 10,000 tasks: from the navigation to the first of them',
      bars: bars((f) => f.reopened?.readable),
      text: ms,
    }),
    'ladder-memory.svg': barChart({
      title: 'WebAssembly memory after use, with 10,000 tasks',
      bars: bars((f) => f.memory?.used.wasmMiB),
      text: (value) => `${value.toFixed(0)} MiB`,
    }),
  };
}
