// Several files as one sequence of bytes, and back: a line of JSON with names and sizes, then their bytes.

export interface PackedFile {
  /** A relative path with forward slashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function pack(files: readonly PackedFile[]): Uint8Array {
  const list = files.map(({ name, bytes }) => [name, bytes.length] as const);
  return Buffer.concat([Buffer.from(`${JSON.stringify(list)}\n`), ...files.map(({ bytes }) => bytes)]);
}

/** @throws SyntaxError where the first line is no list */
export function unpack(packed: Uint8Array): PackedFile[] {
  const end = packed.indexOf(10);
  const list = JSON.parse(Buffer.from(packed.subarray(0, end)).toString('utf8')) as [string, number][];
  let at = end + 1;
  return list.map(([name, size]) => {
    const bytes = packed.subarray(at, at + size);
    at += size;
    return { name, bytes };
  });
}
