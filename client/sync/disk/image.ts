// A disk as it is shipped: the bytes of the file from its beginning, so that they are written as they come. What records
// need beyond is added on the device.

import { readTar, writeTar } from '../tar';
import { BLOCK, Device, type Handle } from './device';
import type { Disk } from './disk';
import { firstGeneration, SLOTS, shippedSize } from './journal';
import type { Runs } from './runs';
import { type Sizes, usual } from './sizes';

/** A file or folder on its way to a disk or from it. */
export interface Entry {
  /** Begins with a slash. */
  readonly path: string;
  /** Its nine permission bits. */
  readonly mode: number;
  /** Null: a folder. */
  readonly data: Uint8Array | null;
}

/** @param entries a data folder; parents before what is in them */
export function makeImage(entries: readonly Entry[], { reserve }: Sizes = usual): Uint8Array<ArrayBuffer> {
  // Where files begin depends on how long their list is, and that, a little, on where they begin.
  for (let treeBlocks = 1; ; treeBlocks++) {
    let end = SLOTS + treeBlocks;
    const folders: [string, number][] = [['', 0o040700]];
    const files: [string, number, number, Runs][] = [];
    const places: [number, Uint8Array][] = [];
    for (const { path, mode, data } of entries) {
      if (data === null) {
        folders.push([path, 0o040000 | mode]);
        continue;
      }
      const count = Math.ceil(data.length / BLOCK);
      files.push([path, 0o100000 | mode, data.length, count > 0 ? [end, count] : []]);
      places.push([end, data]);
      end += count;
    }
    const { slots, whole } = firstGeneration({ folders, files }, SLOTS, end, reserve);
    if (whole.length > treeBlocks * BLOCK) continue;
    const image = new Uint8Array(end * BLOCK);
    image.set(slots);
    image.set(whole, SLOTS * BLOCK);
    for (const [block, data] of places) image.set(data, block * BLOCK);
    return image;
  }
}

/**
 * Makes a disk of an image while it arrives; whatever was in the file is gone. Its first block is written last, so that
 * one that did not arrive whole is none (NoDisk).
 * @throws what the stream throws; DiskError ENOSPC; TypeError when it is no image
 */
export async function fill(handle: Handle, image: ReadableStream<Uint8Array>): Promise<void> {
  const device = new Device(handle);
  device.resize(0);
  device.flush();
  const head = new Uint8Array(BLOCK);
  let at = 0;
  const reader = image.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const kept = Math.min(value.length, Math.max(0, BLOCK - at));
    head.set(value.subarray(0, kept), Math.min(at, BLOCK));
    device.write(value.subarray(kept), at + kept);
    at += value.length;
  }
  const size = shippedSize(head);
  if (!size || size.shipped * BLOCK !== at) throw new TypeError('what arrived is not a whole disk');
  device.resize(size.all * BLOCK);
  device.flush();
  device.write(head, 0);
  device.flush();
}

/** All that is on the disk, parents first. */
export function* entriesOf(disk: Disk, folder = ''): Iterable<Entry> {
  for (const name of disk.list(folder)) {
    const node = disk.get(`${folder}/${name}`);
    const mode = node.mode & 0o777;
    if (node.type === 'folder') {
      yield { path: node.path, mode, data: null };
      yield* entriesOf(disk, node.path);
      continue;
    }
    const data = new Uint8Array(node.size);
    disk.read(node, data, 0);
    yield { path: node.path, mode, data };
  }
}

/** Puts files and folders on an empty disk, parents first; stored when it returns. @throws DiskError ENOSPC */
export function writeEntries(disk: Disk, entries: Iterable<Entry>): void {
  for (const { path, mode, data } of entries) {
    if (data === null) disk.makeFolder(path, mode);
    else {
      const file = disk.make(path, mode);
      if (data.length > 0) disk.write(file, data, 0);
    }
  }
  disk.flush();
}

/** What a tar file of PGlite (dumpDataDir) holds. */
export function entriesOfTar(tar: Uint8Array): Entry[] {
  return readTar(tar).flatMap(({ name, type, mode, data }) => {
    const path = `/${name
      .split('/')
      .filter((part) => part && part !== '.')
      .join('/')}`;
    return path === '/' ? [] : [{ path, mode: mode & 0o777, data: type === '5' ? null : data }];
  });
}

/** @returns a tar file that PGlite loads (loadDataDir) */
export function tarOf(entries: Iterable<Entry>): Uint8Array {
  return writeTar(
    [...entries].map(({ path, mode, data }) => ({
      name: path,
      type: data ? '0' : '5',
      mode,
      data: data ?? new Uint8Array(0),
    })),
  );
}
