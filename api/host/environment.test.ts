// The environment: defaults, and one sentence for each bad variable.
import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientAddress, isLoopback, trustedProxies } from './address';
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
    host: '127.0.0.1',
    reachable: false,
    demo: true,
    trustedProxies: [],
    signUp: 'open',
    mail: null,
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
  ['LISTEN', { LISTEN: 'everywhere' }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/8, proxy' }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/33' }],
  ['SIGN_UP', { SIGN_UP: 'closed' }],
  ['SMTP_URL', { SMTP_URL: 'mail.example.org', MAIL_FROM: 'a@b.example', PUBLIC_URL: 'https://a.example' }],
  ['SMTP_URL', { SMTP_URL: 'smtp://mail.example.org', PUBLIC_URL: 'https://a.example' }],
  ['SMTP_URL', { SMTP_URL: 'smtp://mail.example.org', MAIL_FROM: 'a@b.example' }],
  ['MAIL_FROM', { MAIL_FROM: 'nobody' }],
] as const)('%s that cannot be meant is one sentence that names it', (name, variables) => {
  const found = problems(variables);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${name}\\b.*\\.$`));
});

test('several bad variables are told at once', () => {
  expect(problems({ PORT: 'x', DEMO: 'x', PUBLIC_URL: 'x' })).toHaveLength(3);
});

describe('what others can reach', () => {
  const here = ['127.0.0.1', '127.8.9.1', '::1', 'localhost'];
  const hosts = {
    here: ['localhost', '127.0.0.1', '[::1]', 'outpost.localhost', '127.1.2.3'],
    elsewhere: ['station.example', '192.0.2.7', '[2001:db8::1]', 'localhost.example', '128.0.0.1'],
  };
  const optional = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const anyEnvironment = fc.record({
    LISTEN: optional(...here, '0.0.0.0', '::', '192.0.2.1'),
    publicHost: optional(...hosts.here, ...hosts.elsewhere),
    scheme: fc.constantFrom('http', 'https'),
    NODE_ENV: optional('production', 'development'),
    DATABASE_URL: optional('postgres://db/x'),
    DEMO: optional('0', '1'),
    TRUSTED_PROXIES: optional('127.0.0.1'),
  });

  test('the demonstration is shut and limits hold wherever anything but this machine gets in', () => {
    fc.assert(
      fc.property(anyEnvironment, ({ publicHost, scheme, ...rest }) => {
        const AUTH_SECRET = 'a secret that is long enough for it';
        const PUBLIC_URL = publicHost && `${scheme}://${publicHost}`;
        const environment = readEnvironment({ ...rest, AUTH_SECRET, PUBLIC_URL });
        const told = publicHost !== undefined && hosts.elsewhere.includes(publicHost);
        const listens = !here.includes(environment.host);
        expect(environment.reachable).toBe(told || listens || rest.NODE_ENV === 'production');
        if (environment.reachable && rest.DEMO !== '1') expect(environment.demo).toBe(false);
        if (rest.DEMO === '1') expect(environment.demo).toBe(true);
        // Nothing opens a port to others but an address of theirs, or the word for it.
        if (rest.LISTEN === undefined) expect(listens).toBe(told);
        else expect(environment.host).toBe(rest.LISTEN);
      }),
      { numRuns: 2_000, seed: 20260 },
    );
  });

  test('a name is this machine only if it cannot be another', () => {
    for (const host of [...here, ...hosts.here]) expect([host, isLoopback(host)]).toEqual([host, true]);
    for (const host of [...hosts.elsewhere, '0.0.0.0', '::', '']) {
      expect([host, isLoopback(host)]).toEqual([host, false]);
    }
  });
});

describe('the address of a request', () => {
  const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']);

  test('is the socket’s, whatever is forwarded, where no proxy is named', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (peer, said) => {
        expect(clientAddress(peer, said.join(','), trustedProxies([]))).toBe(peer);
      }),
      { seed: 20260 },
    );
  });

  test('behind named proxies is the first that no named one vouches for; what is further left is hearsay', () => {
    const named = fc.constantFrom('10.1.2.3', '10.255.0.1', '2001:db8::7', '127.0.0.1');
    const client = fc.ipV4().filter((address) => !proxies.has(address));
    fc.assert(
      fc.property(named, fc.array(named), client, fc.array(fc.ipV4()), (peer, chain, from, hearsay) => {
        const forwarded = [...hearsay, from, ...chain].join(', ');
        expect(clientAddress(peer, forwarded, proxies)).toBe(from);
        expect(clientAddress(`::ffff:${from}`, forwarded, proxies)).toBe(from);
      }),
      { seed: 20260 },
    );
  });

  test('is the last known one when a proxy says nonsense or nothing', () => {
    for (const forwarded of [null, '', 'unknown', '198.51.100.1, unknown']) {
      expect(clientAddress('10.0.0.1', forwarded, proxies)).toBe('10.0.0.1');
    }
    expect(clientAddress(undefined, '198.51.100.1', proxies)).toBe('unknown');
  });
});
