// What a disk (client/sync/disk) must be: a plain file system in memory, which also knows every state that it may be in after
// the power was lost. States are numbered by the step that made them.
import type { Disk } from '../../client/sync/disk/disk';
import { entriesOf } from '../../client/sync/disk/image';

interface Version {
  readonly step: number;
  readonly data: Uint8Array;
}

export interface ModelFile {
  readonly id: number;
  /** What may be stored of it, the oldest first; the last is what it is. */
  versions: Version[];
}

type Held = { readonly file: ModelFile | null; readonly size: number };
type Kind = 'log' | 'other';
type State = { readonly step: number; readonly tree: ReadonlyMap<string, Held> };

const CONTROL = '/global/pg_control';
const kindOf = (path: string): Kind => (path === '/pg_wal' || path.startsWith('/pg_wal/') ? 'log' : 'other');
const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'));
const now = (file: ModelFile) => file.versions.at(-1)!.data;

export class Model {
  #tree = new Map<string, ModelFile | null>([['', null]]);
  #states: Record<Kind, State[]> = { log: [], other: [] };
  #step = 0;
  /** The first step that changed the log and was not flushed: nothing later may be stored of other files. */
  #unflushedLog = Number.POSITIVE_INFINITY;
  #changedLog = false;
  #flushes = 0;
  #ids = 0;
  #words = 0;

  constructor(disk: Disk) {
    this.#take(disk);
  }

  begin(): void {
    this.#step++;
    this.#changedLog = false;
  }

  file(path: string): ModelFile | null {
    return this.#tree.get(path) ?? null;
  }

  /** @returns the paths of all files */
  files(): string[] {
    return [...this.#tree].flatMap(([path, file]) => (file ? [path] : []));
  }

  /** @returns words that no other file and no other time has */
  filling(file: ModelFile, count: number): Uint8Array {
    this.#words++;
    return new Uint8Array(new Uint32Array(count).fill(file.id * 0x10000 + this.#words).buffer);
  }

  /** @returns what takes it back */
  write(file: ModelFile, bytes: Uint8Array, at: number): () => void {
    const before = now(file);
    if (bytes.length === 0 && at <= before.length) return () => {};
    const data = new Uint8Array(Math.max(before.length, at + bytes.length));
    data.set(before);
    data.set(bytes, at);
    return this.#become(file, data);
  }

  truncate(file: ModelFile, size: number): () => void {
    const data = new Uint8Array(size);
    data.set(now(file).subarray(0, size));
    return this.#become(file, data);
  }

  #become(file: ModelFile, data: Uint8Array): () => void {
    const version = { step: this.#step, data };
    const path = [...this.#tree].find(([, other]) => other === file)?.[0];
    const [unflushedLog, flushes] = [this.#unflushedLog, this.#flushes];
    file.versions.push(version);
    if (path !== undefined) this.#changed(path);
    return () => {
      file.versions = file.versions.filter((one) => one !== version);
      if (path !== undefined) this.#changed(path);
      this.#unflushedLog = flushes === this.#flushes ? unflushedLog : Number.POSITIVE_INFINITY;
    };
  }

  #changed(...paths: string[]): void {
    for (const kind of new Set(paths.map(kindOf))) {
      this.#states[kind].push(this.#state(kind, this.#step));
      if (kind === 'other') continue;
      this.#changedLog = true;
      this.#unflushedLog = Math.min(this.#unflushedLog, this.#step);
    }
  }

  #state(kind: Kind, step: number): State {
    const tree = new Map<string, Held>();
    for (const [path, file] of this.#tree) {
      if (kindOf(path) === kind) tree.set(path, { file, size: file ? now(file).length : 0 });
    }
    return { step, tree };
  }

  /** @returns the error's name, or null when it is done */
  try(what: string, path: string, to: string): string | null {
    const tree = this.#tree;
    const found = tree.get(path);
    const lacksParent = (child: string) =>
      !tree.has(parentOf(child)) ? 'ENOENT' : tree.get(parentOf(child)) ? 'ENOTDIR' : null;
    const isEmpty = (folder: string) => ![...tree.keys()].some((other) => other.startsWith(`${folder}/`));
    if (what === 'make' || what === 'makeFolder') {
      if (found !== undefined) return 'EEXIST';
      const lacking = lacksParent(path);
      if (lacking) return lacking;
      const empty = { step: this.#step, data: new Uint8Array(0) };
      tree.set(path, what === 'make' ? { id: ++this.#ids, versions: [empty] } : null);
      this.#changed(path);
      return null;
    }
    if (found === undefined) return 'ENOENT';
    if (what === 'openFile') return found ? null : 'EISDIR';
    if (what === 'remove' || what === 'removeFolder') {
      if (what === 'remove' && !found) return 'EISDIR';
      if (what === 'removeFolder' && found) return 'ENOTDIR';
      if (path === '') return 'EINVAL';
      if (!found && !isEmpty(path)) return 'ENOTEMPTY';
      tree.delete(path);
      this.#changed(path);
      return null;
    }
    const lacking = lacksParent(to);
    if (lacking) return lacking;
    if (path === to) return null;
    if (path === '' || to.startsWith(`${path}/`)) return 'EINVAL';
    const over = tree.get(to);
    if (over !== undefined) {
      if (Boolean(over) !== Boolean(found)) return over ? 'ENOTDIR' : 'EISDIR';
      if (to === '') return 'EINVAL';
      if (!over && !isEmpty(to)) return 'ENOTEMPTY';
    }
    for (const [other, file] of [...tree]) {
      if (other !== path && !other.startsWith(`${path}/`)) continue;
      tree.delete(other);
      tree.set(to + other.slice(path.length), file);
    }
    this.#changed(path, to);
    return null;
  }

  /** The file was flushed during this step. */
  flushed(): void {
    this.#flushes++;
    this.#unflushedLog = this.#changedLog ? this.#step : Number.POSITIVE_INFINITY;
  }

  /** The log's files are stored. */
  synced(): void {
    this.#keepLast('log');
    this.#unflushedLog = Number.POSITIVE_INFINITY;
  }

  /** All is stored. */
  stored(): void {
    this.synced();
    this.#keepLast('other');
  }

  #keepLast(kind: Kind): void {
    this.#states[kind] = [this.#state(kind, -1)];
    for (const [path, file] of this.#tree) {
      if (file && kindOf(path) === kind) file.versions = [{ step: -1, data: now(file) }];
    }
  }

  /** It is what the disk is now. */
  #take(disk: Disk): void {
    this.#tree = new Map([['', null]]);
    for (const { path, data } of entriesOf(disk)) {
      this.#tree.set(path, data && { id: ++this.#ids, versions: [{ step: -1, data }] });
    }
    this.stored();
  }

  /**
   * The power was lost during this step, and the disk was opened again.
   * @throws Error when the disk is in no state that it may be in
   */
  recover(disk: Disk): void {
    const found = new Map([...entriesOf(disk)].map(({ path, data }) => [path, data]));
    found.set('', null);
    const control = this.#tree.get(CONTROL);
    const bytes = found.get(CONTROL);
    // What a control file says is stored before it is.
    if (control && bytes && this.#hasNewest(control, bytes)) {
      const { versions } = control;
      for (const kind of ['log', 'other'] as const) {
        const states = this.#states[kind].filter(({ step }) => step < this.#step);
        const last = states.at(-1);
        if (last) this.#states[kind] = [{ ...last, step: -1 }, ...this.#states[kind].slice(states.length)];
      }
      for (const file of this.#tree.values()) if (file) file.versions = [{ step: -1, data: now(file) }];
      control.versions = versions;
    }
    for (const kind of ['log', 'other'] as const) {
      const reasons: string[] = [];
      const limit = kind === 'other' ? this.#unflushedLog : Number.POSITIVE_INFINITY;
      const isOne = this.#states[kind].some(({ step, tree }) => {
        if (step > limit) return false;
        const reason = differs(tree, found, kind, limit);
        if (reason) reasons.push(`${step}: ${reason}`);
        return reason === null;
      });
      if (!isOne) {
        throw new Error(
          `step ${this.#step}: after the loss of power, files of kind ${kind}:\n${reasons.join('\n')}`,
        );
      }
    }
    this.#take(disk);
  }

  #hasNewest(file: ModelFile, bytes: Uint8Array): boolean {
    const newest = file.versions.at(-1)!;
    if (newest.step !== this.#step || file.versions.length < 2) return false;
    const before = wordsOf(file.versions.at(-2)!.data);
    const words = wordsOf(newest.data);
    return wordsOf(bytes).some((word, i) => word === words[i] && word !== (before[i] ?? 0));
  }

  /** @returns in what the disk is otherwise, or null */
  differs(disk: Disk): string | null {
    const found = new Map([...entriesOf(disk)].map(({ path, data }) => [path, data]));
    for (const [path, file] of this.#tree) {
      if (path === '') continue;
      const data = found.get(path);
      if (data === undefined) return `${path} is missing`;
      if (Boolean(data) !== Boolean(file)) return `${path} is of the other type`;
      if (file && data && Buffer.compare(now(file), data) !== 0) return `${path} has other contents`;
      found.delete(path);
    }
    return found.size > 0 ? `${[...found.keys()]} should not be there` : null;
  }
}

const wordsOf = (bytes: Uint8Array) =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));

function differs(
  tree: ReadonlyMap<string, Held>,
  found: ReadonlyMap<string, Uint8Array | null>,
  kind: Kind,
  limit: number,
): string | null {
  for (const path of found.keys()) if (kindOf(path) === kind && !tree.has(path)) return `${path} is there`;
  for (const [path, { file, size }] of tree) {
    const data = found.get(path);
    if (data === undefined) return `${path} is not there`;
    if (Boolean(data) !== Boolean(file)) return `${path} is of the other type`;
    if (!file || !data) continue;
    if (data.length !== size) return `${path} has ${data.length} bytes and not ${size}`;
    const versions = file.versions.filter(({ step }) => step <= limit).map(({ data }) => wordsOf(data));
    const wrong = wordsOf(data).findIndex((word, i) => !versions.some((words) => (words[i] ?? 0) === word));
    if (wrong >= 0) return `${path} at ${wrong * 4} has ${wordsOf(data)[wrong]!.toString(16)}`;
  }
  return null;
}
