// A file in memory, where an image is unpacked that is not kept in a file.
import type { Handle } from './device';

export class MemoryHandle implements Handle {
  #bytes = new Uint8Array(0);
  #size = 0;

  getSize(): number {
    return this.#size;
  }

  truncate(size: number): void {
    if (size > this.#bytes.length) {
      const bytes = new Uint8Array(
        Math.max(size, Math.min(this.#bytes.length * 2, this.#bytes.length + 2 ** 26)),
      );
      bytes.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = bytes;
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    const bytes = this.#bytes.subarray(Math.min(at, this.#size), Math.min(at + into.length, this.#size));
    into.set(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array, { at }: { readonly at: number }): number {
    if (at + bytes.length > this.#size) this.truncate(at + bytes.length);
    this.#bytes.set(bytes, at);
    return bytes.length;
  }

  flush(): void {}

  close(): void {}
}
