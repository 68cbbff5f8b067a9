// The disk as a file system: against a plain one in memory, with the power lost at any place. DISK_RUNS gives the number of
// histories, DISK_SEED repeats them, DISK_SHRINK looks for a shorter one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CuttableHandle, choicesOf, PowerCut } from '../../../scripts/testing/cuttable-handle';
import { Model } from '../../../scripts/testing/disk-model';
import { BLOCK } from './device';
import { Disk } from './disk';
import { DiskError } from './errors';
import { fill, makeImage } from './image';
import type { Sizes } from './sizes';
import type { FileNode } from './tree';

const seed = Number(process.env.DISK_SEED ?? Date.now() % 2 ** 31);
const runs = Number(process.env.DISK_RUNS ?? 300);
/** So small that each limit is met often. */
const small: Sizes = {
  reserve: 1024,
  mostHeld: 4,
  growth: 4,
  givenBackFrom: 24,
  keptForLog: 3,
  keptForStart: 1,
};

const folders = ['/base', '/base/1', '/pg_wal', '/global'];
const names = ['a', 'b'];
const path = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...folders), fc.constantFrom(...names))
      .map((parts) => parts.join('/')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...folders, '/new', '') },
);
/** Mostly the file of this number of those that are there then. */
const found = fc.oneof({ weight: 8, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: path });
/** Positions and lengths in words of four bytes. */
const words = fc.integer({ min: 0, max: (3 * BLOCK) / 4 });
const step = fc.record({
  what: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('write' as const), path: found, at: words, count: words }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('make' as const), path }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('makeFolder' as const), path }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), path: found }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('removeFolder' as const), path }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), path: found, to: path }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const), path: found, size: words }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('keepOpen' as const), path: found }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('letGo' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), blocks: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('started' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('noLimit' as const) }) },
  ),
  /** After how many writes of the step the power is lost; what is left of those that were not flushed. */
  cut: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ after: fc.nat(8), seed: fc.nat() }) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function newDisk(): Promise<CuttableHandle> {
  const image = makeImage(
    [
      ...folders.map((path) => ({ path, mode: 0o700, data: null })),
      { path: '/global/pg_control', mode: 0o600, data: new Uint8Array(BLOCK).fill(1) },
    ],
    small,
  );
  const handle = new CuttableHandle();
  await fill(handle, new Blob([image]).stream());
  return handle;
}

const inLog = (path: string) => `${path}/`.startsWith('/pg_wal/');

class History {
  #handle: CuttableHandle;
  #disk: Disk;
  readonly #model: Model;
  /** Files that are kept open. */
  #open: FileNode[] = [];

  constructor(handle: CuttableHandle) {
    this.#handle = handle;
    this.#disk = Disk.open(handle, small);
    this.#model = new Model(this.#disk);
    this.#listen();
  }

  #listen(): void {
    this.#handle.onFlush = () => this.#model.flushed();
  }

  run({ what, cut }: Step): void {
    this.#handle.left = cut ? cut.after : Number.POSITIVE_INFINITY;
    this.#model.begin();
    let lost = false;
    try {
      this.#do(what);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      lost = true;
    }
    if (lost || cut) this.#lose(this.#handle.cut(choicesOf(cut!.seed)));
    this.#same();
  }

  /** The file is as this from now on: it must open, and be a state that it may be in. */
  #lose(contents: Uint8Array): void {
    this.#handle.left = Number.POSITIVE_INFINITY;
    const { limit } = this.#handle;
    this.#handle = new CuttableHandle(contents);
    this.#open = [];
    this.#disk = Disk.open(this.#handle, small);
    this.#model.recover(this.#disk);
    this.#handle.limit = limit;
    this.#listen();
  }

  #named(path: string | number): string {
    if (typeof path === 'string') return path;
    const files = this.#model.files();
    return files[path % Math.max(1, files.length)] ?? '';
  }

  #do(what: Step['what']): void {
    const disk = this.#disk;
    const model = this.#model;
    const path = 'path' in what ? this.#named(what.path) : '';
    switch (what.do) {
      case 'sync':
        disk.sync();
        model.synced();
        return;
      case 'flush':
        disk.flush();
        model.stored();
        return;
      case 'reopen':
        this.#open = [];
        disk.close();
        model.stored();
        this.#disk = Disk.open(this.#handle, small);
        return;
      case 'kill':
        this.#lose(this.#handle.contents());
        return;
      case 'limit':
        this.#handle.limit = this.#handle.getSize() + what.blocks * BLOCK;
        return;
      case 'noLimit':
        this.#handle.limit = Number.POSITIVE_INFINITY;
        return;
      case 'started':
        disk.started();
        return;
      case 'letGo': {
        const file = this.#open.pop();
        if (file) disk.closeFile(file);
        return;
      }
      case 'keepOpen':
        this.#both('openFile', path);
        return;
      case 'write': {
        const node = disk.find(path);
        if (node?.type !== 'regular') return;
        const file = model.file(path)!;
        const bytes = model.filling(file, what.count);
        const undo = model.write(file, bytes, what.at * 4);
        this.#refusable(undo, () => {
          disk.write(node, bytes, what.at * 4);
          // A control file is stored, and with it all before.
          if (path === '/global/pg_control') model.stored();
        });
        return;
      }
      case 'truncate': {
        const node = disk.find(path);
        if (node?.type !== 'regular') return;
        const undo = model.truncate(model.file(path)!, what.size * 4);
        this.#refusable(undo, () => disk.truncate(node, what.size * 4));
        return;
      }
      default:
        this.#both(what.do, path, what.do === 'rename' ? what.to : undefined);
    }
  }

  /** What a full disk refuses has changed nothing. */
  #refusable(undo: () => void, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof DiskError) || error.errorName !== 'ENOSPC') throw error;
      expect(this.#handle.limit).toBeLessThan(Number.POSITIVE_INFINITY);
      undo();
    }
  }

  /** Both do it, or refuse it with the same error. */
  #both(
    what: 'make' | 'makeFolder' | 'remove' | 'removeFolder' | 'rename' | 'openFile',
    path: string,
    to = '',
  ): void {
    const refused = this.#model.try(what, path, to);
    const disk = this.#disk;
    try {
      if (what === 'make') disk.make(path, 0o600);
      else if (what === 'makeFolder') disk.makeFolder(path, 0o700);
      else if (what === 'remove') disk.remove(path);
      else if (what === 'removeFolder') disk.removeFolder(path);
      else if (what === 'rename') disk.rename(path, to);
      else this.#open.push(disk.openFile(path));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      expect(error.errorName).toBe(refused);
      return;
    }
    expect(refused).toBeNull();
    // A change of the order of writes stores all.
    if (what === 'rename' && inLog(path) !== inLog(to)) this.#model.stored();
  }

  #same(): void {
    expect(this.#model.differs(this.#disk)).toBeNull();
  }
}

test(`W1: the disk is as a plain file system, and after a loss of power as it was before or after (seed ${seed})`, async () => {
  const empty = (await newDisk()).contents();
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 120, size: 'max' }), (steps) => {
      const history = new History(new CuttableHandle(empty));
      for (const one of steps) history.run(one);
    }),
    {
      numRuns: runs,
      seed,
      ...(process.env.DISK_PATH ? { path: process.env.DISK_PATH } : {}),
      endOnFailure: process.env.DISK_SHRINK === undefined,
    },
  );
});
