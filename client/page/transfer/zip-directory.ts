// The directory of a zip archive: its entries as they are stored, names as bytes. (APPNOTE 6.3, with Zip64.)

export interface ZipEntry {
  readonly nameBytes: Uint8Array;
  /** The name in UTF-8 that Info-ZIP stores beside another; only where it belongs to these bytes. */
  readonly unicodeName: string | null;
  /** The archive says that the name is UTF-8. */
  readonly isUtf8: boolean;
  readonly isEncrypted: boolean;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const big = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

/** @throws RangeError or Error where the bytes are no archive */
export function readDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = viewOf(bytes);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  let end = bytes.length - 22;
  while (end >= 0 && u32(end) !== 0x06054b50) {
    if (bytes.length - end > 65_557 + 22) end = 0;
    end--;
  }
  if (end < 0) throw new Error('no end of a directory');
  let size = u32(end + 12);
  let start = u32(end + 16);
  let directoryEnd = end;
  if (end >= 20 && u32(end - 20) === 0x07064b50) {
    const at = big(view, end - 12);
    if (u32(at) === 0x06064b50) {
      size = big(view, at + 40);
      start = big(view, at + 48);
      directoryEnd = at;
    }
  }
  // Something may stand before the archive; what it says of places counts from its own beginning.
  const shift = directoryEnd - size - start;
  const entries: ZipEntry[] = [];
  for (let at = start + shift; at + 46 <= directoryEnd && u32(at) === 0x02014b50; ) {
    const [nameLength, extraLength, commentLength] = [u16(at + 28), u16(at + 30), u16(at + 32)];
    const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const long = longNumbers(extra, [u32(at + 24), u32(at + 20), u32(at + 42)]);
    const flags = u16(at + 8);
    entries.push({
      nameBytes,
      unicodeName: unicodeName(extra, nameBytes),
      isUtf8: (flags & 0x800) !== 0,
      isEncrypted: (flags & 1) !== 0,
      method: u16(at + 10),
      crc: u32(at + 16),
      size: long[0]!,
      packedSize: long[1]!,
      offset: long[2]! + shift,
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

function* fields(extra: Uint8Array): Generator<[id: number, data: Uint8Array]> {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    yield [view.getUint16(at, true), extra.subarray(at + 4, at + 4 + length)];
    at += 4 + length;
  }
}

/** Zip64 has the numbers that do not fit, in this order. */
function longNumbers(extra: Uint8Array, given: readonly number[]): number[] {
  for (const [id, data] of fields(extra)) {
    if (id !== 1) continue;
    let at = 0;
    return given.map((number) => {
      if (number !== 0xffffffff || at + 8 > data.length) return number;
      at += 8;
      return big(viewOf(data), at - 8);
    });
  }
  return [...given];
}

function unicodeName(extra: Uint8Array, nameBytes: Uint8Array): string | null {
  for (const [id, data] of fields(extra)) {
    if (id !== 0x7075 || data.length < 5 || data[0] !== 1) continue;
    if (viewOf(data).getUint32(1, true) !== crc32(nameBytes)) continue;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(5));
    } catch {
      return null;
    }
  }
  return null;
}

/** The bytes of an entry as they are stored. @throws RangeError where they are not there */
export function packedBytes(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = viewOf(bytes);
  if (view.getUint32(entry.offset, true) !== 0x04034b50) throw new RangeError('no local header');
  const start =
    entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  if (start + entry.packedSize > bytes.length) throw new RangeError('cut off');
  return bytes.subarray(start, start + entry.packedSize);
}
