// The same paper in Yjs, Automerge and Loro: bytes, time to open, time of a key, memory. Each library runs in processes of its
// own, in turns; plain text in each, in Node, without an editor or a storage.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, quantile } from './figures';
import { installPeers, versionOf } from './peer-install';
import { table, tenths, whole } from './report-text';

/** What the process that replays the trace says. */
export interface BodyMade {
  /** Of the whole document with its history. */
  readonly bytes: number;
  /** For all edits of the trace. */
  readonly replayMs: number;
  readonly letters: number;
}

/** What a process that opens it says. */
export interface BodyUsed {
  /** From the bytes to the text. */
  readonly openMs: readonly number[];
  /** From a letter to its encoded update. */
  readonly keyMs: readonly number[];
  /** By how much the process grew with the document open. */
  readonly memoryMiB: number;
}

export interface BodyFigures extends BodyMade {
  readonly library: string;
  readonly version: string;
  /** Median. */
  readonly openMs: number;
  readonly keyP50Ms: number;
  readonly keyP95Ms: number;
  /** Median. */
  readonly memoryMiB: number;
}

export interface BodiesMeasured {
  readonly bodies: readonly BodyFigures[];
  /** Why a library is missing. */
  readonly failed: readonly string[];
}

const libraries = [
  { library: 'Yjs', package: 'yjs', ofRepository: true },
  { library: 'Automerge', package: '@automerge/automerge', ofRepository: false },
  { library: 'Loro', package: 'loro-crdt', ofRepository: false },
] as const;

const program = fileURLToPath(new URL('peers/bodies/run.ts', import.meta.url));
/** ms */
const longest = 300_000;

/** @param runs processes that open each document @returns without a library that failed, and why it did */
export function measureBodies(tracePath: string, runs: number, say: (line: string) => void): BodiesMeasured {
  try {
    installPeers();
  } catch (error) {
    return { bodies: [], failed: [`The libraries could not be installed: ${String(error).split('\n')[0]}`] };
  }
  const folder = mkdtempSync(join(tmpdir(), 'outpost-bodies-'));
  const made = new Map<string, BodyMade>();
  const used = new Map<string, BodyUsed[]>();
  const failed = new Map<string, string>();
  const attempt = (library: string, run: () => void) => {
    if (failed.has(library)) return;
    try {
      run();
    } catch (error) {
      failed.set(library, `${library}: ${String(error).split('\n')[0]}`);
    }
  };
  try {
    for (const { library } of libraries) {
      say(`the paper in ${library}`);
      attempt(library, () =>
        made.set(library, child<BodyMade>('make', library, tracePath, join(folder, library))),
      );
    }
    for (let run = 0; run < runs; run++) {
      for (const { library } of libraries) {
        attempt(library, () => {
          const one = child<BodyUsed>('use', library, join(folder, library));
          used.set(library, [...(used.get(library) ?? []), one]);
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const bodies = libraries.flatMap(({ library, package: name, ofRepository }) => {
    const [first, all] = [made.get(library), used.get(library)];
    if (!first || !all || failed.has(library)) return [];
    const keys = all.flatMap(({ keyMs }) => keyMs);
    return [
      {
        ...first,
        library,
        version: versionOf(name, ofRepository),
        openMs: median(all.flatMap(({ openMs }) => openMs)),
        keyP50Ms: quantile(keys, 0.5),
        keyP95Ms: quantile(keys, 0.95),
        memoryMiB: median(all.map(({ memoryMiB }) => memoryMiB)),
      },
    ];
  });
  return { bodies, failed: [...failed.values()] };
}

function child<T>(...args: string[]): T {
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', program, ...args], {
    timeout: longest,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as T;
}

/** @returns a section of docs/document-measurements.md */
export function bodiesText({ bodies, failed }: BodiesMeasured): string {
  const rows = bodies.map((b) => [
    `${b.library} ${b.version}`,
    whole(b.bytes),
    whole(b.replayMs),
    tenths(b.openMs),
    `${b.keyP50Ms.toFixed(2)} / ${b.keyP95Ms.toFixed(2)}`,
    tenths(b.memoryMiB),
  ]);
  return `## The paper in other libraries

The same edits, ten in a change, as plain text in Node, each library in processes of its own, in turns: bytes of the whole with its history; ms to
replay all edits; ms from the bytes to the text; ms from a letter to its encoded update, p50 / p95; MiB by which the process grew with the document open.

${table(['', 'bytes', 'all edits', 'open', 'key', 'memory'], rows)}${failed.map((sentence) => `\n\n${sentence}`).join('')}`;
}
