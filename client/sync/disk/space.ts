// Which blocks are whose. A block that was given up is handed out again only when no written-down tree that a power loss
// could bring back names it, and when zeros are stored in it: so a file is never seen with another's bytes.
//
//   used ─ release ─► leaving ─ change written ─► left ─ flush ─► dirty ─ zeros written ─► zeroing ─ flush ─► clean ─► used
import { BLOCK, type Device } from './device';
import { DamagedDisk, DiskError } from './errors';
import type { Sizes } from './sizes';

const USED = 1;
/** Free, and known to be zeros. */
const CLEAN = 2;
/** Free, with anything in it. */
const DIRTY = 3;
const ZEROING = 4;

/** How many blocks are zeroed at once: 2 MiB. */
const ZEROED_AT_ONCE = 256;

const zeros = new Uint8Array(64 * BLOCK);

export class Space {
  readonly #device: Device;
  readonly #sizes: Sizes;
  #states: Uint8Array;
  /** Blocks in the file. */
  #count: number;
  #clean = 0;
  #dirty = 0;
  /** No clean block is below. */
  #lowest = 0;
  #leaving = new Map<unknown, number[]>();
  #left: number[] = [];
  #zeroing: number[] = [];

  /**
   * @param used the blocks that are in use
   * @throws DamagedDisk when two have the same one; DiskError ENOSPC when the file is too short for them and cannot grow
   */
  constructor(device: Device, used: Iterable<number>, sizes: Sizes) {
    this.#device = device;
    this.#sizes = sizes;
    // A last block may be there in part, when the power was lost while the file grew.
    this.#count = Math.ceil(device.size / BLOCK);
    this.#states = new Uint8Array(this.#count).fill(DIRTY);
    let end = 0;
    for (const block of used) {
      if (block >= this.#states.length) this.#lengthen(block + 1);
      if (this.#states[block] === USED) throw new DamagedDisk(`block ${block} belongs to two`);
      this.#states[block] = USED;
      end = Math.max(end, block + 1);
    }
    // A growth that a power loss took back: what is not there is read as zeros.
    if (end > this.#count) {
      device.resize(end * BLOCK);
      this.#count = end;
    }
    for (let block = 0; block < this.#count; block++) {
      if (this.#states[block] === USED) continue;
      this.#states[block] = DIRTY;
      this.#dirty++;
    }
    this.giveBack();
  }

  /** Blocks: in the file; free in it. */
  get counts(): { readonly all: number; readonly free: number } {
    return { all: this.#count, free: this.#clean + this.#dirty };
  }

  /**
   * @param kept how many clean blocks must be left, for others
   * @param after the block that is best followed
   * @param reclaim frees what can be freed, when the file cannot grow
   * @throws DiskError ENOSPC; then nothing was taken
   */
  take(count: number, kept: number, after: number | undefined, reclaim: () => void): number[] {
    const lacking = () => count + kept - this.#clean;
    if (lacking() > 0 && !this.#grow(lacking())) {
      reclaim();
      if (lacking() > 0 && !this.#grow(lacking())) throw new DiskError('ENOSPC');
    }
    const taken: number[] = [];
    let next = after === undefined ? this.#lowest : after + 1;
    while (taken.length < count) {
      if (this.#states[next] !== CLEAN || next >= this.#count) {
        while (this.#states[this.#lowest] !== CLEAN) this.#lowest++;
        next = this.#lowest;
      }
      this.#states[next] = USED;
      this.#clean--;
      taken.push(next++);
    }
    return taken;
  }

  /** @returns whether it grew at least by so many blocks */
  #grow(least: number): boolean {
    for (const count of [Math.max(least, this.#sizes.growth), least]) {
      try {
        this.#device.resize((this.#count + count) * BLOCK);
      } catch (error) {
        if (error instanceof DiskError && error.errorName === 'ENOSPC') continue;
        throw error;
      }
      this.#lengthen(this.#count + count);
      this.#states.fill(CLEAN, this.#count, this.#count + count);
      this.#lowest = Math.min(this.#lowest, this.#count);
      this.#count += count;
      this.#clean += count;
      return true;
    }
    return false;
  }

  #lengthen(count: number): void {
    if (count <= this.#states.length) return;
    const states = new Uint8Array(Math.max(count, this.#states.length * 2));
    states.set(this.#states);
    this.#states = states;
  }

  /** They are given up by a change that goes into this queue. */
  release(queue: unknown, blocks: readonly number[]): void {
    const leaving = this.#leaving.get(queue) ?? [];
    for (const block of blocks) leaving.push(block);
    this.#leaving.set(queue, leaving);
  }

  /** All changes of this queue are written (and not flushed). */
  written(queue: unknown): void {
    for (const block of this.#leaving.get(queue) ?? []) this.#left.push(block);
    this.#leaving.delete(queue);
  }

  /** The file was flushed. */
  flushed(): void {
    for (const block of this.#zeroing) {
      this.#states[block] = CLEAN;
      this.#lowest = Math.min(this.#lowest, block);
    }
    this.#clean += this.#zeroing.length;
    this.#zeroing = [];
    for (const block of this.#left) this.#states[block] = DIRTY;
    this.#dirty += this.#left.length;
    this.#left = [];
  }

  /** Writes zeros into free blocks; they can be taken after the next flush. @returns whether there was one */
  zero(most = ZEROED_AT_ONCE): boolean {
    if (this.#dirty === 0) return false;
    for (let block = 0; block < this.#count && this.#dirty > 0 && this.#zeroing.length < most; block++) {
      let length = 0;
      while (length < 64 && block + length < this.#count && this.#states[block + length] === DIRTY) length++;
      if (length === 0) continue;
      this.#device.write(zeros.subarray(0, length * BLOCK), block * BLOCK);
      this.#states.fill(ZEROING, block, block + length);
      for (let n = 0; n < length; n++) this.#zeroing.push(block + n);
      this.#dirty -= length;
      block += length - 1;
    }
    return true;
  }

  /** Cuts free blocks off the end of the file where there are many. */
  giveBack(): void {
    const { givenBackFrom, growth } = this.#sizes;
    if (this.#clean + this.#dirty < givenBackFrom) return;
    let end = this.#count;
    while (end > 0 && (this.#states[end - 1] === CLEAN || this.#states[end - 1] === DIRTY)) end--;
    if (this.#count - end < givenBackFrom) return;
    const kept = end + growth;
    this.#device.resize(kept * BLOCK);
    // Before it may grow again: what grows is zeros only if the cut is stored.
    this.#device.flush();
    this.flushed();
    for (let block = kept; block < this.#count; block++) {
      if (this.#states[block] === CLEAN) this.#clean--;
      else this.#dirty--;
      this.#states[block] = 0;
    }
    this.#count = kept;
  }
}
