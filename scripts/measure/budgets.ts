// The limits of scripts/budgets.json and what goes beyond them. A limit is raised by hand, with the reason in the
// commit; a measurement never raises it.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Asset, totalOf } from './assets';
import type { Memory } from './chromium';

const budgets = z.strictObject({
  /** As they travel. */
  bytes: z.strictObject({
    /** The page and the scripts and styles that it runs. */
    firstPaintBrotli: z.int(),
    /** Those, and the scripts that the page's own fetches at once. */
    interfaceBrotli: z.int(),
    /** Light mode's page, and the scripts and styles that it runs, React among them. */
    lightBrotli: z.int(),
    /** Until a new device can write: the worker's scripts, Postgres, its files, the prepared database. */
    databaseBrotli: z.int(),
    /** Everything that was built, the database included. */
    allBrotli: z.int(),
  }),
  /** With 10,000 tasks on the device, after writing and searching. */
  heapMiB: z.strictObject({ wasm: z.number(), js: z.number() }),
  /** p95 in ms, with 10,000 bookings on the device. */
  bookings: z.strictObject({
    clashP95Ms: z.number(),
    weeklyClashP95Ms: z.number(),
    alternativesP95Ms: z.number(),
  }),
  /** A page with 259,778 edits in it; p95 in ms. */
  documents: z.strictObject({
    /** On the server, after compaction. */
    compactedBytes: z.int(),
    keyToPaintP95Ms: z.number(),
    /** From a key to its letter being on the device. */
    keyToStorageP95Ms: z.number(),
    /** To another device's screen, by the socket. */
    reachP95Ms: z.number(),
  }),
  /** While one person keeps 24 writes of 10,000 operations under way; p95 in ms, of another person. */
  load: z.strictObject({
    sessionP95Ms: z.number(),
    writeP95Ms: z.number(),
    /** Requests of the other person that got no answer. */
    failed: z.int(),
    /** Memory for the bodies of 40 people without a session. */
    strangersMiB: z.number(),
  }),
  /** Members of one workspace who are there while a row changes ten times a second. */
  fanout: z.strictObject({
    /** ms of CPU of the server's process; what each write costs whoever is there counts, so few members are dearest. */
    serverMsPerMemberWrite: z.number(),
  }),
});

export type Budgets = z.infer<typeof budgets>;

export function readBudgets(): Budgets {
  return budgets.parse(JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8')));
}

/** @returns a sentence for each limit that is broken */
export function overBytes({ bytes }: Budgets, assets: readonly Asset[]): string[] {
  return [
    ...over(
      'bytes to the first paint',
      totalOf(assets.filter((a) => a.firstPaint)).brotli,
      bytes.firstPaintBrotli,
    ),
    ...over(
      'bytes to an interface that can be used',
      totalOf(assets.filter((a) => a.interface)).brotli,
      bytes.interfaceBrotli,
    ),
    ...over('bytes to light mode', totalOf(assets.filter((a) => a.light)).brotli, bytes.lightBrotli),
    ...over(
      'bytes to a database that can be used',
      totalOf(assets.filter((a) => a.database)).brotli,
      bytes.databaseBrotli,
    ),
    ...over('bytes of all files', totalOf(assets).brotli, bytes.allBrotli),
  ];
}

/** @returns a sentence for each limit that is broken */
export function overHeap({ heapMiB }: Budgets, memory: Memory): string[] {
  return [
    ...over('MiB of WebAssembly memory', memory.wasmMiB, heapMiB.wasm),
    ...over('MiB of JavaScript heap', memory.jsMiB, heapMiB.js),
  ];
}

/** @returns a sentence for each limit that is broken */
export function overBookings(
  { bookings }: Budgets,
  measured: { clashP95Ms: number; weeklyClashP95Ms: number; alternativesP95Ms: number },
): string[] {
  return [
    ...over('ms (p95) to find clashes', measured.clashP95Ms, bookings.clashP95Ms),
    ...over('ms (p95) to find clashes of 52 weeks', measured.weeklyClashP95Ms, bookings.weeklyClashP95Ms),
    ...over('ms (p95) to find alternatives', measured.alternativesP95Ms, bookings.alternativesP95Ms),
  ];
}

/** @returns a sentence for each limit that is broken */
export function overDocuments({ documents }: Budgets, measured: Budgets['documents']): string[] {
  return [
    ...over('bytes of a page after compaction', measured.compactedBytes, documents.compactedBytes),
    ...over('ms (p95) from a key to its letter', measured.keyToPaintP95Ms, documents.keyToPaintP95Ms),
    ...over('ms (p95) from a key to the storage', measured.keyToStorageP95Ms, documents.keyToStorageP95Ms),
    ...over("ms (p95) from a key to another's screen", measured.reachP95Ms, documents.reachP95Ms),
  ];
}

/** @returns a sentence for each limit that is broken */
export function overLoad({ load }: Budgets, measured: Budgets['load']): string[] {
  return [
    ...over("ms (p95) for a session beside another's load", measured.sessionP95Ms, load.sessionP95Ms),
    ...over("ms (p95) for a write beside another's load", measured.writeP95Ms, load.writeP95Ms),
    ...over("requests without an answer beside another's load", measured.failed, load.failed),
    ...over('MiB for bodies of strangers', measured.strangersMiB, load.strangersMiB),
  ];
}

/** @returns a sentence for each limit that is broken */
export function overFanout({ fanout }: Budgets, measured: Budgets['fanout']): string[] {
  return over(
    'ms of CPU for each member and write',
    measured.serverMsPerMemberWrite,
    fanout.serverMsPerMemberWrite,
  );
}

function over(what: string, measured: number, limit: number): string[] {
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
  return measured <= limit
    ? []
    : [`${number.format(measured)} ${what}; the limit is ${number.format(limit)}`];
}
