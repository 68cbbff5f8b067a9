// The environment: defaults, and one sentence for each bad variable.
import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { EnvironmentError, readEnvironment } from './environment';

function problems(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

test('nothing set: everything embedded, with a demonstration', () => {
  const environment = readEnvironment({});
  expect(environment).toMatchObject({
    port: 3000,
    databaseUrl: null,
    electricUrl: null,
    electricSecret: null,
    authSecret: null,
    publicUrl: null,
    demo: true,
    production: false,
  });
  expect(isAbsolute(environment.dataDir)).toBe(true);
  expect(readEnvironment({ PORT: '', DATABASE_URL: '' })).toEqual(environment);
});

test('a database of one’s own: no demonstration unless asked for', () => {
  const DATABASE_URL = 'postgresql://u:p@db:5432/outpost';
  expect(readEnvironment({ DATABASE_URL }).demo).toBe(false);
  expect(readEnvironment({ DATABASE_URL, DEMO: '1' }).demo).toBe(true);
  expect(readEnvironment({ DEMO: '0' }).demo).toBe(false);
});

test('addresses lose their trailing slash', () => {
  const environment = readEnvironment({
    DATABASE_URL: 'postgres://db/x',
    ELECTRIC_URL: 'http://electric:3000/',
    PUBLIC_URL: 'https://station.example/',
  });
  expect(environment.electricUrl).toBe('http://electric:3000');
  expect(environment.publicUrl).toBe('https://station.example');
});

test.each([
  ['PORT', { PORT: '70000' }],
  ['PORT', { PORT: 'http' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://db/x' }],
  ['ELECTRIC_URL', { ELECTRIC_URL: 'electric:3000', DATABASE_URL: 'postgres://db/x' }],
  ['ELECTRIC_URL', { ELECTRIC_URL: 'http://electric:3000' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'station.example' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'https://station.example/outpost' }],
  ['AUTH_SECRET', { AUTH_SECRET: 'short' }],
  ['AUTH_SECRET', { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/x' }],
  ['DEMO', { DEMO: 'yes' }],
] as const)('%s that cannot be meant is one sentence that names it', (name, variables) => {
  const found = problems(variables);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${name}\\b.*\\.$`));
});

test('several bad variables are told at once', () => {
  expect(problems({ PORT: 'x', DEMO: 'x', PUBLIC_URL: 'x' })).toHaveLength(3);
});
