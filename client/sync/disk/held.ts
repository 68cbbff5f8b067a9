// Blocks whose new contents are in memory, because they may not be in the file yet; who reads is given these.
import { BLOCK, type Device } from './device';

/** Blocks that lie together are written together, up to so many. */
const TOGETHER = 32;

export class Held {
  readonly #device: Device;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** In blocks. */
  get size(): number {
    return this.#blocks.size;
  }

  /** @param at where in the file */
  put(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const block = Math.floor((at + done) / BLOCK);
      const within = (at + done) % BLOCK;
      const length = Math.min(BLOCK - within, bytes.length - done);
      let held = this.#blocks.get(block);
      if (!held) {
        held = new Uint8Array(BLOCK);
        if (length < BLOCK) this.#device.read(held, block * BLOCK);
        this.#blocks.set(block, held);
      }
      held.set(bytes.subarray(done, done + length), within);
      done += length;
    }
  }

  /** Reads from the file as it will be. */
  read(into: Uint8Array, at: number): void {
    const first = Math.floor(at / BLOCK);
    const last = Math.floor((at + into.length - 1) / BLOCK);
    let held = 0;
    if (this.#blocks.size > 0) {
      for (let block = first; block <= last; block++) if (this.#blocks.has(block)) held++;
    }
    if (held <= last - first) this.#device.read(into, at);
    for (let block = first; held > 0 && block <= last; block++) {
      const bytes = this.#blocks.get(block);
      if (!bytes) continue;
      const start = Math.max(at, block * BLOCK);
      const end = Math.min(at + into.length, (block + 1) * BLOCK);
      into.set(bytes.subarray(start - block * BLOCK, end - block * BLOCK), start - at);
    }
  }

  /** They belong to nobody any more. */
  drop(blocks: readonly number[]): void {
    if (this.#blocks.size > 0) for (const block of blocks) this.#blocks.delete(block);
  }

  /** Writes them into the file. @throws DiskError ENOSPC; those that were not written are held still */
  write(): void {
    if (this.#blocks.size === 0) return;
    const blocks = [...this.#blocks.keys()].sort((a, b) => a - b);
    for (let i = 0; i < blocks.length; ) {
      let count = 1;
      while (count < TOGETHER && blocks[i + count] === blocks[i]! + count) count++;
      const bytes = count === 1 ? this.#blocks.get(blocks[i]!)! : new Uint8Array(count * BLOCK);
      for (let n = 0; count > 1 && n < count; n++) bytes.set(this.#blocks.get(blocks[i + n]!)!, n * BLOCK);
      this.#device.write(bytes, blocks[i]! * BLOCK);
      for (let n = 0; n < count; n++) this.#blocks.delete(blocks[i + n]!);
      i += count;
    }
  }
}
