// Files between devices and the server: nothing is lost on the way, every device learns where the bytes are, and they
// leave a device with their workspace and with their person.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FILE_BYTES, filePath } from '../../db/file/file';
import { startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { type Device, openDevice } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { type DeviceFiles, memoryFiles } from './device-files';
import { hashOf, keepFiles } from './files';

let api: TestApi;
let station: Station;
let open: Device[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  station = await openStation(api);
});
afterEach(async () => {
  for (const device of open) await device.close();
  open = [];
  await station.close();
});

interface WithFiles {
  readonly device: Device;
  readonly files: DeviceFiles;
  /** What the row of a file says: stored, unstored, or null where there is none. */
  said(hash: string): Promise<string | null>;
  keep(...blobs: Blob[]): Promise<string[]>;
}

async function withFiles(person: TestPerson, files = memoryFiles(), prepared?: Blob): Promise<WithFiles> {
  const device = await openDevice(api.url, person, prepared ? { files, prepared } : { files });
  open.push(device);
  return {
    device,
    files,
    async said(hash) {
      const rows = await device.rows<{ said: string }>(
        "select case when stored_at is null then 'unstored' else 'stored' end as said from file where hash = $1",
        hash,
      );
      return rows[0]?.said ?? null;
    },
    keep: (...blobs) => keepFiles(device.store, station.workspaceId, blobs, files),
  };
}

const picture = (text: string) => new Blob([text], { type: 'image/png' });
const pathOf = (hash: string) => filePath(station.workspaceId, hash);

test('W1: a file kept without a network is sent when there is one, and is fetched ahead elsewhere', async () => {
  const a = await withFiles(station.ada);
  const b = await withFiles(station.ben);
  await a.device.settled();
  await b.device.settled();
  a.device.offline();
  const [hash] = await a.keep(picture('the mast'));
  expect(await a.said(hash!)).toBe('unstored');
  // The row and the bytes.
  expect(a.device.store.status().unsent).toBe(2);
  expect(await a.files.unsent()).toEqual([pathOf(hash!)]);
  a.device.online();
  await until('both say that it is stored', async () =>
    [await a.said(hash!), await b.said(hash!)].every((said) => said === 'stored'),
  );
  await until('b has a copy', async () => (await b.files.get(pathOf(hash!))) !== null);
  expect(await (await b.files.get(pathOf(hash!)))!.text()).toBe('the mast');
  expect(await a.files.unsent()).toEqual([]);
  expect(await a.files.copies()).toEqual([pathOf(hash!)]);
  await until('nothing is unsent', () => a.device.store.status().unsent === 0);
});

test('W1: what was not sent when the app ended is sent at its next start', async () => {
  const a = await withFiles(station.ada);
  await a.device.settled();
  a.device.offline();
  const [hash] = await a.keep(picture('before the end'));
  const prepared = await a.device.dump();
  await a.device.close();
  open = [];
  const again = await withFiles(station.ada, a.files, prepared);
  await until('it is stored', async () => (await again.said(hash!)) === 'stored');
  expect(await again.files.unsent()).toEqual([]);
});

test('W1: a server that lost the bytes is given them again', async () => {
  const a = await withFiles(station.ada);
  await a.device.settled();
  const [hash] = await a.keep(picture('lost'));
  await until('it is stored', async () => (await a.said(hash!)) === 'stored');
  await api.pool.query('delete from sync.file_bytes where hash = $1', [hash]);
  await api.pool.query('update file set stored_at = null where hash = $1', [hash]);
  const has = async () =>
    (await api.pool.query('select from sync.file_bytes where hash = $1', [hash])).rowCount === 1;
  await until('the server has it again', has);
});

test('one file kept twice is one; too large and empty ones are refused with a sentence, and nothing is kept', async () => {
  const a = await withFiles(station.ada);
  await a.device.settled();
  const [one] = await a.keep(picture('same'));
  const [other] = await a.keep(picture('same'));
  expect(other).toBe(one);
  await until('it is stored', async () => (await a.said(one!)) === 'stored');
  const large = new Blob([new Uint8Array(FILE_BYTES + 1)], { type: 'image/png' });
  await expect(a.keep(picture('fine'), large)).rejects.toMatchObject({ kind: 'constraint' });
  await expect(a.keep(new Blob([]))).rejects.toThrow('The file is empty.');
  expect(await a.files.get(pathOf(await hashOf(large)))).toBeNull();
  expect(await a.files.get(pathOf(await hashOf(picture('fine'))))).toBeNull();
});

test('R4, W1: copies leave with their workspace; what was not sent stays until it is discarded', async () => {
  const a = await withFiles(station.ada);
  const b = await withFiles(station.ben);
  await a.device.settled();
  await b.device.settled();
  const [sent] = await a.keep(picture('sent'));
  await until('b has a copy', async () => (await b.files.copies()).includes(pathOf(sent!)));
  b.device.offline();
  const [unsent] = await b.keep(picture('unsent'));
  const { rows } = await api.pool.query('select id from member where workspace_id = $1 and user_id = $2', [
    station.workspaceId,
    b.device.userId,
  ]);
  await station.ada.call('DELETE', `/api/workspaces/${station.workspaceId}/members/${rows[0].id}`);
  b.device.online();
  await until('the copy is gone', async () => (await b.files.copies()).length === 0);
  const refused = () => b.device.rows<{ id: string }>('select id from sync.refused where "table" = \'file\'');
  await until('the refusal', async () => (await refused()).length === 1);
  expect(await b.files.unsent()).toEqual([pathOf(unsent!)]);
  await b.device.store.discardRefused((await refused())[0]!.id);
  expect(await b.files.unsent()).toEqual([]);
});

test('W1: removing a person’s data asks while a file is unsent, and then takes the files along', async () => {
  const a = await withFiles(station.ada);
  await a.device.settled();
  const [sent] = await a.keep(picture('sent'));
  // Both: the row may say so before the device has asked the server whether it has the bytes.
  const isSent = async () => (await a.said(sent!)) === 'stored' && a.device.store.status().unsent === 0;
  await until('it is stored', isSent);
  a.device.offline();
  await a.keep(picture('unsent'));
  expect(await a.device.store.remove({ discardUnsent: false })).toEqual({ removed: false, unsent: 2 });
  expect(await a.device.store.remove({ discardUnsent: true })).toMatchObject({ removed: true });
  expect([...(await a.files.unsent()), ...(await a.files.copies())]).toEqual([]);
});
