// The worker that holds PGlite, built for one level of the ladder: what a level does not use is not in it.
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { worker } from '@electric-sql/pglite/worker';
import packageUrl from '#engine/pglite.data?url';
import moduleUrl from '#engine/pglite.wasm?url';
import preparedUrl from '#engine/prepared?url';
import { Disk } from '../../../../client/sync/disk/disk';
import { DiskFiles } from '../../../../client/sync/disk/disk-files';
import { fill } from '../../../../client/sync/disk/image';
import { type Level, levelSettings, smallMemoryMiB } from '../../ladder-levels';

/** Put in by the build (peer-site.ts). */
declare const __LEVEL__: Level;

/** Whether this name is in OPFS. */
async function isThere(name: string): Promise<boolean> {
  const root = await navigator.storage.getDirectory();
  for await (const found of root.keys()) if (found === name) return true;
  return false;
}

async function engine(): Promise<PGliteOptions> {
  const options: PGliteOptions = {};
  if (__LEVEL__.prepared !== 'initdb') {
    // It never runs; an empty module keeps PGlite from asking for it.
    options.initdbWasmModule = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  }
  if (__LEVEL__.slimPackage) {
    const [module, files] = await Promise.all([
      WebAssembly.compileStreaming(fetch(moduleUrl)),
      fetch(packageUrl).then((response) => response.blob()),
    ]);
    options.pgliteWasmModule = module;
    options.fsBundle = files;
  }
  if (__LEVEL__.smallMemory) options.initialMemory = smallMemoryMiB * 2 ** 20;
  if (__LEVEL__.tuned) {
    options.initDbStartParams = ['--wal-segsize=1'];
    options.startParams = [
      ...PGlite.defaultStartParams,
      ...levelSettings.flatMap((setting) => ['-c', setting]),
    ];
  }
  return options;
}

async function files(): Promise<PGliteOptions> {
  if (__LEVEL__.files === 'indexeddb') return { dataDir: 'idb://tasks' };
  if (__LEVEL__.files === 'disk') {
    const fs = new DiskFiles(async () => {
      const isNew = !(await isThere('tasks.disk'));
      const root = await navigator.storage.getDirectory();
      const file = await root.getFileHandle('tasks.disk', { create: true });
      const handle = await file.createSyncAccessHandle();
      if (isNew) await fill(handle, (await fetch(preparedUrl)).body!);
      return Disk.open(handle);
    });
    return { fs };
  }
  const loaded =
    __LEVEL__.prepared !== 'initdb' && !(await isThere('tasks'))
      ? { loadDataDir: await (await fetch(preparedUrl)).blob() }
      : {};
  return { dataDir: 'opfs-ahp://tasks', ...loaded };
}

await worker({
  async init() {
    const [parts, where] = await Promise.all([engine(), files()]);
    return await PGlite.create({ ...parts, ...where });
  },
});
