// The words of bodies on a device, when somebody hostile has made one that takes for ever to put together.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../scripts/testing/api';
import { type Device, openDevice } from '../../../scripts/testing/device';
import { updateSaying } from '../../../scripts/testing/document';
import { hostileUpdates } from '../../../scripts/testing/hostile';
import { openStation, type Station } from '../../../scripts/testing/station';
import { until } from '../../../scripts/testing/until';
import { openDocument } from './document';
import { DocumentWords, words } from './document-words';
import { startWordsThread } from './words-thread-node';

let api: TestApi;
let station: Station;
let device: Device;

beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
  device = await openDevice(api.url, station.ada, { wordsLimit: 1_500 });
  await device.settled();
});
afterAll(async () => {
  await device.close();
  await station.close();
  await api.stop();
});

/** As others' rows come to the server. */
async function insert(documentId: string, ...updates: Uint8Array[]): Promise<void> {
  await api.pool.query(
    `insert into document_update (id, workspace_id, document_id, update)
     select gen_random_uuid(), $1, $2, u from unnest($3::bytea[]) u`,
    [station.workspaceId, documentId, updates.map((u) => Buffer.from(u))],
  );
}

interface Noted {
  readonly body: string;
  readonly too_costly: number;
  readonly rests: boolean;
}

async function noted(documentId: string): Promise<Noted | undefined> {
  const rows = await device.rows<Noted>(
    'select body, too_costly, retry_at > now() as rests from sync.document_text where document_id = $1',
    documentId,
  );
  return rows[0];
}

const isMarked = async (documentId: string) =>
  (await device.rows('select from sync.document_dirty where document_id = $1', documentId)).length === 1;

test('D2, D3: a body that takes too long to put together holds up no other on a device, and loses nothing', async () => {
  const [costly, small, large] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const hostile = hostileUpdates(300, 60);
  await insert(costly, ...hostile);
  await insert(small, updateSaying('diesel'));
  // Large enough to be put together in the thread, after the one that was ended.
  await insert(large, updateSaying(`${'mast '.repeat(20_000)}antenna`));

  let slowest = 0;
  await until('the words of all are made', async () => {
    const began = performance.now();
    const all = await Promise.all([costly, small, large].map(noted));
    slowest = Math.max(slowest, performance.now() - began);
    return all.every(Boolean);
  });
  // A read of the person never waited for it.
  expect(slowest).toBeLessThan(1_000);

  // Whoever opens it is told, and the tab goes on.
  const handle = openDocument(device.store, {
    workspaceId: station.workspaceId,
    documentId: costly,
    live: null,
  });
  await expect(handle.loaded).rejects.toMatchObject({ kind: 'unreadable' });
  expect(handle.status()).toMatchObject({ loaded: false, unreadable: expect.stringContaining('too long') });
  await handle.close();
  expect(await noted(small)).toMatchObject({ body: 'diesel', too_costly: 0 });
  expect((await noted(large))?.body).toContain('antenna');
  expect(await noted(costly)).toEqual({ body: '', too_costly: 1, rests: true });
  const kept = await device.rows('select from document_update where document_id = $1', costly);
  expect(kept).toHaveLength(300);

  // Written to during its pause: it stays marked, and only the others have their turn.
  const next = crypto.randomUUID();
  await insert(costly, updateSaying('more'));
  await insert(next, updateSaying('next'));
  await until('the next one has its words', async () => (await noted(next))?.body === 'next');
  await until('it is marked', () => isMarked(costly));
  expect(await noted(costly)).toMatchObject({ too_costly: 1 });

  // After the pause it has its turn again, and when it is not too costly any more, its words.
  await api.pool.query('delete from document_update where document_id = $1', [costly]);
  await insert(costly, updateSaying('in the end'));
  await until('the rows are gone', async () => {
    const rows = await device.rows('select from document_update where document_id = $1', costly);
    return rows.length === 1;
  });
  await device.rows('update sync.document_text set retry_at = now() where document_id = $1', costly);
  await insert(small, updateSaying('wake'));
  await until('its words are there', async () => (await noted(costly))?.body === 'in the end');
  expect(await noted(costly)).toMatchObject({ too_costly: 0, rests: null });
});

test('D3: in a thread or not, a body has the same words; a damaged one has none', async () => {
  const made = new DocumentWords(startWordsThread);
  const bodies = [
    [updateSaying('few')],
    [updateSaying(`${'many '.repeat(10_000)}words`)],
    Array.from({ length: 600 }, (_, i) => updateSaying(`row ${i}`)),
    [new Uint8Array([1, 2, 3])],
    [updateSaying('x'.repeat(40_000)).slice(0, 35_000)],
  ];
  const found = await Promise.all(bodies.map((body) => made.of(body)));
  expect(found.map((text) => text.length)).toEqual([3, 50_005, expect.any(Number), 0, 0]);
  expect(found).toEqual(bodies.map(words));
  made.close();
});
