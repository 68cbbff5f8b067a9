// Reads and writes tar files as PGlite dumps them: plain files and folders with short names.

export interface TarEntry {
  readonly name: string;
  /** As in the file: '0' a file, '5' a folder. */
  readonly type: string;
  /** Unix permissions. */
  readonly mode: number;
  readonly data: Uint8Array;
}

const block = 512;
const text = new TextDecoder();

/** @throws if the bytes are no tar file, or hold other things than files and folders */
export function readTar(tar: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    if (sumOf(header) !== octal(header, 148, 8)) throw new Error(`not a tar file at byte ${at}`);
    const type = String.fromCharCode(header[156] || 48);
    if (type !== '0' && type !== '5') throw new Error(`an entry of type ${type} in a tar file`);
    const size = octal(header, 124, 12);
    const data = tar.subarray(at + block, at + block + size);
    const prefix = word(header, 345, 155);
    const name = word(header, 0, 100);
    entries.push({ name: prefix ? `${prefix}/${name}` : name, type, mode: octal(header, 100, 8), data });
    at += block + Math.ceil(size / block) * block;
  }
  return entries;
}

/** Times and owners are left blank, so that equal entries give equal bytes. @throws if a name is too long */
export function writeTar(entries: readonly TarEntry[]): Uint8Array {
  const size = entries.reduce((n, { data }) => n + block + Math.ceil(data.length / block) * block, 2 * block);
  const tar = new Uint8Array(size);
  let at = 0;
  for (const { name, type, mode, data } of entries) {
    const header = tar.subarray(at, at + block);
    put(header, 0, name, 100);
    put(header, 100, `${mode.toString(8).padStart(7, '0')}\0`, 8);
    put(header, 108, '0000000\0', 8);
    put(header, 116, '0000000\0', 8);
    put(header, 124, `${data.length.toString(8).padStart(11, '0')}\0`, 12);
    put(header, 136, '00000000000\0', 12);
    put(header, 156, type, 1);
    put(header, 257, 'ustar\x0000', 8);
    put(header, 148, `${sumOf(header).toString(8).padStart(6, '0')}\0 `, 8);
    tar.set(data, at + block);
    at += block + Math.ceil(data.length / block) * block;
  }
  return tar;
}

/** The sum of a header, its own field taken as blanks. */
function sumOf(header: Uint8Array): number {
  let sum = 0;
  for (const [i, byte] of header.entries()) sum += i >= 148 && i < 156 ? 32 : byte;
  return sum;
}

function word(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return text.decode(end < 0 ? field : field.subarray(0, end));
}

const octal = (header: Uint8Array, at: number, length: number) =>
  Number.parseInt(word(header, at, length).trim() || '0', 8);

function put(header: Uint8Array, at: number, value: string, length: number): void {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > length) throw new Error(`${value} is too long for a tar file`);
  header.set(bytes, at);
}
