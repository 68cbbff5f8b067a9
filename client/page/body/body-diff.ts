// What was changed in a part of a body, told in places of its linear text: letters and markers that stay keep theirs,
// so that what others do to them at the same time still holds.
import type { Attributes, Block, Piece } from '../../../db/page/blocks';
import { diffLists } from '../history/diff';

/** One place in the text. */
export interface Place {
  /** Places with the same key can be one and the same. */
  readonly key: string;
  readonly marks: Attributes;
  /** Of a marker or an atom. */
  readonly attributes: Attributes | null;
}

export type Edit =
  | { readonly op: 'keep'; readonly old: Place; readonly now: Place }
  | { readonly op: 'add'; readonly now: Place }
  | { readonly op: 'remove' };

const MARKER = 'marker';
/** Up to so many places are compared letter by letter. */
const LETTERS = 4_000;
const noMarks: Attributes = {};

export const isMarker = (place: Place) => place.key === MARKER;

export function placesOfPieces(pieces: readonly Piece[], to: Place[] = []): Place[] {
  for (const piece of pieces) {
    const { marks } = piece;
    if ('text' in piece) {
      // Units of UTF-16: they are what the editor and the text count.
      for (let i = 0; i < piece.text.length; i++) to.push({ key: piece.text[i]!, marks, attributes: null });
    } else to.push({ key: `atom ${JSON.stringify(piece.atom)}`, marks, attributes: piece.atom });
  }
  return to;
}

export function placesOfBlocks(blocks: readonly Block[]): Place[] {
  const places: Place[] = [];
  for (const { attributes, pieces } of blocks) {
    places.push({ key: MARKER, marks: noMarks, attributes });
    placesOfPieces(pieces, places);
  }
  return places;
}

/**
 * @param after how many of the new places stand behind the caret: what is behind it is taken to be what was there,
 *   where letters repeat. Infinity: the caret says nothing.
 */
export function editsOf(
  old: readonly Place[],
  now: readonly Place[],
  after = Number.POSITIVE_INFINITY,
): Edit[] {
  const most = Math.min(old.length, now.length);
  const oldAt = (fromEnd: number) => old[old.length - 1 - fromEnd]!;
  const nowAt = (fromEnd: number) => now[now.length - 1 - fromEnd]!;
  let end = 0;
  while (end < Math.min(most, after) && oldAt(end).key === nowAt(end).key) end++;
  let start = 0;
  while (start < most - end && old[start]!.key === now[start]!.key) start++;
  while (end < most - start && oldAt(end).key === nowAt(end).key) end++;
  const edits: Edit[] = [];
  const keep = (from: number, length: number, shift: number) => {
    for (let i = from; i < from + length; i++) edits.push({ op: 'keep', old: old[i]!, now: now[i + shift]! });
  };
  keep(0, start, 0);
  const gone = old.slice(start, old.length - end);
  const made = now.slice(start, now.length - end);
  edits.push(...(gone.length + made.length <= LETTERS ? letterEdits(gone, made) : wordEdits(gone, made)));
  keep(old.length - end, end, now.length - old.length);
  return edits;
}

/** Letters that are in both in one order are the same ones, whichever markers went or came between them. */
function letterEdits(old: readonly Place[], now: readonly Place[]): Edit[] {
  const [lettersThen, lettersNow] = [lettersIn(old), lettersIn(now)];
  const edits: Edit[] = [];
  let [oldAt, nowAt, i, j] = [0, 0, 0, 0];
  for (const { op } of diffLists(lettersThen, lettersNow, (a, b) => a.place.key === b.place.key)) {
    if (op === 'remove') i++;
    else if (op === 'add') j++;
    else {
      const [was, is] = [lettersThen[i++]!, lettersNow[j++]!];
      edits.push(...gapEdits(old.slice(oldAt, was.at), now.slice(nowAt, is.at)));
      edits.push({ op: 'keep', old: was.place, now: is.place });
      [oldAt, nowAt] = [was.at + 1, is.at + 1];
    }
  }
  return [...edits, ...gapEdits(old.slice(oldAt), now.slice(nowAt))];
}

function lettersIn(places: readonly Place[]): { place: Place; at: number }[] {
  return places.map((place, at) => ({ place, at })).filter(({ place }) => !isMarker(place));
}

/** Where no letter stays, markers do, one after the other. */
function gapEdits(old: readonly Place[], now: readonly Place[]): Edit[] {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [was, is] = [
      old.findIndex((p, at) => at >= i && isMarker(p)),
      now.findIndex((p, at) => at >= j && isMarker(p)),
    ];
    const both = was >= 0 && is >= 0;
    for (; i < (both ? was : old.length); i++) edits.push({ op: 'remove' });
    for (; j < (both ? is : now.length); j++) edits.push({ op: 'add', now: now[j]! });
    if (!both) return edits;
    edits.push({ op: 'keep', old: old[i++]!, now: now[j++]! });
  }
}

interface Word {
  readonly key: string;
  readonly places: readonly Place[];
}

const isLetter = (key: string) => key.length === 1 && /[\p{L}\p{N}\p{Surrogate}]/u.test(key);

function wordsOf(places: readonly Place[]): Word[] {
  const words: Word[] = [];
  for (let from = 0; from < places.length; ) {
    let to = from + 1;
    if (isLetter(places[from]!.key)) while (to < places.length && isLetter(places[to]!.key)) to++;
    const part = places.slice(from, to);
    words.push({ key: part.map(({ key }) => key).join(''), places: part });
    from = to;
  }
  return words;
}

/** In the middle of a large change whole words and markers stay or go. */
function wordEdits(old: readonly Place[], now: readonly Place[]): Edit[] {
  const remove = (places: readonly Place[]): Edit[] => places.map(() => ({ op: 'remove' }));
  const add = (places: readonly Place[]): Edit[] => places.map((place) => ({ op: 'add', now: place }));
  if (old.length === 0 || now.length === 0) return [...remove(old), ...add(now)];
  const before = wordsOf(old);
  const edits: Edit[] = [];
  let at = 0;
  for (const { op, item } of diffLists(before, wordsOf(now), (a, b) => a.key === b.key)) {
    if (op === 'add') edits.push(...add(item.places));
    else {
      const was = before[at++]!.places;
      if (op === 'remove') edits.push(...remove(was));
      else edits.push(...was.map((place, i): Edit => ({ op: 'keep', old: place, now: item.places[i]! })));
    }
  }
  return edits;
}
