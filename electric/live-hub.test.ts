// Any interleaving of writes, devices, lost memberships and an upstream that fails: each device gets exactly what requests
// of its own would have got, in order, nothing that it may not read, and never a claim that is ahead of its rows.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { schema } from '../db/tables';
import { KnownPolls } from './known-polls';
import type { LiveDoor } from './live';
import { LiveHub } from './live-hub';
import { Electric, longPoll } from './testing/electric';
import { Device, Person, tables, workspaces } from './testing/followers';

const people = ['ada', 'ben', 'eve'];

// The clock is the test's: it goes on only when told to.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const index = fc.nat(100);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), on: index, count: fc.nat(4) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 4, 9, 50) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(2_500, 21_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break' as const), on: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const), on: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('member' as const), on: index, of: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      on: index,
      how: fc.constantFrom('busy' as const, 'malformed' as const, 'broken' as const, 'cut' as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World {
  readonly electric: Electric;
  readonly people: readonly Person[];
  readonly devices: readonly Device[];
  door: LiveDoor;
}

async function carryOut(one: Step, { electric, people, devices, door }: World, world: World): Promise<void> {
  const shapes = [...electric.shapes.values()];
  const shape = 'on' in one ? shapes[one.on % shapes.length]! : null;
  if (one.kind === 'wait') await vi.advanceTimersByTimeAsync(one.ms);
  else if (one.kind === 'forget') world.door = { hub: door.hub, known: new KnownPolls(), schema };
  else if (one.kind === 'break') devices[one.on % devices.length]!.breakOff();
  else if (one.kind === 'member') {
    people[one.on % people.length]!.change(workspaces[one.of % workspaces.length]!);
  } else if (one.kind === 'write') for (let i = 0; i <= one.count; i++) electric.write(shape!);
  else {
    if (one.kind === 'fail') shape!.fails.push(one.how);
    else Object.assign(shape!, { handle: shape!.handle + 1, log: [...shape!.log.slice(-3)] });
    electric.wake(shape!);
  }
}

test('R1, R6, A1: each device gets what requests of its own would have got, whatever happens in between', async () => {
  const behind = fc.array(fc.nat(5), { minLength: 2, maxLength: 7 });
  const run = async (part: number, linger: number, behinds: number[], steps: Step[]) => {
    const electric = new Electric(part, [longPoll, 3_000, 12_000]);
    const crew = people.map((id) => new Person(id));
    const hub = new LiveHub(electric.upstream, { lingerMs: linger, patienceMs: longPoll });
    const world: World = {
      electric,
      people: crew,
      devices: [],
      door: { hub, known: new KnownPolls(), schema },
    };
    for (const workspace of workspaces) {
      for (const { id } of crew) {
        for (const table of tables) {
          const shape = electric.shape(table, workspace, id);
          for (let i = 0; i < 5 && shape.log.length < 5; i++) electric.write(shape);
        }
      }
    }
    const devices = behinds.map(
      (b, i) => new Device(crew[i % crew.length]!, electric, () => world.door, b, i % 2 === 1),
    );
    const running = devices.map((device) => device.run());
    const failed = Promise.all(running).then(() => new Promise<never>(() => {}));
    failed.catch(() => {});
    const all = { ...world, devices };
    for (const one of steps) {
      await Promise.race([carryOut(one, { ...all, door: world.door }, world), failed]);
      for (const device of devices) device.check(false);
    }
    for (const shape of electric.shapes.values()) shape.fails = [];
    await Promise.race([vi.advanceTimersByTimeAsync(2_000), failed]);
    for (const device of devices) device.check(true);
    for (const device of devices) {
      device.stopped = true;
      device.breakOff();
    }
    await Promise.all([vi.advanceTimersByTimeAsync(100), ...running]);
    // Nothing is left behind.
    await vi.advanceTimersByTimeAsync(2 * linger + longPoll);
    expect(hub.size).toEqual({ asking: 0, kept: 0 });
    expect(electric.open).toBe(0);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(10, 3_000),
      behind,
      fc.array(step, { minLength: 5, maxLength: 60 }),
      run,
    ),
    { numRuns: 150 },
  );
}, 120_000);

/** So many devices of one workspace, up to date. */
function crewOf(count: number, electric: Electric) {
  const door = { hub: new LiveHub(electric.upstream), known: new KnownPolls(), schema };
  const devices = Array.from({ length: count }, (_, i) => {
    return new Device(new Person(`p${i}`), electric, () => door, 0);
  });
  const running = Promise.all(devices.map((device) => device.run()));
  const stop = async () => {
    for (const device of devices) {
      device.stopped = true;
      device.breakOff();
    }
    await vi.advanceTimersByTimeAsync(100);
    await running;
    door.hub.close();
  };
  return { devices, stop };
}

test('A5: what a write asks of the upstream does not grow with those who are there', async () => {
  const asked = async (count: number) => {
    const electric = new Electric(10);
    const { devices, stop } = crewOf(count, electric);
    await vi.advanceTimersByTimeAsync(50);
    const before = electric.asked;
    for (let i = 0; i < 20; i++) {
      electric.write(electric.shape('task', workspaces[0]!, ''));
      await vi.advanceTimersByTimeAsync(50);
    }
    for (const device of devices) device.check(true);
    expect(devices.every(({ answers }) => answers === 20)).toBe(true);
    await stop();
    return electric.asked - before;
  };
  // One for each write, at the place behind it; the others go on waiting.
  expect(await asked(3)).toBe(20);
  expect(await asked(50)).toBe(20);
});

test('A5: whoever waits in peace is answered once in 20 s, though the polls upstream end at other times', async () => {
  const electric = new Electric(10);
  const { devices, stop } = crewOf(5, electric);
  const shapes = [...electric.shapes.values()];
  for (let i = 0; i < 15; i++) {
    electric.write(shapes[i % shapes.length]!);
    await vi.advanceTimersByTimeAsync(1_300);
  }
  const before = devices.map(({ answers }) => answers);
  await vi.advanceTimersByTimeAsync(5 * longPoll);
  for (const [i, { answers }] of devices.entries()) {
    expect(answers - before[i]!).toBeGreaterThanOrEqual(4);
    expect(answers - before[i]!).toBeLessThanOrEqual(7);
  }
  await stop();
});

test('R6: an upstream that says sooner that nothing has happened is passed on when it does', async () => {
  const { devices, stop } = crewOf(2, new Electric(10, [500]));
  await vi.advanceTimersByTimeAsync(5_000);
  for (const { answers } of devices) expect(answers).toBeGreaterThanOrEqual(4);
  await stop();
});
