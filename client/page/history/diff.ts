// Comparing two lists, and two texts by words: the shortest way from one to the other (Myers).

export type Change<T> = { readonly op: 'same' | 'add' | 'remove'; readonly item: T };

/** Lists that differ by more than this are told as all old, then all new: reading the detail would help nobody. */
const MAX_EDITS = 800;

/** @returns the items of both lists in order; those that are in both once. */
export function diffLists<T>(
  before: readonly T[],
  after: readonly T[],
  equal: (a: T, b: T) => boolean = Object.is,
): Change<T>[] {
  let start = 0;
  while (start < before.length && start < after.length && equal(before[start]!, after[start]!)) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    equal(before[before.length - 1 - end]!, after[after.length - 1 - end]!)
  )
    end++;
  const same = (items: readonly T[]): Change<T>[] => items.map((item) => ({ op: 'same', item }));
  return [
    ...same(after.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end), equal),
    ...same(after.slice(after.length - end)),
  ];
}

function middle<T>(a: readonly T[], b: readonly T[], equal: (a: T, b: T) => boolean): Change<T>[] {
  const removed = a.map((item): Change<T> => ({ op: 'remove', item }));
  const added = b.map((item): Change<T> => ({ op: 'add', item }));
  if (a.length === 0 || b.length === 0) return [...removed, ...added];
  const limit = Math.min(a.length + b.length, MAX_EDITS);
  /** furthest x on each diagonal, for each number of edits */
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= limit; edits++) {
    const next = new Map(reach);
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && equal(a[x]!, b[y]!)) {
        x++;
        y++;
      }
      next.set(k, x);
      if (x >= a.length && y >= b.length) {
        trace.push(reach);
        return walkBack(a, b, trace);
      }
    }
    trace.push(reach);
    reach = next;
  }
  return [...removed, ...added];
}

function walkBack<T>(a: readonly T[], b: readonly T[], trace: readonly Map<number, number>[]): Change<T>[] {
  const out: Change<T>[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = trace.length - 1; edits >= 0 && (x > 0 || y > 0); edits--) {
    const reach = trace[edits]!;
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const fromX = edits === 0 ? 0 : (reach.get(down ? k + 1 : k - 1) ?? 0);
    const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    for (; x > fromX && y > fromY; x--) out.push({ op: 'same', item: b[--y]! });
    if (edits === 0) break;
    if (down) out.push({ op: 'add', item: b[--y]! });
    else out.push({ op: 'remove', item: a[--x]! });
  }
  return out.reverse();
}

export interface Piece {
  readonly op: 'same' | 'add' | 'remove';
  readonly text: string;
}

/** Two texts compared by words; neighbours of one kind are one piece. */
export function diffWords(before: string, after: string): Piece[] {
  const words = (text: string) => text.match(/\s+|[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]/gu) ?? [];
  const pieces: Piece[] = [];
  for (const { op, item } of diffLists(words(before), words(after))) {
    const last = pieces.at(-1);
    if (last?.op === op) pieces[pieces.length - 1] = { op, text: last.text + item };
    else pieces.push({ op, text: item });
  }
  return pieces;
}
