// npx tsx scripts/core-size.ts: how large the core is: the four sync rooms and electric/, without tests. Lines that hold
// code are counted, not blank lines and comments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isTest, sourceFiles } from './source-files';

const parts: Readonly<Record<string, RegExp>> = {
  'migrations/sync and 0001_sync': /^migrations\/(sync\/|0001_sync)/,
  'db/sync': /^db\/sync\//,
  'api/sync': /^api\/sync\//,
  'client/sync': /^client\/sync\//,
  'electric, without the embedded server': /^electric\/[^/]+$/,
  'electric/embedded': /^electric\/embedded\//,
};

/** @returns lines of the text that hold code */
export function codeLines(text: string): number {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, '').split('\n');
  return plain.filter((line) => !/^\s*($|\/\/|--)/.test(line)).length;
}

/** @returns files and lines of code of each part of the core in this folder */
export function coreSize(folder: string): { part: string; files: number; lines: number }[] {
  const files = sourceFiles(
    folder,
    (path) => /\.(tsx?|mjs|sql)$/.test(path) && !isTest(path) && !/\/testing\//.test(path),
  );
  return Object.entries(parts).map(([part, pattern]) => {
    const own = files.filter((file) => pattern.test(file));
    const lines = own.reduce((sum, file) => sum + codeLines(readFileSync(join(folder, file), 'utf8')), 0);
    return { part, files: own.length, lines };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sizes = coreSize(fileURLToPath(new URL('../', import.meta.url)));
  for (const { part, files, lines } of sizes) {
    console.log(`${part.padEnd(40)}${String(files).padStart(4)} files${String(lines).padStart(7)} lines`);
  }
  const core = sizes.filter(({ part }) => part !== 'electric/embedded');
  const sum = (of: 'files' | 'lines') => core.reduce((total, size) => total + size[of], 0);
  console.log(
    `the core: ${sum('files')} files, ${sum('lines')} lines of code; the embedded shape server beside it`,
  );
}
