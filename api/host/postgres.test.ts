// The embedded Postgres: starts, stops, survives whatever kills its parent, and says plainly what is wrong.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../scripts/testing/until';
import { startPostgres } from './postgres';
import { PostgresError } from './postgres-error';
import { commandLine } from './postmaster';

let folder: string;
beforeAll(() => {
  // mkdtemp makes it closed to others, as /root is: as root this also tries the way through closed folders.
  folder = mkdtempSync(join(tmpdir(), 'outpost-launcher-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.map((row: unknown[]) => row[0]);
  } finally {
    await client.end();
  }
}

async function refusal(run: Promise<unknown>): Promise<PostgresError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(PostgresError);
  const refused = error as PostgresError;
  expect(refused.message).not.toContain('\n');
  return refused;
}

interface Held {
  url: string;
  pid: number;
  watchdogPid: number;
  process: ChildProcess;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
}

/** A Postgres held by a process of its own. */
async function hold(at: string): Promise<Held> {
  const program = fileURLToPath(new URL('../../scripts/testing/postgres-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, at], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let line = '';
  child.stdout.on('data', (chunk: Buffer) => {
    line += chunk;
  });
  await until('the holder to start', () => line.endsWith('\n'));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    ...(JSON.parse(line) as { url: string; pid: number; watchdogPid: number }),
    process: child,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function isAlive(pid: number): boolean {
  return commandLine(pid).length > 0;
}

describe('a folder', () => {
  const at = () => join(folder, 'one');

  test('becomes a cluster that sorts as PGlite does and can replicate; the data is there at the next start', async () => {
    const first = await startPostgres({ folder: at() });
    expect(await ask(first.url, 'show wal_level')).toEqual(['logical']);
    expect(await ask(first.url, 'show fsync')).toEqual(['on']);
    expect(await ask(first.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
    expect(await ask(first.url, "select datlocale from pg_database where datname = 'outpost'")).toEqual([
      'C.UTF-8',
    ]);
    expect(await ask(first.url, "select x from unnest(array['b', 'a', 'B', 'ä', 'A']) x order by x")).toEqual(
      [...['A', 'B', 'a', 'b', 'ä']],
    );
    await ask(first.url, 'create table kept as select 7 as seven');
    await first.stop();
    const second = await startPostgres({ folder: at() });
    expect(await ask(second.url, 'select seven from kept')).toEqual([7]);
    await second.stop();
  });

  test('takes nobody without the password', async () => {
    const running = await startPostgres({ folder: at() });
    const url = new URL(running.url);
    url.password = 'wrong';
    await expect(ask(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await running.stop();
  });

  test('is held by one process: another gets one sentence', async () => {
    const held = await hold(at());
    const refused = await refusal(startPostgres({ folder: at() }));
    expect(refused.kind).toBe('folder-in-use');
    expect(refused.message).toContain(String(held.process.pid));
    await held.kill();
  });

  test('W1: kill -9 of the parent stops the server too, and what was committed is there', async () => {
    const held = await hold(at());
    await ask(held.url, 'create table before_kill as select 1 as one');
    await held.kill();
    await until('the server to stop', () => !isAlive(held.pid));
    const next = await startPostgres({ folder: at() });
    expect(await ask(next.url, 'select one from before_kill')).toEqual([1]);
    await next.stop();
  });

  test('W1: a server that was left behind is found and stopped at the next start', async () => {
    const held = await hold(at());
    await ask(held.url, 'create table left_behind as select 2 as two');
    process.kill(held.watchdogPid, 'SIGKILL');
    await held.kill();
    expect(isAlive(held.pid)).toBe(true);
    const next = await startPostgres({ folder: at() });
    expect(isAlive(held.pid)).toBe(false);
    expect(await ask(next.url, 'select two from left_behind')).toEqual([2]);
    await next.stop();
  });

  test('W1: kill -9 of the server itself, its pid file now naming somebody else, does not hinder the next start', async () => {
    const running = await startPostgres({ folder: at() });
    await ask(running.url, 'create table before_crash as select 3 as three');
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
    writeFileSync(join(at(), 'cluster', 'postmaster.pid'), `${process.pid}\n${join(at(), 'cluster')}\n`);
    const next = await startPostgres({ folder: at() });
    expect(await ask(next.url, 'select three from before_crash')).toEqual([3]);
    await next.stop();
  });

  test('W1: kill -9 of the server alone, while a part of it is at work: the next start waits for that part', async () => {
    const running = await startPostgres({ folder: at() });
    await ask(running.url, 'create table before_busy as select 4 as four');
    const client = new Client({ connectionString: running.url });
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const busy = client.query('select count(*) from generate_series(1, 15000000)').catch(() => {});
    await until('the statement to run', async () => {
      const query = `select 1 from pg_stat_activity where pid = ${rows[0].pid} and state = 'active'`;
      return (await ask(running.url, query)).length > 0;
    });
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
    expect(isAlive(rows[0].pid)).toBe(true);
    const next = await startPostgres({ folder: at() });
    expect(isAlive(rows[0].pid)).toBe(false);
    expect(await ask(next.url, 'select four from before_busy')).toEqual([4]);
    await next.stop();
    await busy;
  });

  test('a making of the cluster that was cut short is begun again', async () => {
    const cut = join(folder, 'cut');
    mkdirSync(join(cut, 'cluster.new', 'base'), { recursive: true });
    writeFileSync(join(cut, 'initdb-password'), 'old');
    const running = await startPostgres({ folder: cut, durable: false });
    expect(await ask(running.url, 'show fsync')).toEqual(['off']);
    await running.stop();
  });
});

describe('one sentence for', () => {
  test('a data folder of another version', async () => {
    mkdirSync(join(folder, 'old', 'cluster'), { recursive: true });
    writeFileSync(join(folder, 'old', 'cluster', 'PG_VERSION'), '15\n');
    const refused = await refusal(startPostgres({ folder: join(folder, 'old') }));
    expect(refused.kind).toBe('other-version');
    expect(refused.message).toMatch(/Postgres 15.*Postgres 18/);
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const refused = await refusal(startPostgres({ folder: join(folder, 'one'), port }));
    expect(refused.kind).toBe('port-in-use');
    expect(refused.message).toContain(String(port));
    await new Promise((done) => server.close(done));
  });

  test('a folder that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const refused = await refusal(startPostgres({ folder: join(folder, 'file', 'in-it') }));
    expect(refused.kind).toBe('no-permission');
  });

  test('a folder that one may not write to', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o555 });
    const launcher = new URL('postgres.ts', import.meta.url).href;
    const program = `import { startPostgres } from ${JSON.stringify(launcher)};
      startPostgres({ folder: ${JSON.stringify(join(closed, 'x'))} }).catch((e) => console.log(e.kind));`;
    // Root may write anywhere, unless that right is taken away.
    const without = ['--inh-caps=-all', '--bounding-set=-dac_override,-dac_read_search'];
    const words = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program];
    const [command = '', ...args] = process.getuid?.() === 0 ? ['setpriv', ...without, ...words] : words;
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    await new Promise((done) => child.once('close', done));
    expect(text.trim()).toBe('no-permission');
  });
});
