// The room check fails on what it must fail on: an arrow that goes up, a way past an entry, a feature in the core, a circle.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { problemLine } from './problem';
import { circlesOf, roomCheck, roomFault } from './rooms';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return (await roomCheck.run(folder)).map(problemLine);
}

test.each([
  ['client/sync/a.ts', 'client/task/b.ts'],
  ['client/sync/a.ts', 'client/kit/b.ts'],
  ['client/sync/a.ts', 'db/tables.ts'],
  ['client/kit/a.ts', 'client/sync/b.ts'],
  ['client/task/a.ts', 'client/app/b.ts'],
  ['client/task/board/a.ts', 'client/page/tree/b.ts'],
  ['client/booking/a.ts', 'db/task/b.ts'],
  ['api/sync/a.ts', 'api/page/b.ts'],
  ['api/sync/a.ts', 'api/deps.ts'],
  ['api/stock/a.ts', 'api/host/b.ts'],
  ['db/sync/a.ts', 'db/task/b.ts'],
  ['db/kit/a.ts', 'db/sync/b.ts'],
  ['electric/a.ts', 'db/tables.ts'],
  ['electric/embedded/a.ts', 'electric/b.ts'],
])('no arrow from %s to %s', async (from, to) => {
  expect(roomFault(from, to)).toMatch(/^(client|api|db|electric)\//);
  const up = '../'.repeat(from.split('/').length - 1);
  const files = { [from]: `\nimport type { X } from '${up}${to.replace('.ts', '')}';`, [to]: '' };
  expect(await problemsOf(files)).toEqual([expect.stringContaining(`${from}:2 rooms: `)]);
});

test.each([
  ['client/task/board/a.ts', 'client/task/b.ts'],
  ['client/page/a.ts', 'client/task/index.ts'],
  ['client/booking/a.ts', 'db/booking/b.ts'],
  ['client/calendar/a.ts', 'db/booking/index.ts'],
  ['client/app/a.ts', 'client/page/tree/b.ts'],
  ['client/worker.ts', 'client/sync/engine.ts'],
  ['api/host/a.ts', 'api/page/b.ts'],
  ['db/tables.ts', 'db/page/tables.ts'],
])('an arrow from %s to %s', (from, to) => {
  expect(roomFault(from, to)).toBe(null);
});

test('the core names no table of a feature', async () => {
  const core = (text: string) => problemsOf({ 'client/sync/a.ts': text });
  expect(await core("if (table === 'document_update') {}")).toHaveLength(1);
  expect(await core('pg.query(`select 1 from booking b`);')).toHaveLength(1);
  expect(await core("// a task\nconst task = 'a task of the worker'; read('notice');")).toEqual([]);
});

test('circles are found, by types too, and named with all their files', async () => {
  const files = {
    'client/kit/a.ts': "import type { B } from './b';",
    'client/kit/b.ts': "export * from './c';",
    'client/kit/c.ts': "const a = import('./a');",
    'client/kit/d.ts': "import './a';",
  };
  expect(await problemsOf(files)).toEqual([
    'client/kit/a.ts rooms: these files import each other in a circle: client/kit/a.ts, client/kit/b.ts, client/kit/c.ts',
  ]);
});

test('a circle is found exactly where a way leads back', () => {
  const arrows = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 12 });
  fc.assert(
    fc.property(arrows, (pairs) => {
      const graph = new Map<string, string[]>(Array.from({ length: 7 }, (_, i) => [`${i}`, []]));
      for (const [from, to] of pairs) graph.get(`${from}`)!.push(`${to}`);
      const reach = (from: string, seen = new Set<string>()): Set<string> => {
        for (const next of graph.get(from)!) if (!seen.has(next)) reach(next, seen.add(next));
        return seen;
      };
      const inCircle = [...graph.keys()].filter((file) => reach(file).has(file));
      expect(circlesOf(graph).flat().sort()).toEqual(inCircle);
    }),
  );
});
