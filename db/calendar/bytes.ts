// The bytes of a calendar file as text: what such files say about their encoding, and characters that a fold has cut.
import { type ReadText, readText, TextEncodingError } from '../kit/text-encoding';
import { CalendarError } from './problem';

/** @throws CalendarError */
export function readCalendarText(bytes: Uint8Array): ReadText {
  const declared = declaredIn(bytes);
  try {
    if (declared.size > 1) throw new TextEncodingError('several');
    return readText(withWholeCharacters(bytes), { declared: [...declared][0] ?? null });
  } catch (error) {
    if (error instanceof TextEncodingError) throw new CalendarError('encoding', error.message);
    throw error;
  }
}

/** What the lines say with CHARSET, except for what every file may say. */
function declaredIn(bytes: Uint8Array): Set<string> {
  // As Latin-1 every byte is a character; names of encodings are ASCII.
  const text = new TextDecoder('latin1').decode(bytes);
  const names = new Set<string>();
  for (const [, name] of text.matchAll(
    /^[^:\r\n]{0,200};[ \t]{0,4}(?:X-)?CHARSET[ \t]{0,4}=[ \t]{0,4}"?([\w.:-]{2,40})/gim,
  )) {
    // A text in quoted-printable is decoded by itself.
    if (!/^(utf-?8|us-ascii|ascii)$/i.test(name!)) names.add(name!.toLowerCase());
  }
  return names;
}

/** Lines are folded by bytes: a fold within a character of UTF-8 is put behind it. */
function withWholeCharacters(bytes: Uint8Array): Uint8Array {
  const isMore = (at: number) => (bytes[at]! & 0xc0) === 0x80;
  let out: Uint8Array | null = null;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    const from = bytes[at - 1] === 0x0d ? at - 1 : at;
    const space = bytes[at + 1];
    if ((space !== 0x20 && space !== 0x09) || !isMore(at + 2) || bytes[from - 1]! < 0x80) continue;
    let end = at + 2;
    while (end < at + 5 && end < bytes.length && isMore(end)) end++;
    out ??= bytes.slice();
    out.set(bytes.subarray(at + 2, end), from);
    out.set(bytes.subarray(from, at + 2), from + end - (at + 2));
  }
  if (!out) return bytes;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(out);
    return out;
  } catch {
    return bytes;
  }
}
