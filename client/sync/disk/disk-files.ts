// The disk as PGlite asks for files: PGlite's option `fs`.
import type { PGlite } from '@electric-sql/pglite';
import { BaseFilesystem, type FsStats } from '@electric-sql/pglite/basefs';
import type { Disk } from './disk';
import { DiskError } from './errors';
import type { FileNode, Node } from './tree';

const noFlags = { dev: 0, ino: 0, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4096 };
/** What Postgres leaves behind when it is killed. Who opens the disk is its only user. */
const LOCK = '/postmaster.pid';

export class DiskFiles extends BaseFilesystem {
  readonly #opening: () => Promise<Disk>;
  #disk: Disk | null = null;
  readonly #open = new Map<number, FileNode>();
  #next = 1;
  readonly #time = Date.now();

  /** @param open is called once, while PGlite's other files are loaded; what it gives is closed with this */
  constructor(open: () => Promise<Disk>) {
    super();
    this.#opening = open;
  }

  /** @throws DiskError EBADF before it is open and when it is closed */
  get disk(): Disk {
    if (!this.#disk) throw new DiskError('EBADF');
    return this.#disk;
  }

  override async init(pg: PGlite, options: Parameters<BaseFilesystem['init']>[1]) {
    this.#disk = await this.#opening();
    if (this.disk.find(LOCK)) this.disk.remove(LOCK);
    return await super.init(pg, options);
  }

  /** PGlite calls it after each query outside a transaction, before it answers. What was committed is stored then. */
  override async syncToFs(): Promise<void> {
    this.#disk?.started();
    this.#disk?.sync();
  }

  override async closeFs(): Promise<void> {
    if (!this.#disk) return;
    const disk = this.#disk;
    try {
      // It closes the files that are open.
      this.pg!.Module.FS.quit();
    } finally {
      this.#disk = null;
      disk.close();
    }
  }

  #file(number: number): FileNode {
    const file = this.#open.get(number);
    if (!file) throw new DiskError('EBADF');
    return file;
  }

  #stats(node: Node): FsStats {
    const size = node.type === 'regular' ? node.size : 0;
    const [atime, mtime, ctime] = [this.#time, this.#time, this.#time];
    return { ...noFlags, mode: node.mode, size, blocks: Math.ceil(size / 4096), atime, mtime, ctime };
  }

  chmod(path: string, mode: number): void {
    this.disk.setMode(path, mode);
  }

  open(path: string): number {
    this.#open.set(this.#next, this.disk.openFile(path));
    return this.#next++;
  }

  close(number: number): void {
    this.disk.closeFile(this.#file(number));
    this.#open.delete(number);
  }

  fstat(number: number): FsStats {
    return this.#stats(this.#file(number));
  }

  lstat(path: string): FsStats {
    return this.#stats(this.disk.get(path));
  }

  mkdir(path: string, options?: { mode?: number }): void {
    this.disk.makeFolder(path, options?.mode ?? 0o700);
  }

  readdir(path: string): string[] {
    return this.disk.list(path);
  }

  // The buffer is the whole memory of Postgres; for writing PGlite gives the bare ArrayBuffer.
  read(number: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    return this.disk.read(this.#file(number), new Uint8Array(buffer.buffer, offset, length), position);
  }

  write(number: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    const bytes = new Uint8Array(buffer as unknown as ArrayBuffer, offset, length);
    this.disk.write(this.#file(number), bytes, position);
    return length;
  }

  writeFile(path: string, data: string | Uint8Array, options?: { mode?: number }): void {
    const found = this.disk.find(path);
    const file = found ? this.disk.openFile(path) : this.disk.make(path, options?.mode ?? 0o600);
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    if (bytes.length > 0) this.disk.write(file, bytes, 0);
    if (found) this.disk.closeFile(file);
  }

  rename(from: string, to: string): void {
    this.disk.rename(from, to);
  }

  rmdir(path: string): void {
    this.disk.removeFolder(path);
  }

  truncate(path: string, size = 0): void {
    const file = this.disk.openFile(path);
    try {
      this.disk.truncate(file, size);
    } finally {
      this.disk.closeFile(file);
    }
  }

  unlink(path: string): void {
    this.disk.remove(path);
  }

  /** Postgres does not ask when a file was changed. */
  utimes(): void {}
}
