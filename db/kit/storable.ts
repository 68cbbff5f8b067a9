// Makes text of other programs storable: what Postgres cannot hold is replaced, what is too long is cut.
// Every change beyond line ends is said to the caller, so that nothing is lost in silence.

import { endOfTime, firstMoment, withinTime } from './bounds';

const encoder = new TextEncoder();

/** Called with what was done to the text, as the end of a sentence. */
export type Tell = (what: string) => void;
/** @param place path in the file */
export type TellAt = (place: string) => Tell;

/** Line ends become \n; NUL and halves of surrogate pairs, which no Postgres text can hold, become U+FFFD. */
export function storableText(text: string, tell: Tell): string {
  const lines = text.replace(/\r\n?/g, '\n');
  const clean = lines.replace(
    /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
  if (clean !== lines) tell('had characters that a database cannot hold; they were replaced');
  return clean;
}

/** At most this many characters, as Postgres counts them (code points). A cut text ends in an ellipsis. */
export function atMostCharacters(text: string, most: number, tell: Tell): string {
  if (text.length <= most) return text;
  const characters = [...text];
  if (characters.length <= most) return text;
  tell(`had ${characters.length} characters; it was cut to ${most}`);
  return `${characters.slice(0, most - 1).join('')}…`;
}

/** At most this many bytes of UTF-8. A cut text ends in a line that says so. */
export function atMostBytes(text: string, most: number, tell: Tell): string {
  if (text.length * 3 <= most) return text;
  const size = byteLength(text);
  if (size <= most) return text;
  tell(`had ${size} bytes; it was cut to ${most}`);
  const end = '\n\n[cut at import]';
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (byteLength(text.slice(0, middle)) <= most - end.length) low = middle;
    else high = middle - 1;
  }
  // Not in the middle of a surrogate pair.
  const whole = /[\uD800-\uDBFF]/.test(text.charAt(low - 1)) ? low - 1 : low;
  return text.slice(0, whole) + end;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Lower case, one character for one, as Postgres's lower() does it: for finding equal names. */
export function lowerEach(text: string): string {
  return Array.from(text, (c) => [...c.toLowerCase()][0] ?? c).join('');
}

/** The nearest moment that the schema takes for when something was made: the years 1900 to 2199. */
export function storableTime(iso: string): string {
  const at = Date.parse(iso);
  if (at >= firstMoment && at < endOfTime) return iso;
  return new Date(Math.min(withinTime(at), endOfTime - 1)).toISOString();
}
