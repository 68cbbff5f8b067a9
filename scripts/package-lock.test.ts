// The lock file holds every platform's packages, also those that the machine which wrote it could not get: with one
// missing, `npm ci` refuses to install anything, anywhere.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Locked>;
};

/** @returns whether a package finds another one in its own or a higher node_modules */
function finds(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (at === '') return false;
    if (!at.includes('/node_modules/')) at = '/node_modules/';
  }
}

test('every optional dependency is in the lock file', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !finds(path, name))
      .map((name) => `${path} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test('no package is bound to one registry', () => {
  const bound = Object.entries(lock.packages).filter(([, locked]) => locked.resolved !== undefined);
  expect(bound).toEqual([]);
});
