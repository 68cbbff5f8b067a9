// Bytes of a file that somebody chose, as text: UTF-8, UTF-16 or Windows-1252, with or without a mark or a word about
// it. What cannot be told for sure is refused with a sentence; no character is lost in silence.

const refusals = {
  'not-text': 'This is not a text file.',
  'utf-32': 'This file is encoded in UTF-32, which is not supported. Save it as UTF-8 and try again.',
  broken: (name: string) =>
    `This file is marked as ${name}, but parts of it are not. Save it as UTF-8 and try again.`,
  several: 'This file mixes several text encodings. Save it as UTF-8 and try again.',
  unknown:
    'The text encoding of this file is unknown. Open it in the program that made it, and save it as UTF-8.',
} as const;

/** What Windows-1252 has from 0x80 to 0x9f; a space: nothing. */
const signs1252 = [...'€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'].map((sign) => (sign === ' ' ? null : sign));
/** Decoders leave these for the five bytes that it does not use. */
const unused1252 = /[\x80-\x9f]/;
const unused1252s = new RegExp(unused1252, 'g');

/** Nothing of the text is used. `message` is a sentence a person can act on. */
export class TextEncodingError extends Error {
  override readonly name = 'TextEncodingError';

  constructor(
    readonly kind: keyof typeof refusals,
    encoding = '',
  ) {
    const sentence = refusals[kind];
    super(typeof sentence === 'function' ? sentence(encoding) : sentence);
  }
}

export interface ReadText {
  /** Without a byte order mark. Never holds NUL. */
  readonly text: string;
  /** For a person. */
  readonly encoding: string;
  /** Nothing in the file says so; it was told from the letters. */
  readonly guessed: boolean;
}

/**
 * @param options.declared the name of an encoding that the file gives for itself; it counts where nothing says better
 * @throws TextEncodingError
 */
export function readText(bytes: Uint8Array, options: { declared?: string | null } = {}): ReadText {
  const { length } = bytes;
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) throw new TextEncodingError('utf-32');
  if (starts(0xef, 0xbb, 0xbf)) return sure(bytes.subarray(3), 'utf-8', 'UTF-8');
  if (starts(0xff, 0xfe)) return sure(bytes.subarray(2), 'utf-16le', 'UTF-16');
  if (starts(0xfe, 0xff)) return sure(bytes.subarray(2), 'utf-16be', 'UTF-16');
  if (bytes.includes(0)) return fromPairs(bytes);

  const declared = declaredDecoder(options.declared);
  // By its bytes ISO-2022-JP is ASCII, so UTF-8 too.
  const isSevenBit = declared?.label === 'iso-2022-jp' && bytes.includes(0x1b);
  const utf8 = isSevenBit ? null : decoded(bytes, 'utf-8');
  if (utf8 !== null) return { text: utf8, encoding: 'UTF-8', guessed: false };
  if (declared) return sure(bytes, declared.label, declared.name);
  if (holdsUtf8(bytes)) throw new TextEncodingError('several');
  const text = decoded(bytes, 'windows-1252') ?? '';
  if (text.length !== length || !looksWestern(text)) throw new TextEncodingError('unknown');
  return { text, encoding: 'Windows-1252', guessed: true };
}

function sure(bytes: Uint8Array, label: string, name: string): ReadText {
  const text = decoded(bytes, label);
  if (text === null) throw new TextEncodingError('broken', name);
  if (text.includes('\0')) throw new TextEncodingError('not-text');
  if (label === 'windows-1252' && unused1252.test(text)) throw new TextEncodingError('broken', name);
  return { text, encoding: name, guessed: false };
}

/** @returns null when a byte is none of this encoding */
function decoded(bytes: Uint8Array, label: string): string | null {
  try {
    const text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
    if (label !== 'windows-1252') return text;
    // Some versions of Node read it as Latin-1 (nodejs/node#56542).
    return text.replace(unused1252s, (sign) => signs1252[sign.charCodeAt(0) - 0x80] ?? sign);
  } catch {
    return null;
  }
}

function declaredDecoder(name: string | null | undefined) {
  const wanted = (name ?? '').trim();
  // What only ASCII can be is said by many files that are not.
  if (wanted === '' || /^(us-)?ascii$/i.test(wanted)) return null;
  try {
    const { encoding } = new TextDecoder(wanted);
    if (encoding === 'utf-8' || encoding.startsWith('utf-16')) return null;
    return { label: encoding, name: wanted.slice(0, 40) };
  } catch {
    return null;
  }
}

const isPrinted = (byte: number) => (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x09 && byte <= 0x0d);

/** UTF-16 without a mark: the way round that gives text. Every text has spaces, digits or line breaks, so it has NULs. */
function fromPairs(bytes: Uint8Array): ReadText {
  const zeros = bytes.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  // ASCII with a few NULs in it is no text, though in pairs it would be signs of Chinese.
  const isAscii = zeros * 3 < bytes.length && bytes.every((byte) => byte === 0 || isPrinted(byte));
  if (bytes.length % 2 !== 0 || isAscii) throw new TextEncodingError('not-text');
  const [found, other] = (['utf-16le', 'utf-16be'] as const)
    .map((label) => ({ label, text: decoded(bytes, label) }))
    .filter(({ text }) => text !== null && looksLikeText(text))
    .map(({ text }) => ({ text: text!, plain: text!.match(/[\t\n\r\x20-\x7e]/g)?.length ?? 0 }))
    .sort((a, b) => b.plain - a.plain);
  if (!found || found.plain === 0) throw new TextEncodingError('not-text');
  if (other && other.plain * 4 > found.plain) throw new TextEncodingError('unknown');
  return { text: found.text, encoding: 'UTF-16', guessed: true };
}

/** No NUL, no control, nothing that is not a character or has no meaning of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const noText = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffe\uffff]|\p{Cn}|\p{Co}|\p{Cs}/u;
const looksLikeText = (text: string) => !noText.test(text);

/** At least one character of more than one byte, as UTF-8 has them: seldom by chance. */
function holdsUtf8(bytes: Uint8Array): boolean {
  for (let i = 0; i + 1 < bytes.length; i++) {
    const byte = bytes[i]!;
    const more = byte >= 0xc2 && byte <= 0xdf ? 1 : byte >= 0xe0 && byte <= 0xef ? 2 : byte >= 0xf0 ? 3 : 0;
    if (more === 0) continue;
    const rest = bytes.subarray(i + 1, i + 1 + more);
    if (rest.length === more && rest.every((next) => next >= 0x80 && next <= 0xbf)) {
      if (decoded(bytes.subarray(i, i + 1 + more), 'utf-8') !== null) return true;
    }
  }
  return false;
}

/**
 * Whether bytes read as Windows-1252 are words of a language that is written in it. Other encodings of one byte a
 * letter (Cyrillic, Greek) give words of accents only, Polish ones signs within words.
 */
function looksWestern(text: string): boolean {
  if (!looksLikeText(text) || unused1252.test(text)) return false;
  if (/\p{L}[^\p{L}\p{N}\p{M}\s\p{ASCII}’‘´–—…·×°]\p{L}/u.test(text)) return false;
  let accents = 0;
  let letters = 0;
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    const own = word.match(/\P{ASCII}/gu)?.length ?? 0;
    if (own === 0) continue;
    if (own === word.length && own >= 4) return false;
    accents += own;
    letters += word.length;
  }
  return accents < 3 || accents / letters <= 0.75;
}
