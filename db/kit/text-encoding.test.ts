// Every encoding that is read, with and without a mark; what cannot be told is refused, and nothing is lost in silence.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText, TextEncodingError } from './text-encoding';

const texts = [
  '# Prüfung\r\n\r\nGerät für das Labor – „alles“ kostet 5 €.\n',
  'L’été à Besançon: naïf, œuvre, garçon\nça va',
  'Öö tänavas, jäääär\n',
  'Español: ¿qué? ¡año! 25 °C, m² und 3×4, col·lega',
  'Plain ASCII\n',
];
const utf16 = (text: string, order: 'le' | 'be', mark: boolean): Uint8Array => {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return new Uint8Array(order === 'le' ? bytes : bytes.swap16());
};
const utf8 = (text: string) => new TextEncoder().encode(text);
const signs = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const windows1252 = (text: string) =>
  Uint8Array.from(text, (sign) => {
    const at = signs.indexOf(sign);
    return at >= 0 && sign !== ' ' ? 0x80 + at : sign.charCodeAt(0);
  });

describe('one text in all encodings', () => {
  test.each(texts)('%j', (text) => {
    expect(readText(utf8(text))).toEqual({ text, encoding: 'UTF-8', guessed: false });
    expect(readText(utf8(`\ufeff${text}`)).text).toBe(text);
    for (const order of ['le', 'be'] as const) {
      expect(readText(utf16(text, order, true))).toEqual({ text, encoding: 'UTF-16', guessed: false });
      expect(readText(utf16(text, order, false))).toEqual({ text, encoding: 'UTF-16', guessed: true });
    }
    expect(readText(windows1252(text)).text).toBe(text);
    expect(readText(windows1252(text), { declared: 'ISO-8859-1' }).text).toBe(text);
  });

  test('other scripts in UTF-8 and UTF-16', () => {
    for (const text of ['Проверка прибора\n', '会議室の予約\n', '회의실 예약\n', 'Έλεγχος\n', '🎉 party\n']) {
      expect(readText(utf8(text)).text).toBe(text);
      for (const order of ['le', 'be'] as const) {
        expect(readText(utf16(text, order, true)).text).toBe(text);
        expect(readText(utf16(text, order, false)).text).toBe(text);
      }
    }
  });
});

test('what a file says of itself counts, unless it is UTF-8 all the same', () => {
  const cyrillic = Uint8Array.from([0xcf, 0xf0, 0xee, 0xe2, 0xe5, 0xf0, 0xea, 0xe0]);
  expect(readText(cyrillic, { declared: 'windows-1251' }).text).toBe('Проверка');
  expect(readText(utf8('Prüfung'), { declared: 'iso-8859-1' }).text).toBe('Prüfung');
  expect(readText(windows1252('Prüfung'), { declared: 'no-such-encoding' }).text).toBe('Prüfung');
  const japanese = Uint8Array.from([0x1b, 0x24, 0x42, 0x32, 0x71, 0x1b, 0x28, 0x42]);
  expect(readText(japanese, { declared: 'ISO-2022-JP' }).text).toBe('会');
});

describe('refused, with a sentence', () => {
  const cases: [string, Uint8Array, TextEncodingError['kind']][] = [
    [
      'Cyrillic in one byte a letter',
      Uint8Array.from([0xcf, 0xf0, 0xee, 0xe2, 0xe5, 0xf0, 0xea, 0xe0]),
      'unknown',
    ],
    ['Polish in Windows-1250', Uint8Array.from([0x5a, 0x61, 0xbf, 0xf3, 0xb3, 0xe6]), 'unknown'],
    ['Japanese in Shift-JIS', Uint8Array.from([0x89, 0xef, 0x8b, 0x63, 0x8e, 0xba, 0x82, 0xcc]), 'unknown'],
    ['UTF-8 with a broken part', Uint8Array.from([...utf8('Prüfung Ger'), 0xe4, 0x74]), 'several'],
    ['UTF-8 with a mark and a broken part', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0xe4]), 'broken'],
    ['UTF-16 that is cut', utf16('Prüfung', 'le', true).slice(0, -1), 'broken'],
    ['UTF-32', Uint8Array.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'utf-32'],
    [
      'a picture',
      Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48]),
      'not-text',
    ],
    ['text with a NUL', utf8('a\0b and more'), 'not-text'],
  ];
  test.each(cases)('%s', (_, bytes, kind) => {
    try {
      expect(readText(bytes)).toBe('refused');
    } catch (error) {
      expect(error).toBeInstanceOf(TextEncodingError);
      expect((error as TextEncodingError).kind).toBe(kind);
      expect((error as TextEncodingError).message).toMatch(/^[A-Z].*\.$/);
    }
  });
});

test('whatever the bytes: text without NUL and without characters that were not there, or a refusal', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 60 }).map(utf8),
    fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom('le', 'be'), fc.boolean())
      .map(([text, order, mark]) => utf16(text, order as 'le', mark)),
    fc.array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 20 }).map((list) => Uint8Array.from(list)),
  );
  const declared = fc.option(
    fc.constantFrom('utf-8', 'iso-8859-1', 'windows-1251', 'utf-16', 'shift_jis', 'x', ''),
  );
  fc.assert(
    fc.property(bytes, declared, (given, name) => {
      try {
        const { text, encoding } = readText(given, { declared: name });
        expect(text).not.toContain('\0');
        if (encoding === 'Windows-1252') expect(text).not.toContain('\ufffd');
      } catch (error) {
        expect(error).toBeInstanceOf(TextEncodingError);
      }
    }),
    { numRuns: 3000 },
  );
});
