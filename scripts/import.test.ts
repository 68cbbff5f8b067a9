// `npm run import` as a program against the real API, shape server and Postgres: what arrives, again, and exit codes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './testing/api';
import { foundWorkspace } from './testing/workspace';

let api: TestApi;
let person: TestPerson;
const folder = mkdtempSync(join(tmpdir(), 'import-'));

beforeAll(async () => {
  api = await startTestApi();
  person = await api.person('Ada');
  for (const name of ['One', 'Two']) await foundWorkspace(person, name);
});
afterAll(async () => {
  await api?.stop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/import.ts', ...args]);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function archive(count: number): string {
  const createdAt = '2024-05-06T07:08:09Z';
  return JSON.stringify({
    repo: 'o/red-green',
    labels: [{ name: 'Bug', color: 'F6C11D' }],
    issues: Array.from({ length: count }, (_, i) => ({
      number: i + 1,
      id: `I_${i + 1}`,
      title: `Issue ${i + 1}`,
      state: 'CLOSED',
      labels: ['Bug'],
      createdAt,
      comments: [{ author: 'ben', body: 'A comment', createdAt }],
    })),
    pulls: [{}, {}],
  });
}

async function counts(): Promise<Record<string, number>> {
  const client = new Client({ connectionString: api.database.url });
  await client.connect();
  const result: Record<string, number> = {};
  for (const table of ['project', 'label', 'task', 'task_label', 'comment']) {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    result[table] = rows[0]!.n;
  }
  await client.end();
  return result;
}

test('the rows are on the server when it ends; again changes nothing', async () => {
  const file = fileWith('good.json', archive(40));
  const args = [file, '--url', api.url, '--email', person.email, '--password', person.password];
  const first = await run(...args, '--workspace', 'Two');
  expect(first).toMatchObject({ code: 0 });
  expect(first.output).toContain('new: 40 tasks, 40 comments, 1 labels, 40 labels on tasks');
  expect(first.output).toContain('left out: 2 pull requests');
  const after = { project: 1, label: 1, task: 40, task_label: 40, comment: 40 };
  expect(await counts()).toEqual(after);

  const again = await run(...args, '--workspace', 'Two');
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toContain('new: 0 tasks, 0 comments, 0 labels, 0 labels on tasks');
  expect(await counts()).toEqual(after);

  const unclear = await run(...args);
  expect(unclear.code).toBe(1);
  expect(unclear.output).toContain('One, Two');
});

test('a broken file says where, and nobody is asked to sign in for it', async () => {
  const { code, output } = await run(
    fileWith('broken.json', `{"repo": "o/r",\n"issues": [}`),
    '--url',
    api.url,
  );
  expect(code).toBe(3);
  expect(output).toContain('line 2, column 12');
  const shape = await run(fileWith('shape.json', archive(2).replace('"Issue 2"', '2')));
  expect(shape.code).toBe(3);
  expect(shape.output).toContain('issues[1].title');
});

test('wrong use, a wrong password and no server are each said in a sentence', async () => {
  const file = fileWith('small.json', archive(1));
  expect(await run()).toMatchObject({ code: 2 });
  expect(await run('--colour', file)).toMatchObject({ code: 2 });
  expect(await run(join(folder, 'absent.json'))).toMatchObject({ code: 2 });
  const wrong = await run(file, '--url', api.url, '--email', person.email, '--password', 'something else');
  expect(wrong.code).toBe(1);
  expect(wrong.output).toContain('Sign-in');
  const nobody = await run(file, '--url', 'http://localhost:9');
  expect(nobody.code).toBe(1);
  expect(nobody.output).toContain('Nothing answers');
});
