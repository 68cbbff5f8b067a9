// A device whose database was replaced, and the server: what was not sent arrives, once, and all have the same in the end.
// The seed of a random run is printed when it fails; REPLACED_RUNS gives their number.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { Disk } from './disk/disk';
import { entriesOf, fill, tarOf } from './disk/image';
import { MemoryHandle } from './disk/memory-handle';

const runs = Number(process.env.REPLACED_RUNS ?? 4);
let api: TestApi;
let station: Station;
let b: Device;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
  b = await station.device(station.ben);
});
afterEach(() => station.close());

/** A device of Ada's that can be replaced. */
class Replaceable {
  #successor: Uint8Array<ArrayBuffer> | null = null;
  private constructor(
    private readonly of: Station,
    public device: Device,
  ) {}

  static async open(of: Station): Promise<Replaceable> {
    const own = new Replaceable(of, null as unknown as Device);
    await own.#open();
    await own.device.settled();
    return own;
  }

  async #open(prepared?: Blob, isOffline = false): Promise<void> {
    this.device = await openDevice(this.of.api.url, this.of.ada, {
      ...(prepared ? { prepared } : {}),
      succeed: async (image) => {
        this.#successor = image;
      },
      network: (network) => isOffline && network.cut(),
    });
  }

  /** Goes on with what took the place of its database. */
  async replace(run: (device: Device) => Promise<unknown>): Promise<void> {
    await run(this.device);
    const isOffline = !this.device.network.up;
    await this.device.close();
    const handle = new MemoryHandle();
    await fill(handle, new Blob([this.#successor!]).stream());
    await this.#open(new Blob([tarOf(entriesOf(Disk.open(handle))) as BlobPart]), isOffline);
  }

  readonly reset = () => this.replace(({ engine }) => engine.reset(crypto.randomUUID()));
  readonly restore = (file: Blob) => this.replace(({ engine }) => engine.restore(crypto.randomUUID(), file));
}

const titles = async (device: Device) =>
  (await device.rows<{ title: string }>('select title from task order by title')).map(({ title }) => title);

async function isOnServer(id: string): Promise<boolean> {
  return (await api.pool.query('select from task where id = $1', [id])).rows.length > 0;
}

test('W1: a reset without a network keeps what was written, shows it, and sends it when the network is back', async () => {
  const a = await Replaceable.open(station);
  const project = await station.project(a.device);
  const old = await station.task(a.device, project, 'old');
  await station.shows('old', old, b);
  a.device.offline();
  await a.device.write("update task set title = 'changed' where id = $1", old);
  const made = await station.task(a.device, project, 'made');
  await a.reset();
  expect(a.device.store.status()).toMatchObject({ unsent: 2, upToDate: false });
  expect(await titles(a.device)).toEqual(['changed', 'made']);
  a.device.online();
  await station.shows('changed', old, b);
  await station.shows('made', made, b);
  await station.expectSame(a.device, b);
  await a.device.close();
});

test('W2: a reset while an answer is lost sends again under the same counter: it takes effect once', async () => {
  const a = await Replaceable.open(station);
  const project = await station.project(a.device);
  await a.device.settled();
  a.device.network.loseAnswers = 1;
  const id = await station.task(a.device, project, 'once');
  await until('it has arrived', () => isOnServer(id));
  await b.settled();
  await until('the answer is lost', () => a.device.network.loseAnswers === 0);
  await a.reset();
  await station.expectSame(a.device, b);
  expect(await titles(b)).toEqual(['once']);
  await a.device.close();
});

test('R1: a backup of before is restored, and converges with the server: nothing is doubled, nothing is lost', async () => {
  const a = await Replaceable.open(station);
  const project = await station.project(a.device);
  const t = await station.task(a.device, project, 'first');
  await station.shows('first', t, b);
  a.device.offline();
  const waiting = await station.task(a.device, project, 'waiting then');
  const file = await a.device.engine.backUp();
  a.device.online();
  // What waited then is sent; somebody deletes it; more is written here and there.
  await station.shows('waiting then', waiting, b);
  await b.write('delete from task where id = $1', waiting);
  await b.write("update task set title = 'by Ben' where id = $1", t);
  await station.shows('by Ben', t, a.device);
  await station.shows(undefined, waiting, a.device);
  a.device.offline();
  const later = await station.task(a.device, project, 'waiting now');
  await a.restore(file);
  // The rows of then, and the work of both.
  expect(await titles(a.device)).toEqual(['first', 'waiting now', 'waiting then']);
  a.device.online();
  await station.shows('waiting now', later, b);
  await station.expectSame(a.device, b);
  expect(await titles(b)).toEqual(['by Ben', 'waiting now']);
  await a.device.close();
});

test(
  'W1, R1: resets and restores at any time, with and without a network, lose and double nothing',
  async () => {
    const step = fc.constantFrom(
      'write',
      'write',
      'change',
      'offline',
      'online',
      'back up',
      'restore',
      'reset',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        const a = await Replaceable.open(station);
        const project = await station.project(a.device);
        const expected = new Map<string, string>();
        let file: Blob | null = null;
        for (const [i, what] of steps.entries()) {
          const { device } = a;
          const projectIsHere = (await device.rows('select from project where id = $1', project)).length > 0;
          if (what === 'offline') device.offline();
          else if (what === 'online') device.online();
          else if (what === 'back up') file = await device.engine.backUp();
          else if (what === 'restore' && file) await a.restore(file);
          else if (what === 'reset') await a.reset();
          else if (what === 'write' && projectIsHere)
            expected.set(await station.task(device, project, `t${i}`), `t${i}`);
          else if (what === 'change') {
            const [row] = await device.rows<{ id: string }>(
              'select id from task where project_id = $1 limit 1',
              project,
            );
            if (!row) continue;
            await device.write('update task set title = $2 where id = $1', row.id, `c${i}`);
            expected.set(row.id, `c${i}`);
          }
        }
        a.device.online();
        await station.expectSame(a.device, b);
        const there = await b.rows<{ id: string; title: string }>(
          'select id, title from task where project_id = $1',
          project,
        );
        expect(new Map(there.map(({ id, title }) => [id, title]))).toEqual(expected);
        await a.device.close();
      }),
      { numRuns: runs },
    );
  },
  60_000 + runs * 60_000,
);
