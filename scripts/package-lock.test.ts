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

test('every optional dependency is in the lock file', () => {
  const paths = Object.keys(lock.packages);
  const missing = Object.entries(lock.packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !paths.some((p) => p.endsWith(`node_modules/${name}`)))
      .map((name) => `${path} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test('no package is bound to one registry', () => {
  const bound = Object.entries(lock.packages).filter(([, locked]) => locked.resolved !== undefined);
  expect(bound).toEqual([]);
});
