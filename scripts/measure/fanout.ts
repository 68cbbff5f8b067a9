// What one write costs the server for each member who is there (A5), and how long it is on its way to them: members of one
// workspace each keep a live request open, as devices do, and a row changes ten times a second.
// `npx tsx scripts/measure/fanout.ts 50 200 400` measures it alone and fails beyond the limits of scripts/budgets.json.
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { tableNames, tables } from '../../db/tables';
import { type Budgets, overFanout, readBudgets } from './budgets';
import type { MembersCommand, MembersJob, MembersReport } from './fanout-members';
import { quantile } from './figures';
import { type MeasuredServer, startMeasuredServer } from './server';

export interface FanoutFigures {
  readonly members: number;
  /** Writes a second that were asked for, and those that were made. */
  readonly rate: number;
  readonly writes: number;
  /** Of all members × writes, what arrived while it was measured. */
  readonly delivered: number;
  /** ms from before the write to a member having it. */
  readonly p50: number;
  readonly p95: number;
  /** ms of CPU for each member and write: of the server's process, of Postgres, of the members' process. */
  readonly serverMs: number;
  readonly postgresMs: number;
  readonly membersMs: number;
  /** Share of one core that the server's process took. */
  readonly serverCores: number;
  /** Live requests that were answered, and given up, for each member and write. */
  readonly answers: number;
  readonly restarts: number;
  /** Answers that were not 200. */
  readonly odd: Readonly<Record<string, number>>;
  /** Of the machine, at the end (1 minute). */
  readonly machineLoad: number;
}

const RATE = 10;
const WARM_UP_S = 5;
const secret = 'a secret for measuring that is long enough';

/** @param seconds that are measured, for each number of members */
export async function measureFanout(sizes: readonly number[], seconds = 8): Promise<FanoutFigures[]> {
  const server = await startMeasuredServer({ AUTH_SECRET: secret });
  const sql = new Client({ connectionString: server.databaseUrl });
  await sql.connect();
  try {
    const figures: FanoutFigures[] = [];
    for (const size of sizes) figures.push(await measureSize(server, sql, size, seconds));
    return figures;
  } finally {
    await sql.end();
    await server.stop();
  }
}

/** The figures that have a limit: the worst of all. */
export function budgetedFanout(figures: readonly FanoutFigures[]): Budgets['fanout'] {
  return { serverMsPerMemberWrite: Math.max(...figures.map((f) => f.serverMs)) };
}

async function measureSize(server: MeasuredServer, sql: Client, size: number, seconds: number) {
  const { job, taskId } = await seed(server, sql, size);
  const personal = tableNames.filter((name) => tables[name].visible !== undefined);
  const child = fork(fileURLToPath(new URL('./fanout-members.ts', import.meta.url)), [
    '--personal',
    personal.join(),
  ]);
  try {
    await said(child, { kind: 'start', job });
    await write(sql, taskId, WARM_UP_S);
    const before = (await said(child, { kind: 'count' })) as MembersReport;
    const cpu = await cpuOf(server, sql);
    const start = performance.now();
    const writes = await write(sql, taskId, seconds);
    const elapsed = performance.now() - start;
    const after = await cpuOf(server, sql);
    const report = (await said(child, { kind: 'count' })) as MembersReport;
    const memberWrites = size * writes;
    const each = (ms: number) => round(ms / memberWrites);
    return {
      members: size,
      rate: RATE,
      writes,
      delivered: round(report.delays.length / memberWrites),
      p50: Math.round(quantile(report.delays, 0.5)),
      p95: Math.round(quantile(report.delays, 0.95)),
      serverMs: each(after.server - cpu.server),
      postgresMs: each(spent(cpu.postgres, after.postgres)),
      membersMs: each((report.cpu - before.cpu) / 1000),
      serverCores: round((after.server - cpu.server) / elapsed),
      answers: round(report.answers / memberWrites),
      restarts: round(report.restarts / memberWrites),
      odd: report.odd,
      machineLoad: round(loadavg()[0]!),
    } satisfies FanoutFigures;
  } finally {
    child.kill('SIGKILL');
  }
}

const round = (n: number) => Math.round(n * 1000) / 1000;

/** A row is changed at the rate, for so many seconds. @returns how often */
async function write(sql: Client, taskId: string, seconds: number): Promise<number> {
  const start = performance.now();
  const count = seconds * RATE;
  for (let i = 0; i < count; i++) {
    const wait = start + (i * 1000) / RATE - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    const now = (performance.timeOrigin + performance.now()).toFixed(2);
    await sql.query('update task set title = $1 where id = $2', [`at ${now}`, taskId]);
  }
  const rest = start + seconds * 1000 - performance.now();
  if (rest > 0) await new Promise((done) => setTimeout(done, rest));
  return count;
}

function said(child: ChildProcess, command: MembersCommand): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('The process of the members ended.'));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
    child.send(command);
  });
}

/** ms of CPU so far, of Postgres by process. */
async function cpuOf(server: MeasuredServer, sql: Client) {
  const { rows } = await sql.query<{ pid: number }>('select pid from pg_stat_activity');
  return { server: cpuMs(server.pid), postgres: new Map(rows.map(({ pid }) => [pid, cpuMs(pid)])) };
}

/** Connections that came or went meanwhile are few, and left out. */
function spent(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [pid, ms] of after) sum += ms - (before.get(pid) ?? ms);
  return sum;
}

/** User and system time of a process, ms: in steps of 10. */
function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** A workspace of so many people with a session each; by SQL, since hashing their passwords would take minutes. */
async function seed(
  server: MeasuredServer,
  sql: Client,
  size: number,
): Promise<{ job: MembersJob; taskId: string }> {
  const [workspaceId, projectId, taskId] = [randomUUID(), randomUUID(), randomUUID()];
  const users = Array.from({ length: size }, (_, i) => ({ id: `${workspaceId.slice(0, 8)}-${i}` }));
  const ids = users.map(({ id }) => id);
  await sql.query('insert into workspace (id, name) values ($1, $2)', [workspaceId, `${size} members`]);
  await sql.query(
    `insert into auth."user" (id, name, email) select id, id, id || '@outpost.demo' from unnest($1::text[]) id`,
    [ids],
  );
  await sql.query(
    `insert into auth.session (id, "userId", token, "expiresAt")
       select id, id, 'token-' || id, now() + interval '30 days' from unnest($1::text[]) id`,
    [ids],
  );
  await sql.query(
    `insert into member (id, workspace_id, user_id, name, email, role)
       select gen_random_uuid(), $2, id, id, id || '@outpost.demo', 'member' from unnest($1::text[]) id`,
    [ids, workspaceId],
  );
  await sql.query(
    `insert into project (id, workspace_id, key, name, position) values ($1, $2, 'FAN', 'Fan-out', 'a0')`,
    [projectId, workspaceId],
  );
  await sql.query(
    `insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, 'at 0', 'a0')`,
    [taskId, workspaceId, projectId],
  );
  const members = ids.map((userId) => ({ userId, cookie: sessionCookie(`token-${userId}`) }));
  return { job: { port: Number(new URL(server.url).port), workspaceId, members }, taskId };
}

/** As better-auth signs it. */
function sessionCookie(token: string): string {
  const signature = createHmac('sha256', secret).update(token).digest('base64');
  return `outpost.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sizes = process.argv.slice(2).map(Number);
  const figures = await measureFanout(sizes.length > 0 ? sizes : [50, 200]);
  for (const line of figures) console.log(JSON.stringify(line));
  const broken = overFanout(readBudgets(), budgetedFanout(figures));
  for (const sentence of broken) console.error(`over budget: ${sentence}`);
  if (broken.length > 0) process.exitCode = 1;
}
