// Where the tree is written down. Two areas, each a list of blocks, take turns: one holds the whole tree and after it the
// changes since, in records. When it is full, the whole tree is written into the other. Which area holds is said by two
// slots, the first two blocks of the file: the valid one with the higher generation counts.
import { checksum } from './checksum';
import { BLOCK, type Device } from './device';
import { DamagedDisk, DiskError, NoDisk } from './errors';
import { blocksOf, type Runs, runsOf } from './runs';
import { type Change, Tree, type WrittenTree } from './tree';

/** Blocks before all others. */
export const SLOTS = 2;
const MAGIC = 'PGDISK 1';
const SLOT_HEAD = 16;
const RECORD_HEAD = 12;
/** A record begins at a multiple of this, so that no write touches a sector of an older one. */
const SECTOR = 512;
interface Slot {
  readonly generation: number;
  /** The whole tree: its length in bytes, and its checksum. */
  readonly length: number;
  readonly check: number;
  /** The areas' blocks; the one that holds has the number generation % 2. */
  readonly areas: readonly [Runs, Runs];
  /** In what is shipped: how many blocks of it there are. */
  readonly shipped?: number;
}

/** The last record of an area that is not in use any more. */
type Record = readonly Change[] | 'continued';

export class Journal {
  readonly #device: Device;
  /** Bytes, see sizes.ts. */
  readonly #reserve: number;
  #slot: Slot;
  #areas: [number[], number[]];
  /** Where in the area the next record goes. */
  #at: number;
  /** The checksum of what is before it. */
  #check: number;
  /** Tells this opening's records from those of one before, which a power loss may have left behind them. */
  readonly #salt = Math.floor(Math.random() * 2 ** 32);

  private constructor(device: Device, reserve: number, slot: Slot, at: number, check: number) {
    this.#device = device;
    this.#reserve = reserve;
    this.#slot = slot;
    this.#areas = [blocksOf(slot.areas[0]), blocksOf(slot.areas[1])];
    this.#at = at;
    this.#check = check;
  }

  /**
   * @returns the journal, and the tree as it was written down last
   * @throws NoDisk, DamagedDisk
   */
  static open(device: Device, reserve: number): { readonly journal: Journal; readonly tree: Tree } {
    const slots = [readSlot(device, 0), readSlot(device, 1)].filter((slot) => slot !== null);
    const best = slots.sort((a, b) => b.generation - a.generation)[0];
    if (!best)
      throw new NoDisk(device.size === 0 ? 'the file is empty' : 'no disk was finished in this file');
    const area = blocksOf(best.areas[best.generation % 2]!);
    const bytes = new Uint8Array(area.length * BLOCK);
    inRuns(area, 0, bytes.length, (at, from, to) => device.read(bytes.subarray(from, to), at));
    const whole = bytes.subarray(0, best.length);
    if (checksum(whole) !== best.check) throw new DamagedDisk('its list of files');
    const tree = Tree.from(parse(whole) as WrittenTree);
    let at = toSector(best.length);
    let check = firstCheck(best);
    const view = new DataView(bytes.buffer);
    while (at + RECORD_HEAD <= bytes.length) {
      const length = view.getUint32(at);
      if (length === 0 || at + RECORD_HEAD + length > bytes.length) break;
      const body = bytes.subarray(at + 8, at + RECORD_HEAD + length);
      const own = checksum(body, check);
      if (own !== view.getUint32(at + 4)) break;
      const record = parse(body.subarray(4)) as Record;
      // The other area took its place, and is what cannot be read.
      if (record === 'continued') throw new DamagedDisk('its newest list of files');
      try {
        for (const change of record) tree.apply(change);
      } catch (cause) {
        throw new DamagedDisk('a change in its list of files', { cause });
      }
      check = own;
      at = toSector(at + RECORD_HEAD + length);
    }
    return { journal: new Journal(device, reserve, best, at, check), tree };
  }

  /** Blocks that the journal itself has. */
  blocks(): Iterable<number> {
    return [...Array(SLOTS).keys(), ...this.#areas[0], ...this.#areas[1]];
  }

  /** Whether it is time to write the whole tree anew. */
  get crowded(): boolean {
    return this.#capacity(this.#holding) - this.#at < this.#reserve;
  }

  get #holding(): number {
    return this.#slot.generation % 2;
  }

  #capacity(area: number): number {
    return this.#areas[area]!.length * BLOCK;
  }

  /**
   * Writes changes, all or none; they are stored by the next flush.
   * @param whole whether they may use what is reserved
   * @returns whether there was place
   * @throws DiskError ENOSPC
   */
  append(record: Record, whole: boolean): boolean {
    const body = new TextEncoder().encode(JSON.stringify(record));
    const end = this.#at + RECORD_HEAD + body.length;
    if (end > this.#capacity(this.#holding) - (whole ? 0 : this.#reserve)) return false;
    const bytes = new Uint8Array(RECORD_HEAD + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, body.length);
    view.setUint32(8, this.#salt);
    bytes.set(body, RECORD_HEAD);
    const check = checksum(bytes.subarray(8), this.#check);
    view.setUint32(4, check);
    this.#write(this.#areas[this.#holding]!, bytes, this.#at);
    this.#at = toSector(end);
    this.#check = check;
    return true;
  }

  /**
   * Writes the whole tree into the other area, which holds from then on. Flushes twice.
   * @param take gives blocks for an area that is too small
   * @throws DiskError ENOSPC; then the one before holds as before
   */
  rewrite(tree: Tree, take: (count: number, after: number | undefined) => number[], flush: () => void): void {
    const whole = new TextEncoder().encode(JSON.stringify(tree.written()));
    const other = 1 - this.#holding;
    const lacking = blocksFor(whole.length, this.#reserve) - this.#areas[other]!.length;
    if (this.#capacity(other) < whole.length + 2 * this.#reserve && lacking > 0) {
      try {
        this.#areas[other]!.push(...take(lacking, this.#areas[other]!.at(-1)));
      } catch (error) {
        if (this.#capacity(other) < whole.length + this.#reserve / 2) throw error;
      }
    }
    const slot: Slot = {
      generation: this.#slot.generation + 1,
      length: whole.length,
      check: checksum(whole),
      areas: [runsOf(this.#areas[0]), runsOf(this.#areas[1])],
    };
    const bytes = slotBytes(slot);
    this.#write(this.#areas[other]!, whole, 0);
    flush();
    this.#device.write(bytes, (slot.generation % 2) * BLOCK);
    flush();
    try {
      this.append('continued', true);
    } catch (error) {
      // Only what is damaged later is told by it.
      if (!(error instanceof DiskError)) throw error;
    }
    this.#slot = slot;
    this.#at = toSector(whole.length);
    this.#check = firstCheck(slot);
  }

  #write(area: readonly number[], bytes: Uint8Array, start: number): void {
    inRuns(area, start, bytes.length, (at, from, to) => this.#device.write(bytes.subarray(from, to), at));
  }
}

/**
 * What a new disk begins with.
 * @param tree its files, in blocks below `end`
 * @param start the first block after the slots that is free
 * @param end the first block after all that are in use
 * @param reserve see sizes.ts
 * @returns the bytes of the slots and of the whole tree, which begins at `start`
 */
export function firstGeneration(
  tree: WrittenTree,
  start: number,
  end: number,
  reserve: number,
): { readonly slots: Uint8Array; readonly whole: Uint8Array } {
  const whole = new TextEncoder().encode(JSON.stringify(tree));
  const wholeBlocks = Math.ceil(whole.length / BLOCK);
  const area = blocksFor(whole.length, reserve);
  // What an area has beyond the tree lies behind all files, so that what is shipped has no holes.
  const first = wholeBlocks < area ? [start, wholeBlocks, end, area - wholeBlocks] : [start, area];
  const second = [end + area - wholeBlocks, area];
  const slot: Slot = {
    generation: 0,
    length: whole.length,
    check: checksum(whole),
    areas: [first, second],
    shipped: end,
  };
  const slots = new Uint8Array(SLOTS * BLOCK);
  slots.set(slotBytes(slot));
  return { slots, whole };
}

/** How large an area is: room for twice the tree, and for records. */
const blocksFor = (length: number, reserve: number) => Math.ceil((2 * length + 4 * reserve) / BLOCK);

/**
 * @param slots the first bytes of what is shipped
 * @returns blocks: what is shipped; what the disk made of it has. Null when it is none.
 */
export function shippedSize(slots: Uint8Array): { readonly shipped: number; readonly all: number } | null {
  const slot = slotIn(slots);
  if (!slot?.shipped) return null;
  const all = Math.max(...slot.areas.flatMap((runs) => blocksOf(runs))) + 1;
  return { shipped: slot.shipped, all: Math.max(all, slot.shipped) };
}

const toSector = (at: number) => Math.ceil(at / SECTOR) * SECTOR;

function slotBytes(slot: Slot): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(slot));
  // Only with areas in hundreds of pieces.
  if (SLOT_HEAD + body.length > BLOCK) throw new DiskError('ENOSPC');
  const bytes = new Uint8Array(SLOT_HEAD + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, body.length);
  view.setUint32(12, checksum(body));
  bytes.set(body, SLOT_HEAD);
  return bytes;
}

function readSlot(device: Device, number: number): Slot | null {
  const bytes = new Uint8Array(BLOCK);
  device.read(bytes, number * BLOCK);
  return slotIn(bytes);
}

function slotIn(bytes: Uint8Array): Slot | null {
  if (bytes.length < BLOCK) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) return null;
  const length = view.getUint32(8);
  if (SLOT_HEAD + length > BLOCK) return null;
  const body = bytes.subarray(SLOT_HEAD, SLOT_HEAD + length);
  return checksum(body) === view.getUint32(12) ? (parse(body) as Slot) : null;
}

/** Records of a generation follow only from its own slot. */
const firstCheck = (slot: Slot) => checksum(slotBytes(slot));

const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/**
 * Splits a range of what lies in blocks into pieces that lie together.
 * @param blocks where it lies
 * @param start the range's beginning, in bytes; `length` its bytes
 * @param each is told where in the file, and from where to where in the range
 */
export function inRuns(
  blocks: readonly number[],
  start: number,
  length: number,
  each: (at: number, from: number, to: number) => void,
): void {
  for (let done = 0; done < length; ) {
    let index = Math.floor((start + done) / BLOCK);
    const within = (start + done) % BLOCK;
    const at = blocks[index]! * BLOCK + within;
    let piece = BLOCK - within;
    while (done + piece < length && blocks[index + 1] === blocks[index]! + 1) {
      index++;
      piece += BLOCK;
    }
    piece = Math.min(piece, length - done);
    each(at, done, done + piece);
    done += piece;
  }
}
