// Fair turns, by property: any people with any amount of work, in any order of ending.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClientGone } from '../../electric/proxy';
import { Turns } from './turns';

interface Job {
  readonly person: string;
  readonly end: () => void;
}

/** Hands out ends of jobs as they begin. */
function bench(turns: Turns) {
  const begun: Job[] = [];
  const done: Promise<unknown>[] = [];
  return {
    begun,
    add(person: string, amount = 1, signal?: AbortSignal) {
      const work = () => new Promise<void>((end) => begun.push({ person, end }));
      const running = turns.run(person, amount, work, signal);
      done.push(running.catch(() => {}));
      return running;
    },
    all: () => Promise.all(done),
  };
}

/** Lets everything that is ready run. */
const settle = () => new Promise((done) => setImmediate(done));

test('A5: never more at once than one person, and all together, may have, and all get their turn', async () => {
  const people = fc.constantFrom('ada', 'ben', 'eve');
  await fc.assert(
    fc.asyncProperty(
      fc.array(people, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.nat()),
      async (jobs, perPerson, atOnce, picks) => {
        const turns = new Turns({ perPerson, atOnce, waiting: 100 });
        const { begun, add, all } = bench(turns);
        for (const person of jobs) void add(person);
        let ended = 0;
        for (await settle(); ended < jobs.length; await settle()) {
          expect(begun.length).toBeGreaterThan(0);
          expect(begun.length).toBeLessThanOrEqual(atOnce);
          for (const person of ['ada', 'ben', 'eve']) {
            expect(begun.filter((job) => job.person === person).length).toBeLessThanOrEqual(perPerson);
          }
          begun.splice(picks.next().value! % begun.length, 1)[0]!.end();
          ended++;
        }
        await all();
        for (const person of jobs) expect([turns.running(person), turns.waiting(person)]).toEqual([0, 0]);
      },
    ),
    { numRuns: 100 },
  );
});

test('A5: whoever comes to a queue full of another’s work is served next', async () => {
  const { begun, add } = bench(new Turns({ perPerson: 1, atOnce: 1, waiting: 100 }));
  for (let i = 0; i < 20; i++) void add('greedy');
  void add('ben');
  await settle();
  expect(begun.map((job) => job.person)).toEqual(['greedy']);
  begun[0]!.end();
  await settle();
  expect(begun.map((job) => job.person)).toEqual(['greedy', 'ben']);
});

test('A5: more than a person may have waiting is refused, and costs nobody else', async () => {
  const { add } = bench(new Turns({ perPerson: 1, waiting: 10 }));
  void add('greedy');
  void add('greedy', 9);
  await expect(add('greedy', 2)).rejects.toMatchObject({ kind: 'busy', retryAfter: 2 });
  const accepted = add('ben', 50);
  await expect(Promise.race([accepted, settle()])).resolves.toBeUndefined();
});

test('A5: what nobody waits for any more is not begun', async () => {
  const { begun, add } = bench(new Turns({ perPerson: 1, waiting: 10 }));
  void add('ada');
  const gone = new AbortController();
  const left = add('ada', 1, gone.signal);
  void add('ada');
  gone.abort();
  await expect(left).rejects.toBeInstanceOf(ClientGone);
  begun[0]!.end();
  await settle();
  expect(begun).toHaveLength(2);
});
