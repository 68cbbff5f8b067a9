// What one person's load costs others (A5): somebody keeps 24 writes of 10,000 operations under way, and somebody else
// asks for their session and writes a title. `npx tsx scripts/measure/load.ts` measures it alone and fails beyond the
// limits of scripts/budgets.json.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PROTOCOL } from '../../db/sync/wire';
import { startGreedy } from '../testing/greedy-process';
import { type Budgets, overLoad, readBudgets } from './budgets';
import { quantile } from './figures';
import { type MeasuredServer, startMeasuredServer } from './server';

export interface Delays {
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface LoadFigures {
  /** Seconds that the attack went on, and what became of it. */
  readonly seconds: number;
  readonly applied: number;
  readonly refused: number;
  /** ms from sending to having the answer: of GET /api/session, and of a write of one title. */
  readonly session: { readonly idle: Delays; readonly attacked: Delays };
  readonly write: { readonly idle: Delays; readonly attacked: Delays };
  /** Of these, answers that were none: the server was too busy. */
  readonly failed: number;
  /** MiB of the server's memory more than before, at the most: while 40 strangers send 15 MB each. */
  readonly strangersMiB: number;
}

interface Guest {
  readonly cookie: string;
  readonly workspaceId: string;
  readonly projectId: string;
}

const AT_ONCE = 24;
const OPERATIONS = 10_000;
/** Bytes of one operation: 15 MB for a write. */
const BYTES = 1_500;

export async function measureLoad(seconds = 30): Promise<LoadFigures> {
  const server = await startMeasuredServer();
  try {
    const greedy = await guest(server, 'greedy');
    const modest = await guest(server, 'modest');
    // The first ones open connections and compile.
    await probe(server, modest, 3);
    const strangersMiB = await strangers(server, greedy);
    const idle = await probe(server, modest, 10);
    const attack = startGreedy({
      url: server.url,
      ...greedy,
      atOnce: AT_ONCE,
      operations: OPERATIONS,
      bytes: BYTES,
    });
    try {
      // It has begun when the first of it is in the database, or was refused.
      const start = Date.now();
      while (attack.answers.length === 0 && Date.now() - start < 60_000) await pause(50);
      const attacked = await probe(server, modest, seconds);
      const applied = attack.answers.filter((a) => a.status === 200).length;
      return {
        seconds: Math.round((Date.now() - start) / 1000),
        applied,
        refused: attack.answers.length - applied,
        session: { idle: delays(idle.session), attacked: delays(attacked.session) },
        write: { idle: delays(idle.write), attacked: delays(attacked.write) },
        failed: idle.failed + attacked.failed,
        strangersMiB,
      };
    } finally {
      await attack.stop();
    }
  } finally {
    await server.stop();
  }
}

/** The figures that have a limit. */
export function budgeted({ session, write, failed, strangersMiB }: LoadFigures): Budgets['load'] {
  return { sessionP95Ms: session.attacked.p95, writeP95Ms: write.attacked.p95, failed, strangersMiB };
}

/** @returns ms of each session and each write, asked one after the other for so many seconds */
async function probe(server: MeasuredServer, { cookie, workspaceId, projectId }: Guest, seconds: number) {
  const session: number[] = [];
  const write: number[] = [];
  const clientId = crypto.randomUUID();
  const node = clientId.slice(-12);
  const timed = async (into: number[], path: string, init: RequestInit) => {
    const start = performance.now();
    const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { ...init, headers });
    await response.arrayBuffer();
    into.push(performance.now() - start);
    if (response.status !== 200) failed++;
    return response.status === 200;
  };
  let failed = 0;
  let n = 1;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await timed(session, '/api/session', {});
    const set = { workspace_id: workspaceId, project_id: projectId, title: `Title ${n}`, position: 'a0' };
    const clock = `${Date.now().toString(16).padStart(12, '0')}-0000-${node}`;
    const insert = { kind: 'insert', table: 'task', id: crypto.randomUUID(), set, was: {}, clock };
    const body = JSON.stringify({
      protocol: PROTOCOL,
      ...{ clientId, serverId: null, mark: null, acknowledged: n - 1 },
      transactions: [{ n, operations: [insert] }],
    });
    if (await timed(write, '/api/write', { method: 'POST', body })) n++;
    await pause(20);
  }
  return { session, write, failed };
}

/** @returns MiB that the server's memory rose at the most while 40 people without a session each sent 15 MB */
async function strangers(server: MeasuredServer, { workspaceId, projectId }: Guest): Promise<number> {
  const before = memoryMiB(server);
  const crowd = startGreedy({
    url: server.url,
    ...{ workspaceId, projectId, operations: OPERATIONS, bytes: BYTES },
    ...{ atOnce: 40, requests: 40, chunked: true },
  });
  let most = before;
  let over = false;
  void crowd.done.then(() => {
    over = true;
  });
  while (!over) {
    most = Math.max(most, memoryMiB(server));
    await pause(20);
  }
  return Math.round(most - before);
}

function memoryMiB({ pid }: MeasuredServer): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

function delays(samples: readonly number[]): Delays {
  const at = (share: number) => Math.round(quantile(samples, share));
  return { samples: samples.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function guest(server: MeasuredServer, name: string): Promise<Guest> {
  const account = { email: `${name}@outpost.demo`, password: `${name}-measures-it` };
  let cookie = '';
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', origin: server.url, cookie };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const signedUp = await post('/api/auth/sign-up/email', { name, ...account });
  cookie = signedUp.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const made = await post('/api/workspaces', { name: `Of ${name}` });
  const { workspaceId } = (await made.json()) as { workspaceId: string };
  const projectId = crypto.randomUUID();
  const set = { workspace_id: workspaceId, key: 'LOAD', name: 'Load', position: 'a0' };
  const clock = `${Date.now().toString(16).padStart(12, '0')}-0000-000000000001`;
  await post('/api/write', {
    protocol: PROTOCOL,
    ...{ clientId: crypto.randomUUID(), serverId: null, mark: null, acknowledged: 0 },
    transactions: [
      { n: 1, operations: [{ kind: 'insert', table: 'project', id: projectId, set, was: {}, clock }] },
    ],
  });
  return { cookie, workspaceId, projectId };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const figures = await measureLoad();
  console.log(JSON.stringify(figures, null, 2));
  const broken = overLoad(readBudgets(), budgeted(figures));
  for (const sentence of broken) console.error(`over budget: ${sentence}`);
  if (broken.length > 0) process.exitCode = 1;
}
