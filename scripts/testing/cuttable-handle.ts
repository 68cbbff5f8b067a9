// A file whose power can be cut: it knows what was flushed and what was written since. After a cut any of the writes since
// the last flush may be stored or not, whole or in parts of sectors, and any later one before an earlier one.
import type { Handle } from '../../client/sync/disk/device';
import { MemoryHandle } from '../../client/sync/disk/memory-handle';

const SECTOR = 512;

/** Thrown at the place at which the power goes. */
export class PowerCut extends Error {}

export interface Choices {
  /** From 0 to below this. */
  below(count: number): number;
}

/** @returns the same choices for the same seed */
export function choicesOf(seed: number): Choices {
  let state = seed >>> 0;
  return {
    below(count) {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return ((mixed ^ (mixed >>> 15)) >>> 0) % count;
    },
  };
}

export class CuttableHandle implements Handle {
  readonly #now = new MemoryHandle();
  readonly #stored = new MemoryHandle();
  /** Since the last flush, in order; a resize has no bytes. */
  #writes: { at: number; bytes: Uint8Array | null }[] = [];
  /** No size beyond it. Bytes. */
  limit = Number.POSITIVE_INFINITY;
  /** How many writes, resizes and flushes may still come until the power goes. */
  left = Number.POSITIVE_INFINITY;
  /** How many there were. */
  done = 0;
  /** Called before each of them; and when a flush has been done. */
  onChange = () => {};
  onFlush = () => {};

  constructor(stored: Uint8Array = new Uint8Array(0)) {
    for (const file of [this.#stored, this.#now]) if (stored.length > 0) file.write(stored, { at: 0 });
  }

  #step(): void {
    this.onChange();
    this.done++;
    if (--this.left < 0) throw new PowerCut();
  }

  getSize(): number {
    return this.#now.getSize();
  }

  read(into: Uint8Array, options: { readonly at: number }): number {
    return this.#now.read(into, options);
  }

  write(bytes: Uint8Array, { at }: { readonly at: number }): number {
    this.#step();
    this.#room(at + bytes.length);
    this.#writes.push({ at, bytes: bytes.slice() });
    this.#now.write(bytes, { at });
    return bytes.length;
  }

  truncate(size: number): void {
    this.#step();
    this.#room(size);
    this.#writes.push({ at: size, bytes: null });
    this.#now.truncate(size);
  }

  #room(size: number): void {
    if (size > this.#now.getSize() && size > this.limit)
      throw new DOMException('no room', 'QuotaExceededError');
  }

  flush(): void {
    this.#step();
    for (const { at, bytes } of this.#writes) {
      if (bytes) this.#stored.write(bytes, { at });
      else this.#stored.truncate(at);
    }
    this.#writes = [];
    this.onFlush();
  }

  close(): void {}

  /** As it is seen now, which is what is left of it when only the process is killed. */
  contents(): Uint8Array {
    return whole(this.#now);
  }

  /** @returns what may be left of the file after the power is lost now */
  cut(choices: Choices): Uint8Array {
    let size = this.#stored.getSize();
    const sizes = [size];
    for (const { at, bytes } of this.#writes) {
      size = bytes ? Math.max(size, at + bytes.length) : at;
      sizes.push(size);
    }
    size = sizes[choices.below(sizes.length)]!;
    // Mostly some are lost; sometimes all, or as good as none.
    const kept = [0, 1, 5, 9, 10][choices.below(5)]!;
    const writes = this.#writes.flatMap(({ at, bytes }) =>
      bytes && choices.below(10) < kept ? [{ at, bytes }] : [],
    );
    if (choices.below(2) === 0) {
      for (let i = writes.length - 1; i > 0; i--) {
        const j = choices.below(i + 1);
        [writes[i], writes[j]] = [writes[j]!, writes[i]!];
      }
    }
    const bytes = new Uint8Array(Math.max(size, ...writes.map(({ at, bytes }) => at + bytes.length)));
    this.#stored.read(bytes, { at: 0 });
    for (const write of writes) {
      const torn = choices.below(4) === 0;
      for (let from = 0; from < write.bytes.length; ) {
        const to = Math.min(write.bytes.length, from + SECTOR - ((write.at + from) % SECTOR));
        if (!torn || choices.below(2) === 0) bytes.set(write.bytes.subarray(from, to), write.at + from);
        from = to;
      }
    }
    return bytes;
  }
}

function whole(file: MemoryHandle): Uint8Array {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  return bytes;
}
