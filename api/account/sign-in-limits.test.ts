// Guessing passwords: limits per account and per address, and nobody else locked out by it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { signInLimits } from './sign-in-limits';

const publicUrl = 'https://station.example';
let api: TestApi;
let people = 0;
beforeAll(async () => {
  api = await startTestApi({ publicUrl, rateLimit: true, trustedProxies: ['127.0.0.1', '::1'] });
});
afterAll(() => api.stop());

interface Account {
  readonly email: string;
  readonly password: string;
}

async function account(): Promise<Account> {
  const made = { email: `p${++people}@example.org`, password: 'the right password' };
  await api.auth.signUp({ name: 'Ada', ...made });
  return made;
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}, at = api) =>
  fetch(`${at.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: publicUrl, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const signIn = async (from: string, { email, password }: Account) =>
  (await post('/api/auth/sign-in/email', { email, password }, { 'x-forwarded-for': from })).status;
const guess = (from: string, { email }: Account, n = 0) => signIn(from, { email, password: `guess ${n}` });
let addresses = 0;
const someAddress = () => `198.51.${100 + (addresses >> 8)}.${++addresses & 255}`;

test('A5: one account is guessed so often and no more, from however many addresses, at once or in turn', async () => {
  const most = signInLimits.account.failures;
  for (const together of [false, true]) {
    const ada = await account();
    const tries = Array.from({ length: most + 6 }, (_, n) => () => guess(someAddress(), ada, n));
    const statuses = together
      ? await Promise.all(tries.map((run) => run()))
      : await tries.reduce<Promise<number[]>>(
          async (sofar, run) => [...(await sofar), await run()],
          Promise.resolve([]),
        );
    expect(statuses.filter((status) => status === 401)).toHaveLength(most);
    expect(statuses.filter((status) => status === 429)).toHaveLength(6);
    // The right one, from an address that never signed in, would be a guess too.
    expect(await signIn(someAddress(), ada)).toBe(429);
  }
});

test('A5: guesses of others do not lock a person out where they have signed in before', async () => {
  const ada = await account();
  const home = someAddress();
  expect(await signIn(home, ada)).toBe(200);
  for (let n = 0; n < signInLimits.account.failures + 1; n++) await guess(someAddress(), ada, n);
  expect(await guess(someAddress(), ada)).toBe(429);
  expect(await signIn(home, ada)).toBe(200);
  // But there, too, one can be wrong so often only.
  let last = 0;
  for (let n = 0; n < signInLimits.account.failures + 1; n++) last = await guess(home, ada, n);
  expect(last).toBe(429);
});

test('A5: an address that many share is shut for guesses, not for those who sign in rightly', async () => {
  const shared = someAddress();
  const crew = await Promise.all(Array.from({ length: 25 }, account));
  expect(new Set(await Promise.all(crew.map((one) => signIn(shared, one))))).toEqual(new Set([200]));
  let last = 0;
  for (let n = 0; n < signInLimits.address.failures + 1; n++) last = await guess(shared, await account(), n);
  expect(last).toBe(429);
  expect(await signIn(shared, crew[0]!)).toBe(200);
  const answer = await post(
    '/api/auth/sign-in/email',
    { ...(await account()) },
    { 'x-forwarded-for': shared },
  );
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1);
  expect(await answer.json()).toMatchObject({
    error: { kind: 'busy', sentence: expect.stringContaining('from your network') },
  });
});

test('A5: a typing mistake before the right password is forgotten', async () => {
  const ada = await account();
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < signInLimits.address.failures - 3; n++) await guess(someAddress(), ada, n);
    expect(await signIn(someAddress(), ada)).toBe(200);
  }
});

test('a forwarded address is believed from a named proxy only', async () => {
  const plain = await startTestApi({ publicUrl, rateLimit: true });
  try {
    const statuses: number[] = [];
    for (let n = 0; n < signInLimits.address.failures + 2; n++) {
      const body = { email: `nobody${n}@example.org`, password: 'a guess at it' };
      const headers = { 'x-forwarded-for': someAddress(), 'x-outpost-address': someAddress() };
      statuses.push((await post('/api/auth/sign-in/email', body, headers, plain)).status);
    }
    expect(statuses.at(-1)).toBe(429);
  } finally {
    await plain.stop();
  }
});

describe('what is counted is what is tried', () => {
  test('a body that two readers read differently is not read', async () => {
    const ada = await account();
    const form = `{"email":"nobody@example.org","password":"x","a":"&email=${ada.email}&password=${ada.password}&b="}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': someAddress() };
    expect((await post('/api/auth/sign-in/email', form, type)).status).toBe(401);
    const plain = `email=${ada.email}&password=${encodeURIComponent(ada.password)}`;
    expect((await post('/api/auth/sign-in/email', plain, type)).status).toBe(400);
  });

  test('an address in other letters is the same account', async () => {
    const ada = await account();
    const statuses: number[] = [];
    for (let n = 0; n <= signInLimits.account.failures; n++) {
      const email = n % 2 ? ada.email.toUpperCase() : ada.email;
      statuses.push(await guess(someAddress(), { ...ada, email }, n));
    }
    expect(statuses.at(-1)).toBe(429);
  });

  test('guesses at the current password of an open session count as well', async () => {
    const ada = await account();
    const session = await post('/api/auth/sign-in/email', ada, { 'x-forwarded-for': someAddress() });
    const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!;
    const change = async (n: number) =>
      (
        await post(
          '/api/auth/change-password',
          { currentPassword: `guess ${n}`, newPassword: 'another long password' },
          { cookie, 'x-forwarded-for': someAddress() },
        )
      ).status;
    const statuses: number[] = [];
    for (let n = 0; n <= signInLimits.account.failures; n++) statuses.push(await change(n));
    expect(statuses.at(0)).toBe(400);
    expect(statuses.at(-1)).toBe(429);
  });
});

test('failures are forgotten after their time', async () => {
  const ada = await account();
  for (let n = 0; n < signInLimits.account.failures + 1; n++) await guess(someAddress(), ada, n);
  expect(await signIn(someAddress(), ada)).toBe(429);
  await api.pool.query("update auth.sign_in_failure set since = since - interval '16 minutes'");
  expect(await signIn(someAddress(), ada)).toBe(200);
});
