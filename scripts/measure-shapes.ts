// npm run measure:shapes: the figures of the embedded shape server, into docs/shape-measurements.md. It takes some
// minutes, wants a quiet machine, starts a Postgres of its own, and fails beyond the limits of measure-shapes/budgets.json.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { startPostgres } from '../api/host/postgres';
import {
  type Bench,
  measureDelay,
  measureShapeMemory,
  measureSnapshot,
  measureThroughput,
} from './measure-shapes/figures';
import { overLimits, readLimits } from './measure-shapes/limits';
import { report, type ShapeFigures } from './measure-shapes/report';

const root = fileURLToPath(new URL('../', import.meta.url));
const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

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

async function measureAll(bench: Bench): Promise<ShapeFigures> {
  say('warming up');
  await measureSnapshot(bench, 10_000);
  await measureDelay(bench, 100, 10);
  await measureThroughput(bench, 2, 2_000);
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
  return { snapshot, delays, perShape, flows };
}

const load = loadavg()[0]!;
if (load > 1.5) say(`The machine is busy (load ${load.toFixed(1)}); the figures will say more about that.`);
const folder = mkdtempSync(join(tmpdir(), 'measure-shapes-'));
const postgres = await startPostgres({ folder, durable: false });
const sql = new Client({ connectionString: postgres.url });
let child: ChildProcess | undefined;
try {
  await sql.connect();
  await sql.query('set synchronous_commit = on');
  const started = await startServer(postgres.url);
  child = started.child;
  const figures = await measureAll({ sql, origin: started.origin });
  const text = report(figures, load);
  writeFileSync(join(root, 'docs/shape-measurements.md'), text);
  console.log(text);
  const complaints = overLimits(readLimits(), figures);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
} finally {
  child?.kill('SIGTERM');
  await sql.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
