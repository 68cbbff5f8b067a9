// docs/measurements.json and docs/measurements.md: the same figures, for programs and for people.
// The page is written as a whole each time, from the figures of every part that was ever measured; what is to be said about
// the figures stands here. PGlite's ladder and the peers have a page of their own (costs-report.ts).
import { type Asset, type AssetTotals, totalOf } from './assets';
import type { BookingFigures } from './bookings';
import type { Budgets } from './budgets';
import type { Device, Memory } from './chromium';
import type { LadderPart, PeersPart } from './costs-report';
import type { Dependency } from './dependencies';
import type { FanoutFigures } from './fanout';
import type { Floors } from './floors';
import type { Delays, LoadFigures } from './load';
import { type Stamp, stampText, table, tenths, whole } from './report-text';
import type { Boot, BootRuns, Spread, Use } from './runs';
import { type ScaleFigures, scaleText } from './scale-report';
import type { Starts } from './starts';

export interface DeviceFigures {
  /** By subject: Outpost, stock PGlite. */
  readonly boot: Readonly<Record<string, BootRuns>>;
  readonly use: Readonly<Record<string, Use>>;
  /** Of a page without anything; absent: not measured. */
  readonly floors?: Floors;
}

export interface AppFigures {
  /** From a key on one device to the frame of another that shows it, ms. */
  readonly reach: Spread;
  /** Opened again with ten thousand tasks on the device, on a desktop, by subject; absent: not measured. */
  readonly reopened?: Readonly<Record<string, Boot>>;
  /** How often each start was repeated; the figures are medians. */
  readonly repeats: number;
  readonly bootTasks: number;
  readonly assets: readonly Asset[];
  readonly total: AssetTotals;
  readonly firstPaint: AssetTotals;
  readonly dependencies: readonly Dependency[];
  readonly devices: Readonly<Record<Device, DeviceFigures>>;
}

export interface ServerFigures {
  readonly starts: Starts;
  readonly bookings: BookingFigures;
  readonly load: LoadFigures;
  readonly fanout: readonly FanoutFigures[];
}

/** By part of `npm run measure`: each keeps what was measured last, with its own stamp. */
export interface Measurements {
  readonly app?: Stamp & AppFigures;
  readonly server?: Stamp & ServerFigures;
  readonly scale?: Stamp & ScaleFigures;
  readonly peers?: Stamp & PeersPart;
  readonly ladder?: Stamp & LadderPart;
}

const delays = ({ p50, p95, max }: Delays) => [whole(p50), whole(p95), whole(max)];

/** @returns docs/measurements.md */
export function reportText(m: Measurements, budgets: Budgets): string {
  const sections = [
    intro,
    m.app ? appText(m.app) : '',
    m.scale ? scaleText(m.scale) : '',
    m.server ? serverText(m.server) : '',
    m.app ? bytesText(m.app) : '',
    limitsText(m, budgets),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const intro = `# Measurements

Written by \`npm run measure\`; the same figures are in [measurements.json](measurements.json). Read ratios rather than
absolute times. What PGlite costs, step by step and beside other libraries: [pglite-costs.md](pglite-costs.md).`;

function appText(m: Stamp & AppFigures): string {
  return `## Start

${stampText(m, 'app')}

Stock PGlite is the yardstick: a page without framework or sync that opens PGlite in a worker on IndexedDB, as its
documentation shows it, with the same tables, a live list of a hundred tasks and the same full-text search
([scripts/measure/stock](../scripts/measure/stock)). Both are measured in the same run, in turns, each in new browser profiles.

ms from the navigation to: the first content on the screen; the first tasks on the screen; the database ready to be
written. ${m.bootTasks} tasks, medians of ${m.repeats}. Cold: a browser that has never been here, the files and the
tasks fetched from the server on the same machine. Reopened: the browser closed and started again. Stock PGlite's
first content is a heading.

${devices(m, startTable)}

## With 10,000 tasks

First load: from the navigation to everything on the device, in a new browser; stock PGlite gets the tasks as one JSON
file. Write: from the key (stock: from the call) to the frame that shows the change; stock reads it back from the database.
Search: from the text to the frame that shows the hits. ms; p50 / p95.

${devices(m, useTable)}

Memory in MiB after all that: WebAssembly memory, JavaScript heap of page and worker after a collection, and the
proportional set size of the renderer process.

${devices(m, memoryTable)}

Phone: 390 × 844, and the page's main thread slowed down four times. Chromium cannot slow down a worker, so the
database itself runs at full speed.

${floorsText(m)}

${reopenedText(m)}

A change on one device is seen on another after ${whole(m.reach.p50)} ms, p95 ${whole(m.reach.p95)} ms (${m.reach.samples}
samples; from the key in one browser to the frame of the other that shows it, both on the server's machine).`;
}

function floorsText({ devices }: AppFigures): string {
  const pair = ({ p50, p95 }: Spread) => `${tenths(p50)} / ${tenths(p95)}`;
  const rows = Object.entries(devices).flatMap(([name, { floors }]) =>
    floors ? [[name, pair(floors.painted), pair(floors.stored), pair(floors.asked)]] : [],
  );
  return `What this machine takes by itself: a page without anything that changes one element at a key; that has a worker write
and flush eight kilobytes at that key, until it knows of it; and that asks a worker for nothing, by the way that a second tab
takes. ms, p50 / p95, in the same run.

${table(['', 'key to paint', 'key to stored', 'a question'], rows)}`;
}

function reopenedText({ reopened, repeats }: AppFigures): string {
  const rows = Object.entries(reopened ?? {}).map(([name, boot]) => [
    name,
    whole(boot.firstPaint),
    whole(boot.tasksReadable),
    whole(boot.databaseWritable),
  ]);
  return `The browser closed and started again with ten thousand tasks on the device, on the desktop; ms, medians of ${repeats}, in turns.

${table(['', 'first content', 'tasks readable', 'writable'], rows)}`;
}

function serverText(m: Stamp & ServerFigures): string {
  return `## The server

${stampText(m, 'server')}

\`npm start\` after installing, until it says that it is ready: ${whole(m.starts.firstMs)} ms (it builds the client, makes a
database and a demonstration workspace); the next start: ${whole(m.starts.nextMs)} ms.

## Advice on bookings

Before a booking is saved, with ${whole(m.bookings.bookings)} bookings of 20 resources on the device, full calendars
(the database in Node, the app's own queries, ${m.bookings.samples} samples, p95): who is in the way of one time
${m.bookings.clashP95Ms.toFixed(1)} ms, of a weekly repetition of a year ${m.bookings.weeklyClashP95Ms.toFixed(1)} ms;
the nearest free times and resources ${m.bookings.alternativesP95Ms.toFixed(1)} ms.

## Beside another's load

One person keeps 24 writes of 10,000 operations (15 MB each) under way for ${m.load.seconds} s, from the same machine:
${m.load.applied} were applied, ${m.load.refused} refused. Another person meanwhile, ms from sending to having the answer;
${m.load.failed} of the other's requests got none. The bodies of 40 people without a session, 15 MB each at once, took
${whole(m.load.strangersMiB)} MiB of the server's memory.

${table(
  ['', 'p50', 'p95', 'longest'],
  [
    ['session, nobody else there', ...delays(m.load.session.idle)],
    ['session, beside the load', ...delays(m.load.session.attacked)],
    ['write of one task, nobody else there', ...delays(m.load.write.idle)],
    ['write of one task, beside the load', ...delays(m.load.write.attacked)],
  ],
)}

## Members who are there

Members of one workspace, each with a live request open as devices have it, while a task changes
${m.fanout[0]?.rate ?? 0} times a second (by SQL; the members are a process beside the server). ms from the write to the
member; ms of CPU for each member and write, of the server's process, of Postgres and of the members.

${table(
  ['members', 'p50', 'p95', 'CPU, server', 'CPU, Postgres', 'CPU, members', 'cores, server'],
  m.fanout.map((f) => [
    whole(f.members),
    whole(f.p50),
    whole(f.p95),
    ...[f.serverMs, f.postgresMs, f.membersMs, f.serverCores].map((n) => n.toFixed(2)),
  ]),
)}`;
}

function bytesText(m: AppFigures): string {
  return `## Bytes

Everything: ${whole(m.total.raw)} raw, ${whole(m.total.gzip)} gzip, ${whole(m.total.brotli)} brotli. Up to the first
paint: ${whole(m.firstPaint.raw)} raw, ${whole(m.firstPaint.gzip)} gzip, ${whole(m.firstPaint.brotli)} brotli
(marked *).

${table(
  ['file', 'raw', 'gzip', 'brotli'],
  m.assets.map((a) => [a.firstPaint ? `${a.file} *` : a.file, whole(a.raw), whole(a.gzip), whole(a.brotli)]),
)}

By package: minified code and other files, shared out by what the bundler kept of each. Brotli at a middling quality.

${table(
  ['package', 'raw', 'brotli'],
  m.dependencies.map((d) => [d.name, whole(d.raw), whole(d.brotli)]),
)}`;
}

function limitsText({ app, server }: Measurements, budgets: Budgets): string {
  const rows: string[][] = [];
  const row = (name: string, limit: string, measured: string) => rows.push([name, limit, measured]);
  if (app) {
    const { bytes, heapMiB } = budgets;
    row('bytes to the first paint, brotli', whole(bytes.firstPaintBrotli), whole(app.firstPaint.brotli));
    const light = totalOf(app.assets.filter((asset) => asset.light));
    row('bytes to light mode, brotli', whole(bytes.lightBrotli), whole(light.brotli));
    row('bytes of everything, brotli', whole(bytes.allBrotli), whole(app.total.brotli));
    row('WebAssembly memory, MiB', tenths(heapMiB.wasm), tenths(worst(app, 'wasmMiB')));
    row('JavaScript heap, MiB', tenths(heapMiB.js), tenths(worst(app, 'jsMiB')));
  }
  if (server) {
    const { bookings, load, fanout } = budgets;
    const { clashP95Ms, weeklyClashP95Ms, alternativesP95Ms } = server.bookings;
    row('clashes of a wished time, p95 ms', tenths(bookings.clashP95Ms), tenths(clashP95Ms));
    row('clashes of 52 weeks, p95 ms', tenths(bookings.weeklyClashP95Ms), tenths(weeklyClashP95Ms));
    row('alternatives, p95 ms', tenths(bookings.alternativesP95Ms), tenths(alternativesP95Ms));
    const { session, write } = server.load;
    row("session beside another's load, p95 ms", tenths(load.sessionP95Ms), tenths(session.attacked.p95));
    row("write beside another's load, p95 ms", tenths(load.writeP95Ms), tenths(write.attacked.p95));
    row(
      'CPU for each member and write, ms',
      fanout.serverMsPerMemberWrite.toFixed(2),
      Math.max(...server.fanout.map((f) => f.serverMs)).toFixed(2),
    );
  }
  return `## Limits

[scripts/budgets.json](../scripts/budgets.json) limits bytes, heap, advice on bookings, what another's load costs and what a
write costs for each member; \`npm test\` fails beyond them.

${table(['', 'limit', 'measured'], rows)}`;
}

function devices(m: AppFigures, render: (figures: DeviceFigures) => string): string {
  return Object.entries(m.devices)
    .map(([device, figures]) => `**${device}**\n\n${render(figures)}`)
    .join('\n\n');
}

function startTable({ boot }: DeviceFigures): string {
  const cells = (b: Boot) => [whole(b.firstPaint), whole(b.tasksReadable), whole(b.databaseWritable)];
  const rows = Object.entries(boot).flatMap(([name, runs]) => [
    [`${name}, cold`, ...cells(runs.cold)],
    [`${name}, reopened`, ...cells(runs.reopened)],
    [`${name}, reloaded`, ...cells(runs.reloaded)],
  ]);
  return table(['', 'first paint', 'tasks readable', 'database writable'], rows);
}

function useTable({ use }: DeviceFigures): string {
  const pair = (s: Use['writeToPaint']) => `${whole(s.p50)} / ${whole(s.p95)}`;
  const rows = Object.entries(use).map(([name, u]) => [
    name,
    whole(u.firstLoadMs),
    pair(u.writeToPaint),
    pair(u.searchToPaint),
  ]);
  return table(['', 'first load', 'write to paint', 'search to paint'], rows);
}

function memoryTable({ use }: DeviceFigures): string {
  const rows = Object.entries(use).map(([name, u]) => {
    const { wasmMiB, jsMiB, rendererMiB } = u.afterUse;
    return [name, tenths(wasmMiB), tenths(jsMiB), tenths(rendererMiB)];
  });
  return table(['', 'WebAssembly', 'JavaScript', 'process'], rows);
}

function worst(m: AppFigures, part: 'wasmMiB' | 'jsMiB'): number {
  const ours = Object.values(m.devices).flatMap((d) => (d.use.Outpost ? [d.use.Outpost.afterUse] : []));
  return Math.max(...ours.map((memory: Memory) => memory[part]));
}
