// The house check finds each thing that it looks for, and keeps RULES.md and the test titles in step.
// Fixtures are put together from pieces, so that the check does not find them in this file.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { houseCheck } from './house';
import { problemLine } from './problem';
import { numbersOf, writeRules } from './rules';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const header = '// one\n// two\n';
const good = {
  'RULES.md': '# Rules\n| **Q1** | It holds. | [db/a.test.ts](db/a.test.ts) |\n',
  'db/a.test.ts': `${header}test('Q1: it holds', () => {});`,
};

function folderWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'));
  folders.push(root);
  for (const [path, content] of Object.entries({ ...good, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  return (await houseCheck.run(folderWith(files))).map(problemLine);
}

test('a tidy folder has no problems', async () => {
  expect(await problemsOf({})).toEqual([]);
});

test.each([
  ['length', 'db/a.ts', header + 'x\n'.repeat(400)],
  ['header', 'db/a.ts', 'export const x = 1;\n'],
  ['header', 'migrations/0001_a.sql', 'create table a ();\n'],
  ['focused test', 'db/b.test.ts', `${header}test.${'only'}('x', () => {});`],
  ['focused test', 'e2e/b.ts', `${header}test.${'skip'}('x', () => {});`],
  ['types', 'db/a.ts', `${header}const x = y as ${'any'};`],
  ['types', 'db/a.ts', `${header}// @ts-${'ignore'}\n`],
  ['unfinished', 'db/a.ts', `${header}// ${'TO'}DO: later\n`],
  ['waiting', 'e2e/a.ts', `${header}await page.${'waitForTimeout'}(100);`],
  ['machine path', 'README.md', `see \`/${'work'}/main\``],
  ['machine path', 'db/a.ts', `${header}const x = '/${'tmp'}/data';`],
  ['registry', 'package-lock.json', `{ "resolved": "${'http'}s://example.org/x.tgz" }`],
  ['rules', 'db/b.test.ts', `${header}test('Q2: not a rule', () => {});`],
  ['rules', 'db/b.test.ts', `${header}test.each([1])('Q1: also here, and not listed', () => {});`],
  ['rules', 'RULES.md', '| **Q1** | It holds. | [db/other.test.ts](db/other.test.ts) |\n'],
  ['rules', 'db/a.test.ts', `${header}test('holds no rule', () => {});`],
  ['rules', 'RULES.md', `${good['RULES.md']}| **Q1** | Again. | [db/a.test.ts](db/a.test.ts) |\n`],
  ['rules', 'RULES.md', '## Not yet held\n| **Q1** | It holds. | comes later |\n'],
])('finds: %s in %s', async (rule, path, content) => {
  const problems = await problemsOf({ [path]: content });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(` ${rule}: `);
});

test('a rule that is not yet held needs a reason', async () => {
  const rules = `${good['RULES.md']}## Not yet held\n| **Q2** | It will. |`;
  expect(await problemsOf({ 'RULES.md': `${rules} documents come with issue 5 |\n` })).toEqual([]);
  expect(await problemsOf({ 'RULES.md': `${rules}  |\n` })).toHaveLength(1);
});

test('the list of tests can be written from the tests', async () => {
  const root = folderWith({
    'RULES.md': '| **Q1** | It holds. | ? |\n',
    'db/b.test.ts': `${header}describe('Q1: too', () => {});`,
  });
  writeRules(root);
  expect(await houseCheck.run(root)).toEqual([]);
  expect(readFileSync(join(root, 'RULES.md'), 'utf8')).toContain(
    '[db/a.test.ts](db/a.test.ts), [db/b.test.ts]',
  );
});

test('numbers at the start of a title', () => {
  expect(numbersOf('W1: x')).toEqual(['W1']);
  expect(numbersOf('W1, W2 and A3: x')).toEqual(['W1', 'W2', 'A3']);
  expect(numbersOf('M1–M3: x')).toEqual(['M1', 'M2', 'M3']);
  expect(numbersOf('about W1: x')).toEqual([]);
});
