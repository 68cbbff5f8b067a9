// A workspace that is full: the file stays on the device, unsent, with the reason, and goes when there is room.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filePath } from '../../db/file/file';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { openDevice } from '../../scripts/testing/device';
import { openStation } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { memoryFiles } from '../file/device-files';
import { keepFiles } from '../file/files';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ workspaceQuota: 1_000 });
});
afterAll(() => api.stop());

test('A5: a file over the quota is kept on the device and says why; the text beside it arrives, and it, too, when there is room', async () => {
  const station = await openStation(api);
  const files = memoryFiles();
  const device = await openDevice(api.url, station.ada, { files });
  try {
    await device.settled();
    const { workspaceId } = station;
    const keep = async (bytes: number, letter: string) => {
      const [hash] = await keepFiles(
        device.store,
        workspaceId,
        [new Blob([letter.repeat(bytes)], { type: 'image/png' })],
        files,
      );
      return hash!;
    };
    await keep(600, 'a');
    await until('the first is sent', () => device.store.status().unsent === 0);
    const tooMuch = await keep(600, 'b');
    await until('it says why', () => device.store.status().faults.file !== undefined);
    expect(device.store.status().faults.file).toMatch(/^The storage of this workspace is full/);
    expect(await files.unsent()).toEqual([filePath(workspaceId, tooMuch)]);
    expect(await (await files.get(filePath(workspaceId, tooMuch)))?.text()).toHaveLength(600);
    // A smaller one finds its room, and rows are taken.
    await keep(300, 'c');
    const project = await station.project(device);
    await until('only the one is unsent', () => device.store.status().unsent === 1);
    expect((await api.pool.query('select from project where id = $1', [project])).rowCount).toBe(1);

    await api.pool.query('delete from sync.file_bytes where octet_length(bytes) = 600');
    device.store.wake();
    await until('it is sent', () => device.store.status().unsent === 0);
    await until('nothing is said of it any more', () => device.store.status().faults.file === undefined);
    expect(device.store.status().problem).toBeNull();
  } finally {
    await device.close();
    await station.close();
  }
});
