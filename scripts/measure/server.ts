// The server that is measured: `npm start` as a program of its own, on a new Postgres, with people to sign in as.
// It is seeded by SQL before the browser comes.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { startPostgres } from '../../api/host/postgres';
import { type GeneratedTask, generatedTasks } from './generated-tasks';

export interface Account {
  readonly email: string;
  readonly password: string;
}

export interface MeasuredServer {
  readonly url: string;
  /** Of the server's process. */
  readonly pid: number;
  readonly databaseUrl: string;
  /** ms from the program's start until it said that it is ready; Postgres ran already. */
  readonly readyMs: number;
  /** Makes a person with a workspace of their own that has so many tasks. */
  person(name: string, tasks: number): Promise<Account>;
  stop(): Promise<void>;
}

/**
 * Starts the server of this repository on a free port.
 * @param more of its environment
 */
export async function startMeasuredServer(more: Record<string, string> = {}): Promise<MeasuredServer> {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-measure-'));
  const postgres = await startPostgres({ folder: join(folder, 'postgres') });
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    env: {
      ...process.env,
      // A Vite build in this process has set it.
      NODE_ENV: '',
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: postgres.url,
      DEMO: '0',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    await stopChild(child);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await readyUrl(child);
    const readyMs = performance.now() - begun;
    return {
      url,
      pid: child.pid!,
      databaseUrl: postgres.url,
      readyMs,
      stop,
      person: (name, tasks) => makePerson(url, postgres.url, name, tasks),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      seen.push(line);
      const url = /ready at (http\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${seen.join('\n')}`)));
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function makePerson(url: string, databaseUrl: string, name: string, tasks: number): Promise<Account> {
  const account = { email: `${name}@outpost.demo`, password: `${name}-measures-it` };
  const post = (path: string, body: object, cookie = '') =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: JSON.stringify(body),
    });
  const signedUp = await post('/api/auth/sign-up/email', { name, ...account });
  if (!signedUp.ok) throw new Error(`sign-up: ${signedUp.status} ${await signedUp.text()}`);
  const cookie = signedUp.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const made = await post('/api/workspaces', { name: `${tasks} tasks` }, cookie);
  if (!made.ok) throw new Error(`workspace: ${made.status} ${await made.text()}`);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const found = await client.query<{ id: string }>('select id from workspace where name = $1', [
      `${tasks} tasks`,
    ]);
    await fill(client, found.rows[0]!.id, generatedTasks(tasks, name));
  } finally {
    await client.end();
  }
  return account;
}

async function fill(client: Client, workspaceId: string, tasks: readonly GeneratedTask[]): Promise<void> {
  const project = await client.query<{ id: string }>(
    `insert into project (id, workspace_id, key, name, position)
       values (gen_random_uuid(), $1, 'MEASURE', 'Measured', 'a0') returning id`,
    [workspaceId],
  );
  await client.query(
    `insert into task (id, workspace_id, project_id, title, description, status, priority, position)
       select id, $2, $3, title, description, status, priority, position
       from jsonb_populate_recordset(null::task, $1)`,
    [JSON.stringify(tasks), workspaceId, project.rows[0]!.id],
  );
}
