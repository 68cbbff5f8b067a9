// Names in archives come out as they were written, whatever code page wrote them; archives within archives are read;
// what would fill the memory, or is damaged, is refused with a sentence.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { codePages, decode } from './code-pages';
import { planImport } from './import-plan';
import { crc32 } from './zip-directory';
import { ArchiveError, readArchive, type UnpackedFile } from './zip-read';

/** The same each time: to guess is not to know, and a test that fails by chance says nothing. */
const seed = Number(process.env.SEED ?? 10);
const ascii = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

interface Stored {
  readonly name: Uint8Array;
  readonly bytes: Uint8Array;
  readonly flags?: number;
  readonly extra?: Uint8Array;
  /** What the directory says of its size. */
  readonly size?: number;
}

/** An archive without compression, byte for byte as programs write it. */
function archive(entries: readonly Stored[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (into: Uint8Array[], numbers: readonly (readonly [bytes: number, value: number])[]) => {
    const bytes = numbers.flatMap(([length, value]) =>
      Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256),
    );
    into.push(Uint8Array.from(bytes));
    return bytes.length;
  };
  for (const { name, bytes, flags = 0, extra = new Uint8Array(), size = bytes.length } of entries) {
    const common = [
      [2, flags],
      [2, 0],
      [4, 0],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, size],
      [2, name.length],
    ] as const;
    put(directory, [
      [4, 0x02014b50],
      [2, 20],
      [2, 20],
      ...common,
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, at],
    ]);
    directory.push(name, extra);
    at += put(parts, [[4, 0x04034b50], [2, 20], ...common, [2, 0]]) + name.length + bytes.length;
    parts.push(name, bytes);
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  put(directory, [
    [4, 0x06054b50],
    [4, 0],
    [2, entries.length],
    [2, entries.length],
    [4, length],
    [4, at],
    [2, 0],
  ]);
  return Buffer.concat([...parts, ...directory]);
}

/** The bytes of a text in a code page; null where it has not all of its letters. */
const encoders = new Map(
  codePages.map((page) => {
    const bytes = new Map<string, readonly number[]>();
    const learn = (...given: number[]) => {
      const sign = decode(page, Uint8Array.from(given));
      if (sign.length === 1 && sign !== '\ufffd' && !bytes.has(sign)) bytes.set(sign, given);
    };
    for (let a = 0; a < 256; a++) learn(a);
    if (/^(japanese|chinese|korean)$/.test(page.family)) {
      for (let a = 0x81; a < 0xff; a++) for (let b = 0x40; b < 0xff; b++) learn(a, b);
    }
    return [page.name, bytes] as const;
  }),
);
function encoded(text: string, page: string): Uint8Array | null {
  const out = [...text].map((sign) => encoders.get(page)!.get(sign));
  return out.some((bytes) => !bytes) ? null : Uint8Array.from(out.flatMap((bytes) => [...bytes!]));
}

const words: Readonly<Record<string, string>> = {
  western:
    'Café Übersicht Prüfung Größe Straße déjà résumé été Français niño mañana señor España Bücher Überblick Lösung Protokoll für Änderungen Ärzte Öffnungszeiten naïve cœur ação São coração Müller smörgås fjäll blåbær søndag Århus réunion année première compte-rendu Zürich',
  central:
    'żółw źródło świat łąka ćma gęś Łódź Kraków spotkanie schůzka příručka žádost škola řešení článek důležité tűz szám műszaki főnök zápis století',
  turkish: 'toplantı notları görüşme çalışma değişiklik öğrenci müşteri ağustos şubat yönetim ışık',
  cyrillic:
    'Привет Отчёт план встреча заметки Протокол совещания Москва документы Проект задачи бюджет на май черновик Україна зустріч',
  greek: 'Σημειώσεις συνάντηση έργο σχέδιο Αθήνα πρόγραμμα αναφορά κατάλογος',
  japanese:
    '日本語 テスト 議事録 会議メモ 東京 出張報告 ひらがな カタカナ 計画書 新しいページ プロジェクト 設計資料 画像 第二章',
  chinese: '会议记录 项目计划 中文 文档 北京 测试 读书笔记 报告 图片 工作总结 新建文件夹 数据分析 上海',
  traditional: '會議記錄 專案計畫 文件 台北 測試 讀書筆記 報告 圖片 工作總結 新資料夾',
  korean: '회의록 프로젝트 계획 한국어 문서 서울 새폴더 보고서 자료 개발일지 사진 업무',
};
const kindOf = (page: (typeof codePages)[number]) =>
  page.name.includes('Big5') ? 'traditional' : page.family;

test(`every name in a code page comes out as it was written (seed ${seed})`, () => {
  const wrong: string[] = [];
  const doubtful: string[] = [];
  const counted: Record<string, number> = {};
  const page = fc.constantFrom(...codePages);
  const picks = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 9 });
  fc.assert(
    fc.property(page, picks, fc.boolean(), (of, names, isToldByText) => {
      const list = words[kindOf(of)]!.split(' ');
      const texts = names.map((pick, i) => `${pick.map((n) => list[n % list.length]).join(' ')} ${i}.md`);
      const bytes = texts.map((text) => encoded(text, of.name));
      fc.pre(bytes.every((each) => each !== null) && texts.some((text) => /\P{ASCII}/u.test(text)));
      const entries = bytes.map((each, i) => ({
        name: each!,
        bytes: utf8(isToldByText ? `# ${texts[i]}` : 'x'),
      }));
      const read = readArchive(archive(entries)).map(({ path }) => path);
      counted[of.name] = (counted[of.name] ?? 0) + 1;
      if (read.join() !== texts.join())
        (isToldByText ? wrong : doubtful).push(`${of.name}: ${texts.join()} as ${read.join()}`);
    }),
    { numRuns: 1_500, seed },
  );
  expect(Object.keys(counted)).toHaveLength(codePages.length);
  expect(wrong).toEqual([]);
  // Nothing but the names themselves says how they are written.
  expect([doubtful.length <= 15, doubtful]).toEqual([true, doubtful]);
});

const one = (read: readonly UnpackedFile[]) =>
  read.map(({ path, guessedName }) => [path, guessedName?.split(' ')[0]]);

test('names: the Unicode field of Info-ZIP, the flag, UTF-8 without the flag, then a guess that is said', () => {
  const dos = Uint8Array.of(0x43, 0x61, 0x66, 0x82, 0x2e, 0x6d, 0x64);
  const field = (crc: number) => {
    const data = utf8('Café ✓.md');
    const head = [0x75, 0x70, data.length + 5, 0, 1, ...[0, 8, 16, 24].map((bits) => (crc >>> bits) & 255)];
    return Uint8Array.from([...head, ...data]);
  };
  const bytes = utf8('x');
  expect(one(readArchive(archive([{ name: dos, bytes, extra: field(crc32(dos)) }])))).toEqual([
    ['Café ✓.md', undefined],
  ]);
  expect(one(readArchive(archive([{ name: dos, bytes, extra: field(1) }])))).toEqual([
    ['Café.md', 'Western'],
  ]);
  expect(one(readArchive(archive([{ name: utf8('Cafe\u0301.md'), bytes }])))).toEqual([
    ['Café.md', undefined],
  ]);
  // Valid as UTF-8, as letters that nobody uses; the text says what is meant.
  expect(
    one(readArchive(archive([{ name: encoded('图片.md', 'Chinese (GBK)')!, bytes: utf8('# 图片') }]))),
  ).toEqual([['图片.md', 'Chinese']]);
  expect(one(readArchive(archive([{ name: utf8('日本.md'), bytes, flags: 0x800 }])))).toEqual([
    ['日本.md', undefined],
  ]);
  expect(one(readArchive(archive([{ name: ascii('docs\\sub\\..\\a.md'), bytes }])))).toEqual([
    ['docs/a.md', undefined],
  ]);
  const [file] = readArchive(archive([{ name: dos, bytes }]));
  const { report } = planImport([{ path: file!.path, text: 'x', guessedName: file!.guessedName! }], {
    workspaceId: 'w',
    name: 'n',
  });
  expect(report.notes.map(({ what }) => what)).toEqual([
    'file names that do not say how they are written, read as Western European (CP850)',
  ]);
});

test('archives within archives: parts of one export are one whole, attachments stay closed', () => {
  const part = (n: number) =>
    zipSync({ [`Home/Page ${n}.md`]: utf8(`page ${n}`), 'same.md': utf8(`same ${n}`) });
  const paths = (files: Parameters<typeof zipSync>[0]) => readArchive(zipSync(files)).map(({ path }) => path);
  expect(paths({ 'Export-1-Part-1.zip': part(1), 'Export-1-Part-2.zip': part(2) })).toEqual([
    'Home/Page 1.md',
    'same.md',
    'Home/Page 2.md',
    'same (2).md',
  ]);
  expect(paths({ 'all.zip': part(1) })).toEqual(['Home/Page 1.md', 'same.md']);
  expect(paths({ 'a.zip': part(1), 'b.zip': part(2) })).toEqual([
    'a/Home/Page 1.md',
    'a/same.md',
    'b/Home/Page 2.md',
    'b/same.md',
  ]);
  expect(paths({ 'x.md': utf8('x'), 'old.zip': part(1) })).toEqual(['x.md', 'old.zip']);
});

test('A5: what would fill the memory, lies deep, is damaged or locked is refused with a sentence', () => {
  let deep = zipSync({ 'x.md': utf8('x') });
  for (let i = 0; i < 8; i++) deep = zipSync({ 'in.zip': deep });
  expect(readArchive(deep)).toMatchObject([
    { bytes: null, refused: expect.stringContaining('within too many others') },
  ]);

  // 2 MB of nothing in each, six times over, in archives of an archive.
  const large = new Uint8Array(2_000_000);
  const bomb = zipSync({ 'a.md': large }, { level: 9 });
  const many = zipSync(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.zip`, bomb])));
  expect(readArchive(many)).toHaveLength(6);
  expect(() => readArchive(many, 8_000_000)).toThrow(ArchiveError);
  expect(() => readArchive(many, 8_000_000)).toThrow('holds more than 8 MB');
  const declared = archive([{ name: ascii('a.md'), bytes: utf8('x'), size: 0xfffffff0 }]);
  expect(() => readArchive(declared)).toThrow('holds more than 300 MB');

  const lying = archive([{ name: ascii('a.md'), bytes: utf8('abc'), size: 2 }]);
  expect(readArchive(lying)).toMatchObject([
    { bytes: null, refused: 'This file is damaged in the archive.' },
  ]);
  const locked = archive([{ name: ascii('a.md'), bytes: utf8('abc'), flags: 1 }]);
  expect(readArchive(locked)).toMatchObject([
    { bytes: null, refused: 'This file is locked with a password.' },
  ]);
  for (const broken of [
    new Uint8Array(),
    utf8('no archive at all, only some text that is long enough'),
    deep.subarray(0, 60),
  ]) {
    expect(() => readArchive(broken)).toThrow('could not be read');
  }
});

test(`A5: an archive with any bytes changed is read or refused, never an error of another kind (seed ${seed})`, () => {
  const whole = zipSync({
    'a/b.md': utf8('text '.repeat(50)),
    'c.png': utf8('x'),
    'in-Part-1.zip': zipSync({ 'd.md': utf8('d') }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const bytes = whole.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          readArchive(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError);
        }
      },
    ),
    { numRuns: 2_000, seed },
  );
});

const cases = join(import.meta.dirname, '../../../../shared/cases');
test.runIf(existsSync(cases))('the archives that people reported', () => {
  const read = (path: string) => readArchive(readFileSync(join(cases, path)));
  expect(one(read('14-unicode-names/cp932.zip')).map(([path]) => path)).toEqual([
    '計画/開始.md',
    '計画/手順.md',
  ]);
  expect(one(read('14-unicode-names/macutf8noflag.zip'))).toEqual([
    ['plan/Café.md', undefined],
    ['plan/start.md', undefined],
  ]);
  expect(read('15-notion-parts-and-asides/nested.zip').map(({ path }) => path)).not.toEqual([]);
});
