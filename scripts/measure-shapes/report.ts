// docs/shape-measurements.md: the figures as text.
import { cpus } from 'node:os';
import type { DelayFigures, SnapshotFigures, ThroughputFigures } from './figures';

export interface ShapeFigures {
  readonly snapshot: SnapshotFigures;
  readonly delays: readonly DelayFigures[];
  /** Bytes. */
  readonly perShape: number;
  readonly flows: readonly ThroughputFigures[];
}

const whole = (n: number) => Math.round(n).toLocaleString('en');
const ms = (n: number) => n.toFixed(1);
const kib = (n: number) => (n / 1024).toFixed(1);

/** @param load the machine's, before the measuring began */
export function report({ snapshot, delays, perShape, flows }: ShapeFigures, load: number): string {
  const cpu = cpus();
  return [
    '# Figures of the embedded shape server',
    '',
    'Written by `npm run measure:shapes`, which fails beyond the limits of',
    '[budgets.json](../scripts/measure-shapes/budgets.json). Postgres 18 (fsync off), server and readers are three',
    `processes on one machine: ${cpu.length} × ${cpu[0]?.model.trim()}, load ${load.toFixed(1)} at the start, Node ${process.versions.node}.`,
    '',
    `**Snapshot** of ${whole(snapshot.rows)} rows of nine columns (${(snapshot.bytes / 1e6).toFixed(1)} MB in ${snapshot.parts} parts): ${whole(snapshot.cold)} ms, ${whole((snapshot.rows / snapshot.cold) * 1000)} rows/s; again from memory ${whole(snapshot.warm)} ms. It takes ${(snapshot.memory / 1e6).toFixed(1)} MB of memory.`,
    '',
    '**Commit to client**, ms from sending COMMIT until the answer is read, all readers on one shape:',
    '',
    '| live readers | p50 | p95 | until the last one | memory per waiting reader |',
    '| --- | --- | --- | --- | --- |',
    ...delays.map(
      (d) =>
        `| ${whole(d.readers)} | ${ms(d.p50)} | ${ms(d.p95)} | ${ms(d.last)} | ${d.readers === 1 ? 'too little to tell' : `${kib(d.perReader)} KiB`} |`,
    ),
    '',
    `**Memory per shape** with no rows, over 1,000 shapes: ${kib(perShape)} KiB.`,
    '',
    '**Changes per second**, one transaction of 20,000 inserts, from its commit until a reader has all of it, the best',
    'of three:',
    '',
    '| shapes | every shape takes every change | one shape takes them, the others ask for other values |',
    '| --- | --- | --- |',
    ...flows.map((f) => `| ${f.shapes} | ${whole(f.matching)} | ${whole(f.others)} |`),
    '',
  ].join('\n');
}
