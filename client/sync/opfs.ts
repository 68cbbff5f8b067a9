// PGlite's files in the browser's private file system. When the browser has no room, Postgres is told so in its own terms:
// PGlite knows no number for the browser's error, and Postgres would take it for a broken disk.
import { OpfsAhpFS } from '@electric-sql/pglite/opfs-ahp';

export class OpfsFiles extends OpfsAhpFS {
  override write(...args: Parameters<OpfsAhpFS['write']>): number {
    const written = withRoom(() => super.write(...args));
    // Nothing written is the end of the room. Postgres would try it for ever, and the tab would stand still.
    const [, , , length] = args;
    if (written === 0 && length > 0) throw noRoom();
    return written;
  }

  override writeFile(...args: Parameters<OpfsAhpFS['writeFile']>): void {
    withRoom(() => super.writeFile(...args));
  }

  override truncate(...args: Parameters<OpfsAhpFS['truncate']>): void {
    withRoom(() => super.truncate(...args));
  }
}

function withRoom<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw isFull ? noRoom() : error;
  }
}

/** ENOSPC as WebAssembly numbers it, which is what PGlite hands on. */
const noRoom = () => Object.assign(new Error('no space left'), { code: 51 });
