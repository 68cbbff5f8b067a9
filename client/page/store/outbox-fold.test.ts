// Unsent updates of bodies are folded into few rows while a device is offline. Nothing of them is lost, nothing else
// moves out of its order, and the counters have no gap, whatever the network does meanwhile.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { textOfUpdates } from '../../../db/page/text';
import { startTestApi, type TestApi } from '../../../scripts/testing/api';
import { type Device, openDevice } from '../../../scripts/testing/device';
import { addParagraph, textIn, type } from '../../../scripts/testing/document';
import { openStation, type Station } from '../../../scripts/testing/station';
import { until } from '../../../scripts/testing/until';
import { type DocumentHandle, openDocument } from './document';

const FOLD_EVERY = 3;
let api: TestApi;
let station: Station;
let device: Device | undefined;

beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
});
afterEach(async () => {
  await device?.close();
  device = undefined;
});
afterAll(async () => {
  await station.close();
  await api.stop();
});

async function freshDevice(foldEvery?: number): Promise<Device> {
  device = await openDevice(api.url, station.ada, foldEvery ? { foldEvery } : {});
  await device.settled();
  return device;
}

const open = async (on: Device, documentId: string): Promise<DocumentHandle> => {
  const handle = openDocument(on.store, { workspaceId: station.workspaceId, documentId, live: null });
  await handle.loaded;
  return handle;
};

const counters = async (on: Device) =>
  (await on.rows<{ n: string }>('select distinct n from sync.outbox where verdict is null order by n')).map(
    (row) => Number(row.n),
  );

const textOnServer = async (documentId: string) => {
  const { rows } = await api.pool.query<{ update: Buffer }>(
    'select update from document_update where document_id = $1',
    [documentId],
  );
  return textOfUpdates(rows.map((row) => row.update));
};

test('D1: five thousand letters typed offline are few rows, sent as such, and no letter is lost', async () => {
  const a = await freshDevice();
  const id = crypto.randomUUID();
  const handle = await open(a, id);
  addParagraph(handle.doc);
  a.offline();
  let text = '';
  for (let i = 0; i < 1_000; i++) {
    const word = `w${String(i).padStart(3, '0')}.`;
    text += word;
    type(handle, word);
    await handle.flush();
  }
  await until('they are folded', async () => (await counters(a)).length < 70);
  const left = await counters(a);
  expect(left).toEqual(left.map((_, i) => left[0]! + i));
  await handle.close();
  a.online();
  await a.settled();
  expect(await textOnServer(id)).toBe(text);
  const again = await open(a, id);
  expect(textIn(again.doc)).toBe(text);
  await again.close();
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('type' as const),
      page: fc.integer({ min: 0, max: 1 }),
      times: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mend' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose-answer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('all-sent' as const) }) },
);

test('D1, W2: folding at any moment loses nothing and repeats nothing, whatever the network does', async () => {
  const a = await freshDevice(FOLD_EVERY);
  const project = await station.project(a);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const ids = [crypto.randomUUID(), crypto.randomUUID()];
      const handles = await Promise.all(ids.map((id) => open(a, id)));
      for (const handle of handles) addParagraph(handle.doc);
      const task = await station.task(a, project, 'new');
      const texts = ['', ''];
      let title = 'new';
      for (const [i, s] of steps.entries()) {
        switch (s.do) {
          case 'type':
            for (let k = 0; k < s.times; k++) {
              texts[s.page] += `${i}.${k};`;
              type(handles[s.page]!, `${i}.${k};`);
              await handles[s.page]!.flush();
            }
            break;
          case 'rename':
            title = `title ${i}`;
            await a.write('update task set title = $1 where id = $2', title, task);
            break;
          case 'cut':
            a.offline();
            break;
          case 'mend':
            a.online();
            break;
          case 'lose-answer':
            a.network.loseAnswers = 1;
            break;
          case 'repeat':
            a.network.repeat = 1;
            break;
          case 'all-sent':
            a.online();
            await until('all is answered', async () => (await counters(a)).length === 0);
        }
      }
      await Promise.all(handles.map((handle) => handle.close()));
      const left = await counters(a);
      expect(left).toEqual(left.map((_, i) => left[0]! + i));
      a.network.loseAnswers = 0;
      a.network.repeat = 0;
      a.online();
      await a.settled();
      for (const [i, id] of ids.entries()) {
        expect(await textOnServer(id)).toBe(texts[i]);
        const rows = await a.rows<{ update: Uint8Array }>(
          'select update from document_update where document_id = $1',
          id,
        );
        expect(textOfUpdates(rows.map((row) => row.update))).toBe(texts[i]);
      }
      const stored = await api.pool.query<{ title: string }>('select title from task where id = $1', [task]);
      expect(stored.rows[0]?.title).toBe(title);
      expect(await a.rows('select from sync.refused')).toEqual([]);
      expect(await a.rows('select from sync.base')).toEqual([]);
    }),
    { numRuns: Number(process.env.OUTPOST_HISTORIES ?? 8), endOnFailure: false, verbose: 1 },
  );
}, 180_000);
