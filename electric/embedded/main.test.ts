// The shape server on its own: started as a command, configured by flags or by Electric's environment variables.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../scripts/testing/postgres';
import { until } from '../../scripts/testing/until';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let database: TestDatabase;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  await sql.query('create table items (id int primary key); insert into items values (1)');
  await sql.end();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  }
});
afterAll(() => database.drop());

interface Started {
  /** Empty when the command ended instead of serving. */
  readonly origin: string;
  /** What it has printed so far, on both outputs. */
  readonly output: () => string;
  readonly exitCode: () => number | null;
}

async function start(flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0', ...flags], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines: string[] = [];
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve('')));
  const origin = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const found = /served on (http:\S+)\/v1\/shape/.exec(line);
        if (found) resolve(found[1]!);
      });
    }
  });
  return {
    origin: await Promise.race([origin, ended]),
    output: () => lines.join('\n'),
    exitCode: () => child.exitCode,
  };
}

async function active({ origin }: Started): Promise<void> {
  await until('the server to be active', async () => (await fetch(`${origin}/v1/health`)).status === 200);
}

test('flags: a secret, no DELETE, ends on SIGTERM', async () => {
  const started = await start(['--database-url', database.url, '--secret', 'hush']);
  await active(started);
  const url = `${started.origin}/v1/shape?table=items&offset=-1`;
  const refused = await fetch(url);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toEqual({ message: 'Unauthorized - Invalid API secret' });
  expect((await fetch(`${url}&secret=hush`)).status).toBe(200);
  expect((await fetch(`${url}&api_secret=hush`)).status).toBe(200);
  expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204);
  const removed = await fetch(`${url}&secret=hush`, { method: 'DELETE' });
  expect(removed.status).toBe(405);
  expect(await removed.json()).toEqual({ message: 'DELETE not allowed' });
});

test('Electric’s variables: DELETE, cache ages, size of a part, time of a live request', async () => {
  const started = await start([], {
    DATABASE_URL: database.url,
    ELECTRIC_INSECURE: 'true',
    ELECTRIC_ENABLE_INTEGRATION_TESTING: 'true',
    ELECTRIC_CACHE_MAX_AGE: '1',
    ELECTRIC_CACHE_STALE_AGE: '3',
    ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD: '10',
    ELECTRIC_LONG_POLL_TIMEOUT: '50',
    ELECTRIC_REPLICATION_STREAM_ID: 'mine',
    ELECTRIC_DB_POOL_SIZE: '2',
    ELECTRIC_LOG_LEVEL: 'warning',
    ELECTRIC_FEATURE_FLAGS: 'allow_subqueries',
  });
  await active(started);
  const url = `${started.origin}/v1/shape?table=items`;
  const first = await fetch(`${url}&offset=-1`);
  const handle = first.headers.get('electric-handle');
  // Ten bytes are full with the one row, so what the snapshot saw comes in the next part.
  const parts = [await first.json(), await (await fetch(`${url}&offset=0_0&handle=${handle}`)).json()];
  expect(parts.map((messages) => messages.length)).toEqual([1, 1]);
  const log = await fetch(`${url}&offset=0_inf&handle=${handle}`);
  expect(log.headers.get('cache-control')).toBe('public, max-age=1, stale-while-revalidate=3');
  const live = await fetch(`${url}&offset=0_inf&handle=${handle}&live=true`);
  expect(live.headers.get('electric-has-data')).toBe('false');
  for (const [body, error] of [
    ['{', 'Invalid JSON in request body'],
    ['[]', 'Request body must be a JSON object'],
  ]) {
    const refused = await fetch(url, { method: 'POST', body: body! });
    expect(refused.status).toBe(400);
    expect((await refused.json()).error).toBe(error);
  }
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(202);
  expect(started.output().split('\n')).toHaveLength(1);
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const { rows } = await sql.query('select from pg_publication where pubname = $1', [
    'electric_publication_mine',
  ]);
  await sql.end();
  expect(rows).toHaveLength(1);
});

test.each([
  ['other machines without a secret', ['--host', '0.0.0.0'], {}, /give --secret/],
  ['a secret and none', ['--secret', 'x'], { ELECTRIC_INSECURE: 'true' }, /not both/],
  ['no number', ['--chunk-bytes', 'many'], {}, /--chunk-bytes must be a number/],
])('refused with a sentence: %s', async (_what, flags, env, sentence) => {
  const started = await start(flags, { DATABASE_URL: database.url, ...env });
  expect(started.origin).toBe('');
  expect(started.exitCode()).toBe(1);
  expect(started.output()).toMatch(sentence);
});

test('without a database it says how it is used', async () => {
  const started = await start([]);
  expect(started.exitCode()).toBe(1);
  expect(started.output()).toContain('--database-url URL');
});
