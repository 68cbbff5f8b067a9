// The file that everything is in: a browser's FileSystemSyncAccessHandle, or what a test puts in its place; with the
// few promises that the disk needs from it.
import { DiskError } from './errors';

/** Bytes in a block: a page of Postgres. */
export const BLOCK = 8192;

/** What the disk asks of a file: FileSystemSyncAccessHandle has it. Positions and sizes in bytes. */
export interface Handle {
  /** @returns how many bytes were read; fewer at the end of the file */
  read(into: Uint8Array, options: { readonly at: number }): number;
  /** @returns how many bytes were written */
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  /** Returns when all that was written survives a power loss. */
  flush(): void;
  close(): void;
}

export class Device {
  readonly #handle: Handle;
  /** Why nothing may be written any more. */
  #broken: unknown = null;
  /** Whether something was written or resized since the last flush. */
  unflushed = false;
  /** How often it was flushed: for measuring. */
  flushes = 0;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  get size(): number {
    return this.#handle.getSize();
  }

  /** Fills `into`; what lies beyond the end of the file is read as zeros. */
  read(into: Uint8Array, at: number): void {
    const got = this.#handle.read(into, { at });
    if (got < into.length) into.fill(0, got);
  }

  /** @throws DiskError ENOSPC; a part may have been written */
  write(bytes: Uint8Array, at: number): void {
    this.#check();
    this.unflushed = true;
    for (let done = 0; done < bytes.length; ) {
      const written = withRoom(() => this.#handle.write(bytes.subarray(done), { at: at + done }));
      // Nothing written is the end of the room.
      if (written === 0) throw new DiskError('ENOSPC');
      done += written;
    }
  }

  /** @throws DiskError ENOSPC; the size is as before */
  resize(size: number): void {
    this.#check();
    this.unflushed = true;
    withRoom(() => this.#handle.truncate(size));
  }

  /** @throws what the file throws; then it is not known what is stored, and nothing is written any more */
  flush(): void {
    this.#check();
    try {
      this.#handle.flush();
    } catch (error) {
      this.#broken = error ?? new Error('flush');
      throw error;
    }
    this.unflushed = false;
    this.flushes++;
  }

  close(): void {
    this.#handle.close();
  }

  get broken(): boolean {
    return this.#broken !== null;
  }

  #check(): void {
    if (this.#broken) throw new DiskError('EIO', { cause: this.#broken });
  }
}

/** A browser's word for "no room" in the disk's words. */
function withRoom<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
    const isFull = name === 'QuotaExceededError' || code === 'ENOSPC';
    throw isFull ? new DiskError('ENOSPC', { cause: error }) : error;
  }
}
