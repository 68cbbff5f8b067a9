// Keys of the manual order: strings between strings, of the characters that the database allows.
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A key between two neighbours; null stands for an end. Two devices can make equal keys, and the neighbours may then
 * be out of order: the new key goes after the first.
 */
export function keyBetween(before: string | null, after: string | null): string {
  const end = before !== null && after !== null && before >= after ? null : after;
  try {
    return generateKeyBetween(before, end);
  } catch {
    // A key that some other program wrote: not of the form of ours, but it sorts like text.
    return textBetween(before ?? '', end);
  }
}

/** Text between two texts in the order of character codes; where there is none, text after the first. */
function textBetween(before: string, after: string | null): string {
  if (after === null) return `${before}V`;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const low = same < before.length ? digits.indexOf(before[same]!) : -1;
  const high = same < after.length ? digits.indexOf(after[same]!) : digits.length;
  const prefix = after.slice(0, same);
  if (high - low > 1) return prefix + digits[Math.floor((low + high) / 2)];
  // Neighbouring digits: anything longer than the first one's.
  if (low >= 0) return `${before}V`;
  const rest = after.slice(same + 1);
  return rest === '' ? `${before}V` : prefix + digits[0] + textBetween('', rest);
}

export const keysBetween = (before: string | null, after: string | null, count: number) =>
  generateNKeysBetween(before, after, count);
