// npm run measure:shapes: the figures of the embedded shape server, into docs/shape-measurements.md. It takes about
// a minute and starts a Postgres of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import {
  type Bench,
  measureDelay,
  measureShapeMemory,
  measureSnapshot,
  measureThroughput,
} from './measure-shapes/figures';
import { startPostgres } from './postgres';

const root = fileURLToPath(new URL('../', import.meta.url));
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const whole = (n: number) => Math.round(n).toLocaleString('en');
const ms = (n: number) => n.toFixed(1);

/** The server in a process of its own. */
async function startServer(databaseUrl: string): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', join(root, 'scripts/measure-shapes/server.ts')],
    { cwd: root, env: { ...process.env, DATABASE_URL: databaseUrl }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout! })) {
    const port = /^port (\d+)$/.exec(line)?.[1];
    if (port) return { child, origin: `http://127.0.0.1:${port}` };
  }
  throw new Error('the shape server did not start');
}

async function measureAll(bench: Bench): Promise<string[]> {
  say('snapshot');
  const snapshot = await measureSnapshot(bench, 100_000);
  const delays = [];
  for (const readers of [1, 100, 1_000]) {
    say(`${readers} live readers`);
    delays.push(await measureDelay(bench, readers, readers === 1_000 ? 30 : 100));
  }
  say('many shapes');
  const perShape = await measureShapeMemory(bench, 1_000);
  const flows = [];
  for (const shapes of [1, 10, 100]) {
    say(`changes with ${shapes} shapes`);
    flows.push(await measureThroughput(bench, shapes, 20_000));
  }
  const cpu = cpus();
  return [
    '# Figures of the embedded shape server',
    '',
    'Written by `npm run measure:shapes`. Postgres 18 (fsync off), server and readers are three processes on one',
    `machine: ${cpu.length} × ${cpu[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)} at the end, Node ${process.versions.node}.`,
    '',
    `**Snapshot** of ${whole(snapshot.rows)} rows of nine columns (${(snapshot.bytes / 1e6).toFixed(1)} MB in ${snapshot.parts} parts): ${whole(snapshot.cold)} ms, ${whole((snapshot.rows / snapshot.cold) * 1000)} rows/s; again from memory ${whole(snapshot.warm)} ms.`,
    '',
    '**Commit to client**, ms from sending COMMIT until the answer is read, all readers on one shape:',
    '',
    '| live readers | p50 | p95 | until the last one | memory per waiting reader |',
    '| --- | --- | --- | --- | --- |',
    ...delays.map(
      (d) =>
        `| ${whole(d.readers)} | ${ms(d.p50)} | ${ms(d.p95)} | ${ms(d.last)} | ${(d.perReader / 1024).toFixed(1)} KiB |`,
    ),
    '',
    `**Memory per shape** with no rows, over 1,000 shapes: ${(perShape / 1024).toFixed(1)} KiB.`,
    '',
    '**Changes per second**, one transaction of 20,000 inserts, from its commit until a reader has all of it:',
    '',
    '| shapes | every shape takes every change | one shape takes them, the others ask for other values |',
    '| --- | --- | --- |',
    ...flows.map((f) => `| ${f.shapes} | ${whole(f.matching)} | ${whole(f.others)} |`),
    '',
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'measure-shapes-'));
const postgres = await startPostgres({ folder, durable: false });
const sql = new Client({ connectionString: postgres.url });
let child: ChildProcess | undefined;
try {
  await sql.connect();
  await sql.query('set synchronous_commit = on');
  const started = await startServer(postgres.url);
  child = started.child;
  const lines = await measureAll({ sql, origin: started.origin });
  writeFileSync(join(root, 'docs/shape-measurements.md'), lines.join('\n'));
  console.log(lines.join('\n'));
} finally {
  child?.kill('SIGTERM');
  await sql.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
