// The figures of the embedded shape server: each one measured over HTTP, server and readers in different processes.
import { Agent } from 'node:http';
import type { Client } from 'pg';
import { ask, LiveReader, readAll } from './reader';
import type { MemoryReport } from './server';

export interface Bench {
  readonly sql: Client;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
}

const shapeUrl = ({ origin }: Bench, query: Record<string, string>) =>
  `${origin}/v1/shape?${new URLSearchParams(query)}`;

/** A table that was just dropped is still known for a moment, so each measurement takes a new name. */
let tables = 0;
const newTable = (name: string) => `${name}_${++tables}`;

async function memoryOf({ origin }: Bench): Promise<MemoryReport> {
  return JSON.parse((await ask(new Agent(), `${origin}/memory`)).body) as MemoryReport;
}

/** Bytes that a server uses, on its heap and in buffers beside it. */
const used = ({ heapUsed, external }: MemoryReport) => heapUsed + external;

/** Waits until the shapes of dropped tables are gone, so that their memory is not part of the next figure. */
async function settle(bench: Bench): Promise<MemoryReport> {
  for (;;) {
    const report = await memoryOf(bench);
    if (report.shapes === 0) return report;
    await pause(200);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface SnapshotFigures {
  readonly rows: number;
  readonly bytes: number;
  readonly parts: number;
  /** ms: the first request for the shape, and one when it is in memory. */
  readonly cold: number;
  readonly warm: number;
  /** Bytes of the server's memory that the shape takes. */
  readonly memory: number;
}

/** A table like the ones of the application: uuids, text, numbers, times. */
export async function measureSnapshot(bench: Bench, rows: number): Promise<SnapshotFigures> {
  const table = newTable('big');
  await bench.sql.query(`create table ${table} (id uuid primary key default gen_random_uuid(), workspace_id uuid not null,
    title text not null, body text, status text, n int, done boolean, at timestamptz default now(), version bigint default 1)`);
  await bench.sql.query(
    `insert into ${table} (workspace_id, title, body, status, n, done) select '00000000-0000-4000-8000-000000000001',
     'row ' || i, repeat('lorem ipsum ', 10), 'open', i, i % 2 = 0 from generate_series(1, $1::int) i`,
    [rows],
  );
  await bench.sql.query(`vacuum analyze ${table}`);
  // The table's publication is not part of the figure.
  await readAll(new Agent(), shapeUrl(bench, { table, where: 'n < 0' }));
  const before = await memoryOf(bench);
  const url = shapeUrl(bench, {
    table,
    where: '"workspace_id" = $1',
    'params[1]': '00000000-0000-4000-8000-000000000001',
  });
  const agent = new Agent({ keepAlive: true });
  let started = performance.now();
  const { bytes, parts } = await readAll(agent, url);
  const cold = performance.now() - started;
  started = performance.now();
  await readAll(agent, url);
  const warm = performance.now() - started;
  agent.destroy();
  const memory = used(await memoryOf(bench)) - used(before);
  await bench.sql.query(`drop table ${table}`);
  return { rows, bytes, parts, cold, warm, memory };
}

export interface DelayFigures {
  readonly readers: number;
  /** ms from sending COMMIT to having read the answer, over all readers and commits. */
  readonly p50: number;
  readonly p95: number;
  /** The same, until the last of the readers has it. */
  readonly last: number;
  /** Bytes of the server's memory that each reader takes while it waits. */
  readonly perReader: number;
}

export async function measureDelay(bench: Bench, readers: number, commits: number): Promise<DelayFigures> {
  await settle(bench);
  const table = newTable('pulse');
  await bench.sql.query(`create table ${table} (id int primary key, text text)`);
  const url = shapeUrl(bench, { table });
  await readAll(new Agent(), url);
  const before = await memoryOf(bench);
  const delays: number[] = [];
  const lasts: number[] = [];
  let sent = 0;
  let answered = 0;
  let everybody: () => void = () => {};
  const all = Array.from({ length: readers }, () => {
    return new LiveReader(url, (_body, at) => {
      delays.push(at - sent);
      if (++answered === readers) everybody();
    });
  });
  for (let i = 0; i < all.length; i += 50)
    await Promise.all(all.slice(i, i + 50).map((reader) => reader.start()));
  while ((await statusReaders(bench)) < readers) await pause(20);
  const during = await memoryOf(bench);
  for (let i = 0; i < commits; i++) {
    answered = 0;
    const done = new Promise<void>((resolve) => {
      everybody = resolve;
    });
    await bench.sql.query(`begin; insert into ${table} values (${i}, 'hello')`);
    sent = performance.now();
    await bench.sql.query('commit');
    await done;
    lasts.push(performance.now() - sent);
    // The readers have to be waiting again before the next one.
    while ((await statusReaders(bench)) < readers) await pause(5);
  }
  for (const reader of all) reader.stop();
  await bench.sql.query(`drop table ${table}`);
  const warmedUp = delays.slice(Math.floor(delays.length / 10));
  return {
    readers,
    p50: quantile(warmedUp, 0.5),
    p95: quantile(warmedUp, 0.95),
    last: quantile(lasts.slice(1), 0.5),
    perReader: (used(during) - used(before)) / readers,
  };
}

async function statusReaders(bench: Bench): Promise<number> {
  return (JSON.parse((await ask(new Agent(), `${bench.origin}/readers`)).body) as { readers: number })
    .readers;
}

/** Bytes of the server's memory that each of many small shapes takes. */
export async function measureShapeMemory(bench: Bench, shapes: number): Promise<number> {
  await settle(bench);
  const table = newTable('many');
  await bench.sql.query(`create table ${table} (id int primary key, owner text)`);
  await readAll(new Agent(), shapeUrl(bench, { table, where: "owner = 'nobody'" }));
  const before = await memoryOf(bench);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const urls = Array.from({ length: shapes }, (_, i) =>
    shapeUrl(bench, { table, where: 'owner = $1', 'params[1]': `owner ${i}` }),
  );
  for (let i = 0; i < urls.length; i += 50)
    await Promise.all(urls.slice(i, i + 50).map((url) => readAll(agent, url)));
  const after = await memoryOf(bench);
  agent.destroy();
  await bench.sql.query(`drop table ${table}`);
  return (used(after) - used(before)) / (after.shapes - before.shapes);
}

export interface ThroughputFigures {
  readonly shapes: number;
  /** Changes of the table per second, when every shape takes every one of them. */
  readonly matching: number;
  /** The same when one shape takes them and the others ask for other values. */
  readonly others: number;
}

export async function measureThroughput(
  bench: Bench,
  shapes: number,
  changes: number,
): Promise<ThroughputFigures> {
  const numbers = Array.from({ length: shapes }, (_, i) => i);
  const matching = await best(() =>
    throughput(
      bench,
      changes,
      numbers.map((i) => `n > ${-i}`),
    ),
  );
  const others = await best(() =>
    throughput(
      bench,
      changes,
      numbers.map((i) => `grp = ${i}`),
    ),
  );
  return { shapes, matching, others };
}

/** The best of three: what else the machine does only ever makes it slower. */
async function best(measure: () => Promise<number>): Promise<number> {
  return Math.max(await measure(), await measure(), await measure());
}

/** One transaction of many changes; timed from its commit until the reader of the first shape has all of it. */
async function throughput(bench: Bench, changes: number, clauses: readonly string[]): Promise<number> {
  await settle(bench);
  const table = newTable('flow');
  await bench.sql.query(`create table ${table} (id int primary key, grp int default 0, n int, text text)`);
  for (const where of clauses) await readAll(new Agent(), shapeUrl(bench, { table, where }));
  let seen = 0;
  let done: () => void = () => {};
  const complete = new Promise<void>((resolve) => {
    done = resolve;
  });
  const reader = new LiveReader(shapeUrl(bench, { table, where: clauses[0]! }), (body) => {
    seen += body.split('"operation"').length - 1;
    if (seen >= changes) done();
  });
  await reader.start();
  await bench.sql.query(
    `begin; insert into ${table} (id, n, text) select i, i, repeat('x', 100) from generate_series(1, ${changes}) i`,
  );
  const started = performance.now();
  await bench.sql.query('commit');
  await complete;
  const seconds = (performance.now() - started) / 1000;
  reader.stop();
  await bench.sql.query(`drop table ${table}`);
  return changes / seconds;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
