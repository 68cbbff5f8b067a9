// What files add to a device's engine: their bytes are sent and fetched, and count as unsent until the server has them.
import { filePath } from '../../db/file/file';
import type { EngineFeature } from '../sync/feature';
import type { DeviceFiles } from './device-files';
import { FileSync } from './file-sync';

/** @param files where this device keeps the bytes; they leave it with the person's data */
export function filesOnDevice(files: DeviceFiles): EngineFeature {
  return {
    name: 'file',
    open(host) {
      const sync = new FileSync({
        pg: host.pg,
        link: host.link,
        files,
        idle: host.idle,
        counted: host.counted,
        problem: host.problem,
      });
      return {
        get unsent() {
          return sync.unsent;
        },
        recount: () => sync.recount(),
        wake: () => sync.wake(),
        changed(tables) {
          if (host.syncs && tables.has('file')) sync.wake();
        },
        async written(changes) {
          if (changes.some(({ table }) => table === 'file')) await sync.recount();
        },
        async discarded({ table, set: { workspace_id: workspaceId, hash } }) {
          if (table !== 'file' || typeof workspaceId !== 'string' || typeof hash !== 'string') return;
          await files.discard(filePath(workspaceId, hash));
          await sync.recount();
        },
        clear: () => files.clear(),
        close: () => sync.close(),
      };
    },
  };
}
