// The part of docs/measurements.md about many tasks: what the app does with none, ten thousand and a hundred thousand of them.
import type { Memory } from './chromium';
import { type Stamp, stampText, table, tenths, whole } from './report-text';
import type { Spread } from './runs';

/** With so many tasks in the person's workspace. Times in ms. */
export interface ScaleRow {
  readonly tasks: number;
  /** From the navigation of a new device to the first cards on the screen, and to everything on the device. */
  readonly firstScreen: number;
  readonly all: number;
  /** As many rows into a bare table by pglite-sync's csv method, from the request on; null: not measured. */
  readonly bareCsv: number | null;
  /** Until the words of all rows are read for search as well. */
  readonly words: number;
  /** From a key until the card says that the change is on this device; this and what follows after the words were read. */
  readonly keyToKnown?: Spread;
  /** To the frame that shows it. */
  readonly keyToStored: Spread;
  /** A hundred tasks by position, and one task, asked by the page. */
  readonly list: Spread;
  readonly point: Spread;
  readonly memory: Memory;
}

export interface ScaleFigures {
  readonly rows: readonly ScaleRow[];
  /** What was not done, and why: a load that did not end, say. */
  readonly failed: readonly string[];
}

export function scaleText(m: Stamp & ScaleFigures): string {
  const pair = ({ p50, p95 }: Spread) => `${tenths(p50)} / ${tenths(p95)}`;
  const rows = m.rows.map((row) => [
    whole(row.tasks),
    whole(row.firstScreen),
    whole(row.all),
    row.bareCsv === null ? '–' : whole(row.bareCsv),
    whole(row.words),
    row.keyToKnown ? pair(row.keyToKnown) : '–',
    pair(row.keyToStored),
    pair(row.list),
    pair(row.point),
    tenths(row.memory.wasmMiB),
    tenths(row.memory.jsMiB),
    tenths(row.memory.rendererMiB),
  ]);
  const head = [
    ...[
      'tasks',
      'first screen',
      'all here',
      'bare csv',
      'words read',
      'key to stored',
      'to its frame',
      'list of 100',
      'one task',
    ],
    ...['WebAssembly', 'JavaScript', 'process'],
  ];
  return `## A new device with few and with many tasks

${stampText(m, 'scale')}

From the navigation in a new browser to the first cards, to everything on the device, and to the words of all tasks being read for
search; each once. Bare csv: as many rows by pglite-sync's csv method into a table without indexes, in the cheapest PGlite of the
ladder, from the request to the last row, without the start. Then, at rest: from a key until the card says that its change is on this device, and to the frame that shows that; a hundred tasks of the board's first column and
one task, asked by the page of the worker that holds the database, on the way that a second tab takes. ms, p50 / p95. Memory in MiB afterwards.

${table(head, rows)}${m.failed.map((sentence) => `\n\n${sentence}`).join('')}`;
}
