// OPFS for programs in Node: folders and files in memory with the calls that the store makes, so that the process can be
// killed between any two of them. What a browser's own does beside is seen in e2e.
import { AsyncLocalStorage } from 'node:async_hooks';
import { MemoryHandle } from '../../client/sync/disk/memory-handle';

/** Thrown from the kill on by calls that cannot be waited for. The others never come back. */
export class Killed extends Error {}

/** Whose files a process sees: one that was killed, and the one after it. */
const processes = new AsyncLocalStorage<MemoryOpfs>();

export interface Fault {
  /** How many calls may come until the process is killed. */
  left: number;
  /** Calls so far. */
  done: number;
  /** How many bytes may still be added to files; Infinity: no quota. */
  room: number;
}

class MemoryFile {
  readonly kind = 'file';
  held = false;
  constructor(
    private readonly opfs: MemoryOpfs,
    readonly name: string,
    readonly content = new MemoryHandle(),
  ) {}

  async createSyncAccessHandle(): Promise<unknown> {
    await this.opfs.asyncStep();
    if (this.held) throw new DOMException('held', 'NoModificationAllowedError');
    this.held = true;
    const { opfs, content } = this;
    const bytesOf = (buffer: ArrayBuffer | Uint8Array) =>
      buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
    return {
      read: (buffer: ArrayBuffer | Uint8Array, options?: { at: number }) => {
        opfs.step();
        return content.read(bytesOf(buffer), options ?? { at: 0 });
      },
      write: (buffer: ArrayBuffer | Uint8Array, options?: { at: number }) => {
        opfs.step();
        const [bytes, at] = [bytesOf(buffer), options?.at ?? 0];
        opfs.grow(Math.max(0, at + bytes.length - content.getSize()));
        return content.write(bytes, { at });
      },
      truncate: (size: number) => {
        opfs.step();
        opfs.grow(size - content.getSize());
        content.truncate(size);
      },
      getSize: () => content.getSize(),
      flush: () => opfs.step(),
      close: () => {
        this.held = false;
      },
    };
  }

  copy(opfs: MemoryOpfs): MemoryFile {
    const bytes = new Uint8Array(this.content.getSize());
    this.content.read(bytes, { at: 0 });
    const content = new MemoryHandle();
    if (bytes.length > 0) content.write(bytes, { at: 0 });
    return new MemoryFile(opfs, this.name, content);
  }
}

class MemoryFolder {
  readonly kind = 'directory';
  readonly entries = new Map<string, MemoryFile | MemoryFolder>();
  constructor(private readonly opfs: MemoryOpfs) {}

  async getFileHandle(name: string, options: { create?: boolean } = {}): Promise<MemoryFile> {
    await this.opfs.asyncStep();
    const found = this.entries.get(name);
    if (found instanceof MemoryFile) return found;
    if (found || !options.create) throw new DOMException(name, found ? 'TypeMismatchError' : 'NotFoundError');
    const file = new MemoryFile(this.opfs, name);
    this.entries.set(name, file);
    return file;
  }

  async getDirectoryHandle(name: string, options: { create?: boolean } = {}): Promise<MemoryFolder> {
    await this.opfs.asyncStep();
    const found = this.entries.get(name);
    if (found instanceof MemoryFolder) return found;
    if (found || !options.create) throw new DOMException(name, found ? 'TypeMismatchError' : 'NotFoundError');
    const folder = new MemoryFolder(this.opfs);
    this.entries.set(name, folder);
    return folder;
  }

  async removeEntry(name: string): Promise<void> {
    await this.opfs.asyncStep();
    const entry = this.entries.get(name);
    if (!entry) throw new DOMException(name, 'NotFoundError');
    if (entry instanceof MemoryFile) this.opfs.grow(-entry.content.getSize());
    this.entries.delete(name);
  }

  copy(opfs: MemoryOpfs): MemoryFolder {
    const folder = new MemoryFolder(opfs);
    for (const [name, entry] of this.entries) folder.entries.set(name, entry.copy(opfs));
    return folder;
  }
}

export class MemoryOpfs {
  #kill = () => {};
  /** Resolves when the process is killed: what it waits for then need not come to an end. */
  readonly killed = new Promise<void>((resolve) => {
    this.#kill = resolve;
  });
  root = new MemoryFolder(this);
  readonly fault: Fault = { left: Number.POSITIVE_INFINITY, done: 0, room: Number.POSITIVE_INFINITY };

  step(): void {
    this.fault.done++;
    if (--this.fault.left >= 0) return;
    this.#kill();
    throw new Killed();
  }

  async asyncStep(): Promise<void> {
    try {
      this.step();
    } catch {
      await new Promise<never>(() => {});
    }
  }

  grow(bytes: number): void {
    if (bytes > 0 && bytes > this.fault.room) throw new DOMException('no room', 'QuotaExceededError');
    this.fault.room -= bytes;
  }

  /** What is at the root. */
  names(): string[] {
    return [...this.root.entries.keys()];
  }

  /** What a new process finds: the same files, held by nobody. */
  afterKill(): MemoryOpfs {
    const opfs = new MemoryOpfs();
    opfs.root = this.root.copy(opfs);
    return opfs;
  }

  /** Runs a process that has it as its browser's. */
  run<T>(program: () => Promise<T>): Promise<T> {
    const getDirectory = async () => {
      const opfs = processes.getStore()!;
      await opfs.asyncStep();
      return opfs.root;
    };
    Object.assign(globalThis, { FileSystemFileHandle: MemoryFile, navigator: { storage: { getDirectory } } });
    return processes.run(this, program);
  }
}
