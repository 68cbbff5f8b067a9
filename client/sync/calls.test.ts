// The table of calls: what is asked of a store arrives at who answers, as its entry says, and the answer comes back.
import { expect, test } from 'vitest';
import { type Answering, type AnyCall, answer, askedOf, calls, passedBy } from './calls';
import { compiler } from './facade';

interface Labels {
  readonly label: { readonly name: string };
}

function recorder() {
  const sent: AnyCall[] = [];
  const by = passedBy(async (call) => {
    sent.push(call as AnyCall);
    return `answer to ${call.method}` as never;
  });
  return { sent, by };
}

test('every method of the table is passed on as plain data, by both ends of the bridge', async () => {
  const there = recorder();
  // What crosses threads is cloned.
  const here = passedBy((call) => answer(there.by, structuredClone(call)));
  expect(Object.keys(here).sort()).toEqual(Object.keys(calls).sort());
  const asked = askedOf(here);
  const statement = compiler<Labels>().insertInto('label').values({ name: 'a' });
  expect(await asked.write(statement)).toBe('answer to write');
  expect(await asked.read(statement)).toBe('answer to read');
  await asked.resend('refused', { name: 'b' });
  await asked.remove({ discardUnsent: true });
  await asked.wake();
  const query = { sql: 'insert into "label" ("name") values ($1)', parameters: ['a'] };
  const request = expect.stringMatching(/^[0-9a-f-]{36}$/);
  expect(there.sent).toEqual([
    { method: 'write', args: [request, [query]] },
    { method: 'read', args: [query] },
    { method: 'resend', args: [request, 'refused', { name: 'b' }] },
    { method: 'remove', args: [{ discardUnsent: true }] },
    { method: 'wake', args: [] },
  ]);
});

test('W2: each transaction that is asked for is a request of its own', async () => {
  const { sent, by } = recorder();
  const asked = askedOf(by);
  for (let i = 0; i < 2; i++) await asked.undo({ n: 1, changes: [] });
  expect(new Set(sent.map(({ args }) => args[0])).size).toBe(2);
});

test('a method that an older leader does not have fails and leaves the rest alone', async () => {
  const { wake, ...older } = recorder().by;
  await expect(answer(older as Answering, { method: 'wake', args: [] })).rejects.toThrow(TypeError);
});
