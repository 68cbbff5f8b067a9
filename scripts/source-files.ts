// The files of this repository that the checks read: everything that is not installed, built or data.
// It walks the folder itself, so that it works in a fixture folder without git.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set([
  'node_modules',
  '.git',
  '.data',
  '.cache',
  'dist',
  'generated',
  'test-results',
  'playwright-report',
]);

/**
 * Paths relative to the folder, with forward slashes, sorted.
 * @param wanted tells which paths to keep
 */
export function sourceFiles(folder: string, wanted: (path: string) => boolean): string[] {
  const found: string[] = [];
  const visit = (relative: string) => {
    for (const entry of readdirSync(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) visit(path);
      } else if (entry.isFile() && wanted(path)) {
        found.push(path);
      }
    }
  };
  visit('');
  return found.sort();
}

export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
