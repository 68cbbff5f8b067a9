// What a disk begins with, what makes a file none, and what a damaged one says.
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, test } from 'vitest';
import { preparedBlob } from '../../../scripts/prepare';
import { CuttableHandle, choicesOf, PowerCut } from '../../../scripts/testing/cuttable-handle';
import { BLOCK } from './device';
import { Disk } from './disk';
import { DamagedDisk, NoDisk } from './errors';
import { type Entry, entriesOf, entriesOfTar, fill, makeImage, tarOf } from './image';
import { MemoryHandle } from './memory-handle';
import type { Sizes } from './sizes';

const some: Entry[] = [
  { path: '/base', mode: 0o700, data: null },
  { path: '/base/1', mode: 0o600, data: new Uint8Array(randomBytes(3 * BLOCK)) },
  { path: '/base/2', mode: 0o640, data: new Uint8Array(randomBytes(777)) },
  { path: '/empty', mode: 0o600, data: new Uint8Array(0) },
  { path: '/pg_wal', mode: 0o700, data: null },
];
const small: Sizes = {
  reserve: 1024,
  mostHeld: 4,
  growth: 4,
  givenBackFrom: 24,
  keptForLog: 3,
  keptForStart: 1,
};

const streamOf = (image: Uint8Array<ArrayBuffer>) => new Blob([image]).stream();
const byPath = (entries: Iterable<Entry>) => [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));

async function diskOf(entries: readonly Entry[]): Promise<CuttableHandle> {
  const handle = new CuttableHandle();
  await fill(handle, streamOf(makeImage(entries, small)));
  return handle;
}

test('an image has the files that it was made of; so has a tar file made of them', async () => {
  const disk = Disk.open(await diskOf(some), small);
  expect(byPath(entriesOf(disk))).toEqual(byPath(some));
  expect(entriesOfTar(tarOf(some))).toEqual(some);
});

test('the prepared database as an image is as small on the way as the tar file', async () => {
  const tar = new Uint8Array(await (await preparedBlob()).arrayBuffer());
  const image = makeImage(entriesOfTar(tar));
  const squeezed = (bytes: Uint8Array) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 24 },
    }).length;
  expect(squeezed(image)).toBeLessThanOrEqual(squeezed(tar) * 1.01);
});

test('W1: an image that did not arrive whole is no disk, wherever it ends and the power is lost', async () => {
  const image = makeImage(some, small);
  for (const length of [0, 100, BLOCK, BLOCK + 1, image.length - BLOCK, image.length - 1]) {
    const handle = new CuttableHandle();
    await expect(fill(handle, streamOf(image.slice(0, length)))).rejects.toThrow(TypeError);
    expect(() => Disk.open(handle)).toThrow(NoDisk);
  }
  let cuts = 0;
  for (let left = 0; ; left++) {
    // Over a disk that was there before.
    const handle = await diskOf([{ path: '/old', mode: 0o600, data: new Uint8Array(randomBytes(BLOCK)) }]);
    handle.left = left;
    const isDone = await fill(handle, streamOf(image)).then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(PowerCut);
        return false;
      },
    );
    if (isDone) break;
    for (let seed = 0; seed < 20; seed++, cuts++) {
      const found = new CuttableHandle(handle.cut(choicesOf(seed)));
      try {
        const disk = Disk.open(found, small);
        // The old one before the first flush, or the new one, whole.
        const paths = [...entriesOf(disk)];
        if (disk.find('/old')) expect(left).toBeLessThan(2);
        else expect(byPath(paths)).toEqual(byPath(some));
      } catch (error) {
        expect([NoDisk, DamagedDisk]).toContain((error as Error).constructor);
        if (error instanceof DamagedDisk) expect(left).toBeLessThan(2);
      }
    }
  }
  expect(cuts).toBeGreaterThan(60);
});

test('W1: what is damaged is said to be, and never an older state shown in its place', async () => {
  const handle = await diskOf(some);
  let disk = Disk.open(handle, small);
  // Some generations on.
  for (let i = 0; i < 60; i++) {
    disk.make(`/base/made ${i}`, 0o600);
    disk.flush();
  }
  disk.close();
  const contents = handle.contents();
  for (const slot of [0, 1]) {
    const spoiled = contents.slice();
    spoiled[slot * BLOCK + 40]! ^= 1;
    try {
      disk = Disk.open(new CuttableHandle(spoiled), small);
      expect(disk.find('/base/made 59')).toBeDefined();
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedDisk);
    }
  }
  expect(() => {
    const spoiled = contents.slice();
    spoiled[40]! ^= 1;
    spoiled[BLOCK + 40]! ^= 1;
    Disk.open(new CuttableHandle(spoiled));
  }).toThrow(NoDisk);
});

test('W1: records that a loss of power left behind the end are not taken for later ones', async () => {
  const handle = await diskOf(some);
  const records: { at: number; bytes: Uint8Array }[] = [];
  const write = handle.write.bind(handle);
  handle.write = (bytes, options) => {
    records.push({ at: options.at, bytes: bytes.slice() });
    return write(bytes, options);
  };
  const make = (disk: Disk, path: string) => {
    disk.make(path, 0o600);
    disk.sync();
  };
  const disk = Disk.open(handle, small);
  make(disk, '/base/first');
  make(disk, '/base/second');
  expect(records).toHaveLength(2);
  // The first was lost, the second is there.
  const left = (await diskOf(some)).contents();
  left.set(records[1]!.bytes, records[1]!.at);
  const found = new CuttableHandle(left);
  const again = Disk.open(found, small);
  expect(again.find('/base/first')).toBeUndefined();
  make(again, '/base/first');
  again.close();
  const last = Disk.open(new CuttableHandle(found.contents()), small);
  expect(last.find('/base/first')).toBeDefined();
  expect(last.find('/base/second')).toBeUndefined();
});

test('W1: a write that finds no room in the middle leaves the file as long as it was', async () => {
  const handle = await diskOf(some);
  const disk = Disk.open(handle, small);
  const file = disk.make('/pg_wal/1', 0o600);
  disk.write(file, new Uint8Array(100).fill(1), 0);
  const write = handle.write.bind(handle);
  let room = BLOCK;
  handle.write = (bytes, options) => {
    if (room === Number.POSITIVE_INFINITY) return write(bytes, options);
    const part = bytes.subarray(0, Math.max(0, Math.min(bytes.length, room)));
    room = part.length === 0 ? Number.POSITIVE_INFINITY : room - part.length;
    return part.length === 0 ? 0 : write(part, options);
  };
  expect(() => disk.write(file, new Uint8Array(3 * BLOCK).fill(2), 100)).toThrow('no space left');
  expect(file.size).toBe(100);
  disk.write(file, new Uint8Array(100).fill(3), 200);
  disk.close();
  const data = new Uint8Array(300);
  const again = Disk.open(handle, small);
  again.read(again.openFile('/pg_wal/1'), data, 0);
  expect([...data.subarray(0, 100)]).toEqual(Array(100).fill(1));
  expect([...data.subarray(100, 200)]).toEqual(Array(100).fill(0));
  expect([...data.subarray(200)]).toEqual(Array(100).fill(3));
});

test('what is removed is given back: to other files after two flushes, to the browser when there is much of it', async () => {
  const handle = await diskOf(some);
  const disk = Disk.open(handle, small);
  const big = disk.make('/base/big', 0o600);
  disk.write(big, new Uint8Array(200 * BLOCK).fill(7), 0);
  disk.flush();
  const full = handle.getSize();
  disk.remove('/base/big');
  for (let i = 0; i < 40; i++) {
    disk.make(`/base/${100 + i}`, 0o600);
    disk.flush(true);
  }
  expect(full - handle.getSize()).toBeGreaterThan(180 * BLOCK);
  const next = disk.make('/base/next', 0o600);
  disk.truncate(next, 2 * BLOCK);
  const data = new Uint8Array(2 * BLOCK).fill(9);
  disk.read(next, data, 0);
  expect(data.every((byte) => byte === 0)).toBe(true);
  disk.close();
});

test('a file that was removed is read and written by those who have it open, as Postgres expects', async () => {
  const disk = Disk.open(await diskOf(some), small);
  const file = disk.openFile('/base/1');
  disk.remove('/base/1');
  disk.write(file, new Uint8Array(BLOCK).fill(5), 3 * BLOCK);
  const data = new Uint8Array(BLOCK);
  expect(disk.read(file, data, 3 * BLOCK)).toBe(BLOCK);
  expect(data.every((byte) => byte === 5)).toBe(true);
  disk.closeFile(file);
  expect(disk.find('/base/1')).toBeUndefined();
  const handle = new MemoryHandle();
  await fill(handle, streamOf(makeImage([...entriesOf(disk)])));
  expect(byPath(entriesOf(Disk.open(handle)))).toEqual(byPath(some.filter(({ path }) => path !== '/base/1')));
});
