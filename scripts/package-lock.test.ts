// The lock file holds every platform's packages, also those that the machine which wrote it could not get: with one
// missing, `npm ci` refuses to install anything, anywhere.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const packagesIn = (path: string) =>
  (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { packages: Record<string, Locked> })
    .packages;

/** The second one: what is measured beside PGlite. */
const files = ['../package-lock.json', 'measure/peers/package-lock.json'];

test.each(files)('every optional dependency is in the lock file: %s', (file) => {
  const packages = packagesIn(file);
  const paths = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !paths.some((p) => p.endsWith(`node_modules/${name}`)))
      .map((name) => `${path} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test.each(files)('no package is bound to one registry: %s', (file) => {
  const bound = Object.entries(packagesIn(file)).filter(([, locked]) => locked.resolved !== undefined);
  expect(bound).toEqual([]);
});
