// A document that costs the square of its size to put together, though each of its updates is sound and small: items
// in a row, and items before them that say they belong right before the last one, so that each walks past all of them.
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
} from 'lib0/encoding';
import { BODY_TEXT } from '../../db/page/body';

/** The first byte of an item that was deleted, which is the shortest kind, and what it says of its neighbours. */
const DELETED = 1;
const AFTER = 0x80;
const BEFORE = 0x40;
const ROW = 1;
const WALKERS = 2;

/**
 * @param count of updates; the cost rises with its square
 * @param structs in each update
 */
export function hostileUpdates(count: number, structs: number): Uint8Array[] {
  const half = Math.ceil(count / 2);
  const last = half * structs - 1;
  return Array.from({ length: count }, (_, i) => {
    const isRow = i < half;
    const first = (isRow ? i : i - half) * structs;
    const to = createEncoder();
    writeVarUint(to, 1);
    writeVarUint(to, structs);
    writeVarUint(to, isRow ? ROW : WALKERS);
    writeVarUint(to, first);
    for (let clock = first; clock < first + structs; clock++) {
      if (!isRow) neighbour(to, BEFORE, last);
      else if (clock > 0) neighbour(to, AFTER, clock - 1);
      else {
        writeUint8(to, DELETED);
        writeVarUint(to, 1);
        writeVarString(to, BODY_TEXT);
      }
      writeVarUint(to, 1);
    }
    // No deletions.
    writeVarUint(to, 0);
    return toUint8Array(to);
  });
}

function neighbour(to: Encoder, side: number, clock: number): void {
  writeUint8(to, DELETED | side);
  writeVarUint(to, ROW);
  writeVarUint(to, clock);
}
