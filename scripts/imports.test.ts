// The import check fails on what it must fail on, whatever form the import takes.
// Each case is a file that the check reads from a folder made for it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { importCheck } from './imports';
import { problemLine } from './problem';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return (await importCheck.run(folder)).map(problemLine);
}

test.each([
  ['client/a.ts', "import { x } from '../api/server';"],
  ['client/a.ts', "import { x } from '../electric/proxy';"],
  ['client/a.ts', "import type { X } from '../api/server';"],
  ['client/a.ts', "export * from '../scripts/start';"],
  ['client/a.tsx', "const x = <p />; const m = await import('../api/server');"],
  ['client/a.ts', "type X = import('../api/server').X;"],
  ['client/a.ts', "new Worker(new URL('../api/worker.ts', import.meta.url));"],
  ['client/a.ts', "import.meta.glob('../api/*.ts');"],
  ['client/a.ts', "import { readFileSync } from 'node:fs';"],
  ['client/a.ts', "import { x } from '../../other/x';"],
  ['db/a.ts', "import { x } from '../electric/shapes';"],
  ['db/a.ts', "import pg from 'pg';"],
  ['electric/a.ts', "import { x } from '../api/server';"],
  ['api/a.ts', "import { x } from '../client/sync/store';"],
  ['api/a.ts', "import { x } from '../scripts/testing/postgres';"],
  ['e2e/a.test.ts', "import { x } from '../db/tables';"],
  ['e2e/a.test.ts', "import { x } from '../scripts/testing/postgres';"],
  ['client/a.test.ts', "import { x } from '../e2e/app';"],
  ['examples/a/b.ts', "import { x } from '../../db/tables';"],
  ['examples/a/b.ts', "import { x } from '../../client/kit/button';"],
  ['examples/a/b.ts', "import { x } from '../../api/host/host';"],
])('refuses in %s: %s', async (path, text) => {
  const problems = await problemsOf({ [path]: `// one\n// two\n${text}\n` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${path}:3 imports: `);
});

test('lets through what goes the right way', async () => {
  const problems = await problemsOf({
    'client/a.ts':
      "import { x } from '../db/tables';\nimport { y } from '../electric/shapes';\nimport 'react';",
    'client/b.ts': "import sql from '../migrations/0001_sync.sql?raw';",
    'client/open-node.ts': "import { mkdtemp } from 'node:fs/promises';",
    'client/c.test.ts':
      "import { x } from '../scripts/testing/postgres';\nimport { y } from '../api/server';",
    'api/a.ts':
      "import { x } from '../db/sync/wire';\nimport { y } from '../electric/shapes.ts';\nimport pg from 'pg';",
    'electric/a.ts': "import { x } from '../db/tables';",
    'examples/a/b.ts':
      "import { x } from '../../db/sync/wire';\nimport { y } from '../../electric/proxy';\nimport { z } from '../../api/host/postgres';",
    'e2e/a.test.ts': "import { test } from '@playwright/test';\nimport { page } from './page';",
    'scripts/a.ts': "import { x } from '../api/server';",
    'db/a.ts': "// import { x } from '../api/server'\nconst text = \"import { x } from '../api/server'\";",
  });
  expect(problems).toEqual([]);
});
