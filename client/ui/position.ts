// Keys of the manual order: strings between strings, of the characters that the database allows.
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/**
 * A key between two neighbours; null stands for an end. Two devices can make equal keys, and the neighbours may then
 * be out of order: the new key goes after both.
 */
export function keyBetween(before: string | null, after: string | null): string {
  if (before !== null && after !== null && before >= after) return generateKeyBetween(before, null);
  try {
    return generateKeyBetween(before, after);
  } catch {
    // A key that some other program wrote: not one of ours, but it sorts like text.
    return between(before ?? '', after);
  }
}

/** Any text between two texts over the same characters, in the order of their codes. */
function between(before: string, after: string | null): string {
  if (after === null || !after.startsWith(before)) return `${before}V`;
  let i = before.length;
  while (after[i] === '0') i++;
  return i < after.length ? `${after.slice(0, i)}0V` : `${before}0`;
}

export const keysBetween = (before: string | null, after: string | null, count: number) =>
  generateNKeysBetween(before, after, count);
