// All files of a Postgres inside one file, safe against the process being killed and the power being lost at any time,
// though Postgres itself never asks for a flush. docs/disk.md says how the file is laid out and what is promised.
//
// The order of writes. Files of Postgres's log (pg_wal) are written at once. All else is held in memory until the log is
// flushed, so that nothing stored is ever ahead of the log. The control file, by which Postgres knows where to begin after
// a crash, is written when everything before it is flushed, and is flushed before anything after it.
import { BLOCK, Device, type Handle } from './device';
import { DiskError } from './errors';
import { Held } from './held';
import { inRuns, Journal } from './journal';
import { type Sizes, usual } from './sizes';
import { Space } from './space';
import { type Change, type FileNode, lengthen, type Node, type Tree } from './tree';

/** Which order of writes a file is under. */
type Kind = 'log' | 'other';

/** How many changes of the log's files wait at most until they are written. */
const MOST_CHANGES = 256;

const kindOf = (path: string): Kind => (path === '/pg_wal' || path.startsWith('/pg_wal/') ? 'log' : 'other');
const isControl = (path: string) => path === '/global/pg_control';

export interface DiskUsage {
  /** Bytes of the one file, and of those what holds nothing. */
  readonly size: number;
  readonly free: number;
  /** How often the file was flushed since it was opened. */
  readonly flushes: number;
}

export class Disk {
  readonly #device: Device;
  readonly #sizes: Sizes;
  /** Whether Postgres has started on it. */
  #started = false;
  readonly #journal: Journal;
  readonly #tree: Tree;
  readonly #space: Space;
  /** Changes of the tree that are not written. */
  readonly #changes: Record<Kind, Change[]> = { log: [], other: [] };
  /** The change that a file's further growth can be added to. */
  readonly #growing = new Map<FileNode, Extract<Change, ['content', ...unknown[]]>>();
  readonly #held: Held;
  /** Whether something of the log's files was written and not flushed. */
  #logWritten = false;
  readonly #unflushedFiles = new Set<FileNode>();

  private constructor(device: Device, sizes: Sizes) {
    this.#device = device;
    this.#held = new Held(device);
    this.#sizes = sizes;
    const { journal, tree } = Journal.open(device, sizes.reserve);
    this.#journal = journal;
    this.#tree = tree;
    this.#space = new Space(device, usedBlocks(journal, tree), sizes);
    this.#clearTails();
  }

  /** What lies behind a file's end in its last block, from a write whose change was lost, must not be seen when it grows. */
  #clearTails(): void {
    for (const node of this.#tree.nodes()) {
      const within = node.type === 'regular' ? node.size % BLOCK : 0;
      if (node.type === 'folder' || within === 0) continue;
      const tail = new Uint8Array(BLOCK - within);
      const at = node.blocks.at(-1)! * BLOCK + within;
      this.#device.read(tail, at);
      if (tail.some((byte) => byte !== 0)) this.#device.write(tail.fill(0), at);
    }
    if (this.#device.unflushed) this.#flushDevice();
  }

  /**
   * Opens what fill() (image.ts) made.
   * @throws NoDisk, DamagedDisk; the file stays open
   */
  static open(handle: Handle, sizes: Sizes = usual): Disk {
    return new Disk(new Device(handle), sizes);
  }

  get usage(): DiskUsage {
    const { all, free } = this.#space.counts;
    return { size: all * BLOCK, free: free * BLOCK, flushes: this.#device.flushes };
  }

  // Files and folders. What is asked wrongly throws a DiskError and changes nothing.

  find(path: string): Node | undefined {
    return this.#tree.find(path);
  }

  /** @throws DiskError ENOENT */
  get(path: string): Node {
    return this.#tree.get(path);
  }

  /** @returns names, without order. @throws DiskError ENOENT, ENOTDIR */
  list(path: string): string[] {
    return [...this.#tree.folder(path).names];
  }

  makeFolder(path: string, mode: number): void {
    const folder = this.#tree.addFolder(path, mode);
    this.#change(kindOf(path), ['folder', path, folder.mode]);
  }

  /** @returns the file; it is not open */
  make(path: string, mode: number): FileNode {
    const file = this.#tree.addFile(path, mode);
    const change: Change = ['content', path, file.mode, 0, 0, []];
    this.#change(kindOf(path), change);
    this.#growing.set(file, change);
    return file;
  }

  setMode(path: string, mode: number): void {
    const node = this.#tree.get(path);
    const changed = (node.mode & ~0o7777) | (mode & 0o7777);
    if (node.mode === changed) return;
    node.mode = changed;
    this.#change(kindOf(path), ['mode', node.path, changed]);
  }

  removeFolder(path: string): void {
    this.#tree.folder(path);
    this.#tree.remove(path);
    this.#change(kindOf(path), ['remove', path]);
  }

  /** It goes on to be read and written by those that have it open. */
  remove(path: string): void {
    const file = this.#tree.file(path);
    this.#tree.remove(path);
    this.#change(kindOf(path), ['remove', path]);
    this.#removed(file, kindOf(path));
  }

  /** A file that has the new name is gone. */
  rename(from: string, to: string): void {
    const node = this.#tree.get(from);
    const crossing = kindOf(from) !== kindOf(to);
    // A new name for what is not stored yet would, after a power loss, stand for less than the old one did.
    const wanting = kindOf(to) === 'other' && (node.type === 'folder' || node.unflushed);
    if (from !== to && (crossing || wanting)) this.flush();
    const replaced = this.#tree.rename(from, to);
    if (from === to) return;
    this.#growing.clear();
    this.#change(kindOf(from), ['rename', from, to]);
    if (replaced) this.#removed(replaced, kindOf(from));
    if (crossing) this.flush();
  }

  openFile(path: string): FileNode {
    const file = this.#tree.file(path);
    file.opened++;
    return file;
  }

  closeFile(file: FileNode): void {
    if (--file.opened === 0 && file.removed) this.#free(file, 0, kindOf(file.path));
  }

  /** @param size in bytes; what is added is zeros. @throws DiskError ENOSPC */
  truncate(file: FileNode, size: number): void {
    if (size > file.size) this.#grow(file, size);
    if (size >= file.size) return;
    const kept = Math.ceil(size / BLOCK);
    const within = size % BLOCK;
    file.size = size;
    if (!file.removed) {
      const change: Change = ['content', file.path, file.mode, size, kept, []];
      this.#change(kindOf(file.path), change);
      this.#growing.set(file, change);
    }
    this.#free(file, kept, kindOf(file.path));
    if (within === 0) return;
    // What was cut off is zeros when the file grows again; but not before it is stored that it is cut off.
    try {
      this.flush();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    this.#put(file, new Uint8Array(BLOCK - within), size);
  }

  /** @returns how many bytes were read: fewer at the file's end */
  read(file: FileNode, into: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(into.length, file.size - position));
    inRuns(file.blocks, position, length, (at, from, to) => this.#held.read(into.subarray(from, to), at));
    return length;
  }

  /**
   * Writes all of it.
   * @throws DiskError ENOSPC: the file has the size that it had
   */
  write(file: FileNode, bytes: Uint8Array, position: number): void {
    const control = isControl(file.path) && !file.removed;
    if (control) this.flush();
    const before = file.size;
    if (position + bytes.length > before) this.#grow(file, position + bytes.length);
    try {
      this.#put(file, bytes, position);
    } catch (error) {
      if (file.size > before) this.truncate(file, before);
      throw error;
    }
    if (control) this.flush();
    else if (this.#held.size > this.#sizes.mostHeld || this.#changes.log.length > MOST_CHANGES) this.sync();
  }

  #put(file: FileNode, bytes: Uint8Array, position: number): void {
    if (!file.unflushed) {
      file.unflushed = true;
      this.#unflushedFiles.add(file);
    }
    const atOnce = kindOf(file.path) === 'log';
    if (atOnce) this.#logWritten = true;
    inRuns(file.blocks, position, bytes.length, (at, from, to) => {
      if (atOnce) this.#device.write(bytes.subarray(from, to), at);
      else this.#held.put(bytes.subarray(from, to), at);
    });
  }

  #grow(file: FileNode, size: number): void {
    const wanted = Math.ceil(size / BLOCK) - file.blocks.length;
    const taken = wanted > 0 ? this.#take(wanted, kindOf(file.path), file.blocks.at(-1)) : [];
    const kept = file.blocks.length;
    for (const block of taken) file.blocks.push(block);
    file.size = size;
    if (file.removed) return;
    let change = this.#growing.get(file);
    if (!change) {
      change = ['content', file.path, file.mode, size, kept, []];
      this.#change(kindOf(file.path), change);
      this.#growing.set(file, change);
    }
    lengthen(change, size, taken);
  }

  #take(count: number, kind: Kind, after: number | undefined): number[] {
    const { keptForLog, keptForStart } = this.#sizes;
    const kept = !this.#started ? 0 : kind === 'log' ? keptForStart : keptForLog;
    return this.#space.take(count, kept, after, () => {
      // What was given up can be had again when that is stored, and zeros after it.
      for (const most of [0, Number.POSITIVE_INFINITY, 0]) {
        this.flush(true);
        if (most > 0 && !this.#space.zero(most)) return;
      }
    });
  }

  #change(kind: Kind, change: Change): void {
    this.#changes[kind].push(change);
  }

  #removed(file: FileNode, queue: Kind): void {
    this.#growing.delete(file);
    if (file.opened === 0) this.#free(file, 0, queue);
  }

  /** Gives up the file's blocks from this one on, by a change in this queue. */
  #free(file: FileNode, kept: number, queue: Kind): void {
    const freed = file.blocks.splice(kept);
    if (kept === 0) file.size = 0;
    this.#held.drop(freed);
    this.#space.release(queue, freed);
  }

  /** To be called when Postgres has started: what is kept for a start is kept from then on. */
  started(): void {
    this.#started = true;
  }

  // What is stored when.

  /**
   * Stores the log's files. All else that was done before is written, and stored by the next flush of whatever kind: the
   * log has what it needs. To be called before anything is called committed; costs one flush at most.
   * @throws DiskError ENOSPC, or what the file throws: the log is not stored, and all is as before
   */
  sync(): void {
    this.#flushLog();
    this.#release();
  }

  /** Stores everything. @param always even when nothing was written: what was given up before is free then */
  flush(always = false): void {
    this.sync();
    if (this.#device.unflushed || always) this.#flushDevice();
  }

  /** Stores everything, unless the file failed before, and closes the file. */
  close(): void {
    try {
      if (!this.#device.broken) this.flush();
    } finally {
      this.#device.close();
    }
  }

  #flushLog(): void {
    const changes = this.#changes.log;
    if (changes.length > 0) {
      if (!this.#journal.append(changes, true)) throw new DiskError('ENOSPC');
      this.#written('log');
      this.#logWritten = true;
    }
    this.#space.written('log');
    if (!this.#logWritten) return;
    this.#flushDevice();
    this.#logWritten = false;
  }

  #release(): void {
    const changes = this.#changes.other;
    const isWritten = changes.length === 0 || this.#journal.append(changes, false);
    if (!isWritten || this.#journal.crowded) {
      try {
        this.#journal.rewrite(
          this.#tree,
          (count, after) => this.#space.take(count, 0, after, () => {}),
          () => this.#flushDevice(),
        );
      } catch (error) {
        // As long as there is place for records, they can wait for room.
        if (!isFull(error) || (!isWritten && !this.#journal.append(changes, true))) throw error;
      }
      this.#space.giveBack();
    }
    if (changes.length > 0) this.#written('other');
    this.#space.written('other');
    this.#held.write();
  }

  #written(kind: Kind): void {
    this.#changes[kind] = [];
    this.#growing.clear();
  }

  #flushDevice(): void {
    this.#device.flush();
    this.#space.flushed();
    // What is held still is not in the file.
    if (this.#held.size === 0) {
      for (const file of this.#unflushedFiles) file.unflushed = false;
      this.#unflushedFiles.clear();
    }
    try {
      this.#space.zero();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
}

const isFull = (error: unknown) => error instanceof DiskError && error.errorName === 'ENOSPC';

function* usedBlocks(journal: Journal, tree: Tree): Iterable<number> {
  yield* journal.blocks();
  for (const node of tree.nodes()) if (node.type === 'regular') yield* node.blocks;
}
