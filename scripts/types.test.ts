// The types check notices a schema file that is not what the migrations give, and the generated types are honest
// about what cannot be written.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { schemaText, typesCheck } from './types';

const root = mkdtempSync(join(tmpdir(), 'types-'));
afterAll(() => rmSync(root, { recursive: true }));

test('drift between db/schema.ts and the migrations is found', async () => {
  cpSync(fileURLToPath(new URL('../migrations', import.meta.url)), join(root, 'migrations'), {
    recursive: true,
  });
  mkdirSync(join(root, 'db'));
  expect(await typesCheck.run(root)).toHaveLength(1);
  writeFileSync(join(root, 'db/schema.ts'), await schemaText());
  expect(await typesCheck.run(root)).toEqual([]);
  writeFileSync(join(root, 'migrations/9999_more.sql'), 'alter table project add column colour text;');
  expect(await typesCheck.run(root)).toHaveLength(1);
});

test('generated columns cannot be written, times are strings, int8 is read as a string', async () => {
  const text = readFileSync(join(root, 'db/schema.ts'), 'utf8');
  const rows = (name: string) =>
    new RegExp(`export interface ${name} \\{(.*?)\\n\\}`, 's').exec(text)?.[1] ?? '';
  const task = rows('Task');
  expect(rows('SyncDocumentText')).toContain('search: ColumnType<string, never, never>;');
  expect(task).toContain('due_on: string | null;');
  expect(task).toContain('created_at: Generated<string>;');
  expect(task).toContain('version: Generated<Int8>;');
  expect(text).toMatch(/export type Int8 = ColumnType<string,/);
  expect(text).toContain('"sync.outbox": SyncOutbox;');
});
