// The example of a second app stays small: what it needs beside the core is what somebody has to write who begins so.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceFiles } from './source-files';

const most = 300;
const folder = fileURLToPath(new URL('../examples/drafts/', import.meta.url));

test('the example of a second app is written in at most 300 lines of its own, comments and blank lines too', () => {
  const files = sourceFiles(folder, (path) => path !== 'README.md');
  expect(files).toContain('server.ts');
  const lines = files.map((file) => readFileSync(join(folder, file), 'utf8').split('\n').length - 1);
  expect(lines.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(most);
});
