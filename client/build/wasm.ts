// Reads and rewrites the parts of a WebAssembly module that say what it takes and gives: imports, exports, memory.
// The code itself is never touched. Names of sections and their layout: the WebAssembly core specification, chapter 5.

/** What an entry of the import or export section stands for. */
export type Kind = 'function' | 'table' | 'memory' | 'global' | 'tag';

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: Kind;
}

export interface Export {
  readonly name: string;
  readonly kind: Kind;
}

const kinds: readonly Kind[] = ['function', 'table', 'memory', 'global', 'tag'];
const sectionIds = { import: 2, export: 7 } as const;

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('the WebAssembly module ends too early');
    return byte;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  word(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  kind(): Kind {
    const kind = kinds[this.byte()];
    if (!kind) throw new Error('an unknown kind of import or export');
    return kind;
  }
}

interface Section {
  readonly id: number;
  /** Where its number stands, and where the next section does. */
  readonly start: number;
  readonly end: number;
  /** Where its contents begin. */
  readonly body: number;
}

function sections(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes, 8);
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== '\0asm') throw new Error('not a WebAssembly module');
  const found: Section[] = [];
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    const body = reader.at;
    reader.at = body + size;
    found.push({ id, start, body, end: reader.at });
  }
  return found;
}

function sectionOf(bytes: Uint8Array, name: keyof typeof sectionIds): Section | undefined {
  return sections(bytes).find(({ id }) => id === sectionIds[name]);
}

/** @returns all imports in their order, and where the memory's limits stand, if it is imported */
function scanImports(bytes: Uint8Array): { imports: Import[]; memoryAt: number | null } {
  const section = sectionOf(bytes, 'import');
  const imports: Import[] = [];
  let memoryAt: number | null = null;
  if (!section) return { imports, memoryAt };
  const reader = new Reader(bytes, section.body);
  const limits = () => {
    const flags = reader.byte();
    reader.number();
    if (flags & 1) reader.number();
  };
  for (let left = reader.number(); left > 0; left--) {
    const module = reader.word();
    const name = reader.word();
    const kind = reader.kind();
    imports.push({ module, name, kind });
    if (kind === 'function') reader.number();
    else if (kind === 'global') reader.at += 2;
    else if (kind === 'tag') {
      reader.at += 1;
      reader.number();
    } else if (kind === 'table') {
      reader.at += 1;
      limits();
    } else {
      memoryAt = reader.at;
      limits();
    }
  }
  return { imports, memoryAt };
}

export const importsOf = (bytes: Uint8Array): Import[] => scanImports(bytes).imports;

export function exportsOf(bytes: Uint8Array): Export[] {
  const section = sectionOf(bytes, 'export');
  if (!section) return [];
  const reader = new Reader(bytes, section.body);
  return Array.from({ length: reader.number() }, () => {
    const name = reader.word();
    const kind = reader.kind();
    reader.number();
    return { name, kind };
  });
}

/** @returns the least size of the memory that the module imports, in pages of 64 KiB. @throws if it imports none */
export function memoryMinimum(bytes: Uint8Array): number {
  const { memoryAt } = scanImports(bytes);
  if (memoryAt === null) throw new Error('the module imports no memory');
  return new Reader(bytes, memoryAt + 1).number();
}

/**
 * A copy of the module that also starts with a smaller memory: the number is replaced in its place.
 * @param pages of 64 KiB
 * @throws if that number needs more bytes than the one that is there
 */
export function withMemoryMinimum(bytes: Uint8Array, pages: number): Uint8Array {
  const { memoryAt } = scanImports(bytes);
  if (memoryAt === null) throw new Error('the module imports no memory');
  const reader = new Reader(bytes, memoryAt + 1);
  reader.number();
  const room = reader.at - (memoryAt + 1);
  const copy = Uint8Array.from(bytes);
  copy.set(leb(pages, room), memoryAt + 1);
  return copy;
}

/** A copy of the module with fewer exports. Functions keep their numbers, so that code and tables stay as they are. */
export function withExports(bytes: Uint8Array, keep: (exported: Export) => boolean): Uint8Array {
  const section = sectionOf(bytes, 'export');
  if (!section) return Uint8Array.from(bytes);
  const reader = new Reader(bytes, section.body);
  const kept: Uint8Array[] = [];
  for (let left = reader.number(); left > 0; left--) {
    const start = reader.at;
    const name = reader.word();
    const kind = reader.kind();
    reader.number();
    if (keep({ name, kind })) kept.push(bytes.subarray(start, reader.at));
  }
  const body = joined([leb(kept.length), ...kept]);
  return joined([
    bytes.subarray(0, section.start),
    Uint8Array.of(sectionIds.export),
    leb(body.length),
    body,
    bytes.subarray(section.end),
  ]);
}

/** @param width bytes to fill; absent: as few as possible */
function leb(value: number, width?: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; bytes.length < (width ?? 1) || left > 0; left = Math.floor(left / 128)) {
    bytes.push(left % 128);
  }
  if (width !== undefined && bytes.length > width)
    throw new Error(`${value} does not fit into ${width} bytes`);
  return Uint8Array.from(bytes, (byte, i) => (i < bytes.length - 1 ? byte | 128 : byte));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
