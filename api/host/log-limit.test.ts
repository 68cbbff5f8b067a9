// The log of the embedded Postgres does not fill the disk, and its end is there to be read.
import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginLog, cutLog } from './log-limit';
import { startPostgres } from './postgres';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outpost-log-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('A5: a log that is too long is cut while it is written, and goes on at its new end', () => {
  const file = join(folder, 'some.log');
  writeFileSync(file, 'of the run before\n');
  const log = beginLog(file);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('of the run before\n');
  const limits = { most: 1_000, kept: 100 };
  for (let line = 0; line < 50; line++) writeSync(log, `line ${line} ${'.'.repeat(30)}\n`);
  expect(cutLog(file, limits)).toBe(true);
  expect(statSync(file).size).toBe(0);
  expect(statSync(`${file}.1`).size).toBe(100);
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('line 49');
  writeSync(log, 'after\n');
  // No hole where it was.
  expect(readFileSync(file, 'utf8')).toBe('after\n');
  expect(cutLog(file, limits)).toBe(false);
  closeSync(log);
});

test('A5: what Postgres logs of an error has no values of the row in it', async () => {
  const at = join(folder, 'postgres');
  const postgres = await startPostgres({ folder: at, durable: false });
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    await client.query('create table t (secret text check (length(secret) < 3))');
    await expect(client.query('insert into t values ($1)', ['a secret of somebody'])).rejects.toThrow();
  } finally {
    await client.end();
    await postgres.stop();
  }
  const log = readFileSync(join(at, 'postgres.log'), 'utf8');
  expect(log).toContain('violates check constraint');
  expect(log).not.toContain('a secret of somebody');
});
