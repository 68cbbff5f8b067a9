// One library, one process: `make` replays the trace and stores the result; `use` opens that, types in it and says what it took.
// Prints one line of JSON. node --expose-gc --import tsx run.ts make|use <library> <trace> <file>
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { BodyMade, BodyUsed } from '../../bodies';
import { type Edit, libraries } from './text';

interface Trace {
  readonly startContent: string;
  readonly endContent: string;
  readonly txns: readonly { readonly patches: readonly Edit[] }[];
}

/** Edits of one change, as an editor gathers them. */
const gathered = 10;
const opens = 7;
const keystrokes = 500;
const MiB = 2 ** 20;

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / MiB;
}

function make(name: string, tracePath: string, file: string): BodyMade {
  const trace = JSON.parse(gunzipSync(readFileSync(tracePath)).toString('utf8')) as Trace;
  const body = libraries[name]!.make();
  const edits = trace.txns.flatMap(({ patches }) => patches);
  const begun = performance.now();
  if (trace.startContent) body.edit([0, 0, trace.startContent]);
  for (let i = 0; i < edits.length; i += gathered) body.edit(...edits.slice(i, i + gathered));
  const replayMs = performance.now() - begun;
  if (body.text() !== trace.endContent) throw new Error('the trace ended in another text');
  const saved = body.save();
  writeFileSync(file, saved);
  return { bytes: saved.length, replayMs, letters: trace.endContent.length };
}

function use(name: string, file: string): BodyUsed {
  const saved = new Uint8Array(readFileSync(file));
  const library = libraries[name]!;
  // What the library itself takes is not the document's.
  library.make().edit([0, 0, 'x']);
  const before = resident();
  let body = library.open(saved);
  let length = body.text().length;
  const memoryMiB = resident() - before;
  const openMs: number[] = [];
  for (let i = 0; i < opens; i++) {
    const begun = performance.now();
    body = library.open(saved);
    length = body.text().length;
    openMs.push(performance.now() - begun);
  }
  const keyMs: number[] = [];
  for (let i = 0; i < keystrokes; i++) {
    const begun = performance.now();
    body.edit([Math.floor(length / 2) + i, 0, 'x']);
    if (body.update().length === 0) throw new Error('a key made no update');
    keyMs.push(performance.now() - begun);
  }
  if (body.text().length !== length + keystrokes) throw new Error('a key was lost');
  return { openMs, keyMs, memoryMiB };
}

const [mode, name = '', ...paths] = process.argv.slice(2);
const [first = '', second = ''] = paths;
console.log(JSON.stringify(mode === 'make' ? make(name, first, second) : use(name, first)));
