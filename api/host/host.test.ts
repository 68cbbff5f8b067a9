// The whole server as one process: ready, one sentence for what is wrong, and on again after any part was killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../db/sync/wire';
import { demonstration } from '../../scripts/demo';
import { until } from '../../scripts/testing/until';
import { readEnvironment } from './environment';
import { type Host, HostError, startHost } from './host';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outpost-host-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dataDir = () => join(folder, 'data');

async function start(variables: NodeJS.ProcessEnv = {}, logged: string[] = []): Promise<Host> {
  return await startHost({
    demonstration,
    environment: readEnvironment({ PORT: '0', DATA_DIR: dataDir(), ...variables }),
    client: async (_, next) => await next(),
    log: (line) => logged.push(line),
    onFatal: (error) => logged.push(error.message),
  });
}

async function signIn(host: Host, email: string, password: string): Promise<SessionAnswer> {
  const signedIn = await fetch(`${host.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.getSetCookie().map((c) => c.split(';')[0]);
  const session = await fetch(`${host.url}/api/session`, { headers: { cookie: cookie.join('; ') } });
  return (await session.json()) as SessionAnswer;
}

const health = async (url: string) => {
  const response = await fetch(`${url}/api/health`).catch(() => null);
  return response?.status ?? 0;
};

interface Started {
  process: ChildProcess;
  url: string;
  postgresPid: number;
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** A host in a process of its own, to be signalled. */
async function startProcess(): Promise<Started> {
  const program = fileURLToPath(new URL('../../scripts/testing/host-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir() },
  });
  let line = '';
  child.stdout.on('data', (chunk: Buffer) => {
    line += chunk;
  });
  const ended = new Promise<number | string>((done) => {
    child.once('exit', (code, signal) => done(code ?? signal ?? 'unknown'));
  });
  await until('the host to start', () => line.endsWith('\n'));
  return { ...(JSON.parse(line) as { url: string; postgresPid: number }), process: child, ended };
}

test('a first start makes everything, a later one finds it and adds nothing', async () => {
  const host = await start();
  expect(await health(host.url)).toBe(200);
  const counts = async (from: Host) =>
    (
      await from.api.pool.query(
        'select (select count(*) from task) tasks, (select count(*) from comment) comments',
      )
    ).rows[0];
  const [ada, ben] = await Promise.all(host.demo.map((a) => signIn(host, a.email, a.password)));
  expect(ada!.memberships.map((m) => [m.name, m.role])).toEqual([['Demo', 'owner']]);
  expect(ben!.memberships.map((m) => [m.name, m.role])).toEqual([['Demo', 'member']]);
  const first = await counts(host);
  expect(Number(first.tasks)).toBe(25);
  expect(Number(first.comments)).toBeGreaterThan(10);
  await host.stop();
  expect(await health(host.url)).toBe(0);

  const again = await start();
  expect(await counts(again)).toEqual(first);
  expect((await signIn(again, host.demo[0]!.email, host.demo[0]!.password)).serverId).toBe(ada!.serverId);
  await again.stop();
});

test('W1: kill -9 of Postgres while it runs: 503 meanwhile, then everything goes on', async () => {
  const logged: string[] = [];
  const host = await start({}, logged);
  const pid = host.postgres!.pid();
  process.kill(pid, 'SIGKILL');
  await until('another Postgres', () => host.postgres!.pid() !== pid);
  await until('health', async () => (await health(host.url)) === 200);
  const { memberships } = await signIn(host, host.demo[0]!.email, host.demo[0]!.password);
  expect(memberships).toHaveLength(1);
  expect(logged.join('\n')).toContain('started again');
  await host.stop();
});

test('W5: while the database is away, the API says busy, without a word of why', async () => {
  const host = await start();
  await host.postgres!.stop();
  const answer = await fetch(`${host.url}/api/invites/whatever`);
  expect(answer.status).toBe(503);
  const body: unknown = await answer.json();
  expect(body).toMatchObject({ error: { kind: 'busy' } });
  expect(JSON.stringify(body)).not.toMatch(/select|ECONN|127\.0\.0\.1|postgres/i);
  const waiting = await fetch(`${host.url}/api/health`);
  expect([waiting.status, await waiting.json()]).toMatchObject([503, { waiting: 'database' }]);
  await host.stop();
});

describe('signals', () => {
  test('SIGTERM stops cleanly', async () => {
    const running = await startProcess();
    running.process.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(await health(running.url)).toBe(0);
  });

  test('W1: kill -9 of the whole process: the next start works and everything is there', async () => {
    const running = await startProcess();
    running.process.kill('SIGKILL');
    expect(await running.ended).toBe('SIGKILL');
    const next = await start();
    expect((await signIn(next, next.demo[0]!.email, next.demo[0]!.password)).memberships).toHaveLength(1);
    await next.stop();
  });
});

describe('one sentence for', () => {
  const sentence = async (variables: NodeJS.ProcessEnv) => {
    const error = await start(variables).then(
      async (host) => await host.stop(),
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(HostError);
    const { message } = error as HostError;
    expect(message).not.toContain('\n');
    return message;
  };

  test('a second start on one data folder', async () => {
    const host = await start();
    expect(await sentence({})).toContain(`process ${process.pid}`);
    await host.stop();
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    expect(await sentence({ PORT: String(port) })).toBe(`Port ${port} is in use; choose another with PORT.`);
    await new Promise((done) => server.close(done));
    // What it had started is stopped again.
    await (await start()).stop();
  });

  test('a database that is not there, or lets nobody in', async () => {
    expect(await sentence({ DATABASE_URL: 'postgres://u:secret@127.0.0.1:9/x' })).toBe(
      'The database at 127.0.0.1:9 cannot be reached.',
    );
    const host = await start();
    const url = new URL(host.databaseUrl);
    url.password = 'not-the-password';
    const other = { DATA_DIR: join(folder, 'other'), DATABASE_URL: url.href };
    const refused = await sentence(other);
    expect(refused).toContain('refused');
    expect(refused).not.toContain('not-the-password');
    await host.stop();
  });

  test('a data folder that cannot be', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await sentence({ DATA_DIR: join(file, 'data') })).toContain('DATA_DIR');
  });
});
