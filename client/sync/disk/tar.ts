// Tar files as PGlite dumps and loads them: a data folder, without owners and times.

export interface Entry {
  /** Begins with a slash. */
  readonly path: string;
  /** Its nine permission bits. */
  readonly mode: number;
  /** Null: a folder. */
  readonly data: Uint8Array | null;
}

const RECORD = 512;

/** @returns what is in it, in its order, without the folder that is the root */
export function readTar(tar: Uint8Array): Entry[] {
  const text = (at: number, length: number) => {
    const bytes = tar.subarray(at, at + length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  const entries: Entry[] = [];
  for (let at = 0; at + RECORD <= tar.length && tar[at] !== 0; ) {
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : '';
    const name = prefix ? `${prefix}/${text(at, 100)}` : text(at, 100);
    const mode = Number.parseInt(text(at + 100, 8), 8) & 0o777;
    const size = Number.parseInt(text(at + 124, 12), 8) || 0;
    const type = text(at + 156, 1);
    const path = `/${name
      .split('/')
      .filter((part) => part && part !== '.')
      .join('/')}`;
    const start = at + RECORD;
    if (path !== '/' && type === '5') entries.push({ path, mode, data: null });
    if (path !== '/' && (type === '0' || type === ''))
      entries.push({ path, mode, data: tar.subarray(start, start + size) });
    at = start + Math.ceil(size / RECORD) * RECORD;
  }
  return entries;
}

/** @returns pieces of a tar file, for a Blob */
export function writeTar(entries: Iterable<Entry>): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const { path, mode, data } of entries) {
    const head = new Uint8Array(RECORD);
    const put = (at: number, text: string) => head.set(new TextEncoder().encode(text), at);
    put(0, path);
    put(100, `${mode.toString(8).padStart(7, '0')}`);
    put(124, `${(data?.length ?? 0).toString(8).padStart(11, '0')} `);
    put(148, '        ');
    put(156, data ? '0' : '5');
    put(257, 'ustar');
    put(263, '00');
    const sum = head.reduce((all, byte) => all + byte, 0);
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    pieces.push(head);
    if (!data) continue;
    const padded = new Uint8Array(Math.ceil(data.length / RECORD) * RECORD);
    padded.set(data);
    pieces.push(padded);
  }
  pieces.push(new Uint8Array(2 * RECORD));
  return pieces;
}
