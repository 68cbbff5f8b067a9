// @vitest-environment happy-dom
// Every link to a page that is there is found, however its name is written: composed or not, in another case, escaped,
// with backslashes, with Notion's digits, and from however deep.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '../../../db/sync/ids';
import { planImport } from './import-plan';
import type { SourceFile } from './source-file';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const stems = [
  'Café plan',
  'Übersicht 2024-01-05',
  'snake_case',
  'a - dash',
  '100% sure',
  'C# notes',
  'What is it?',
  'Größe & Maß',
  '計画表',
  'Планы на май',
  'ドラフト',
  'plan (old)',
  'v1.2 final',
  "L'été",
  'ﬁne print',
  'Ångström',
  '한국어 문서',
] as const;
const forms = ['NFC', 'NFD'] as const;
const digits = '0123456789abcdef0123456789abcdef';

const name = fc.record({
  stem: fc.constantFrom(...stems),
  form: fc.constantFrom(...forms),
  digits: fc.boolean(),
});
type Name = typeof name extends fc.Arbitrary<infer T> ? T : never;
const spelled = (of: Name) => (of.stem + (of.digits ? ` ${digits}` : '')).normalize(of.form);

/** Ways to write the path of a file in a link. */
const markdown: Record<string, (path: string) => string> = {
  escaped: (path) =>
    `[x](${path
      .split('/')
      .map(encodeURIComponent)
      .join('/')
      .replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})`,
  pointed: (path) => `[x](<${path}>)`,
  without: (path) => `[x](<${path.replace(/\.md$/, '')}>)`,
  backslashes: (path) => `[x](<${path.replace(/\//g, '\\')}>)`,
  anchored: (path) =>
    `[x](${path
      .split('/')
      .map(encodeURIComponent)
      .join('/')
      .replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}#part)`,
};
const wiki: Record<string, (path: string) => string> = {
  path: (path) => `[[${path.replace(/\.md$/, '')}]]`,
  ending: (path) => `[[${path}|words]]`,
  bare: (path) => `[[${path.split('/').at(-1)!.replace(/\.md$/, '')}]]`,
  heading: (path) => `[[${path.split('/').at(-1)!.replace(/\.md$/, '')}#Part|x]]`,
  shown: (path) => `![[${path.split('/').at(-1)!.replace(/\.md$/, '')}]]`,
};
const other: Record<string, (text: string) => string> = {
  same: (text) => text,
  NFC: (text) => text.normalize('NFC'),
  NFD: (text) => text.normalize('NFD'),
  upper: (text) => text.toUpperCase(),
};

function relative(from: readonly string[], to: readonly string[]): string {
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/');
}

test(`every link to a page that is there is found (seed ${seed})`, () => {
  let links = 0;
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 3 }),
      fc.array(name, { maxLength: 3 }),
      name,
      fc.constantFrom(...Object.keys(markdown), ...Object.keys(wiki)),
      fc.constantFrom(...Object.keys(other)),
      fc.constantFrom('/', '\\'),
      (from, to, target, way, change, separator) => {
        // A sign of wikilinks cannot stand in a wikilink.
        fc.pre(!(way in wiki && [...to, target].some(({ stem }) => stem.includes('#'))));
        const source = from.map(spelled);
        const path = [...to.map(spelled), `${spelled(target)}.md`];
        const altered = other[change]!;
        const link =
          way in wiki ? wiki[way]!(altered(path.join('/'))) : markdown[way]!(altered(relative(source, path)));
        const files: SourceFile[] = [
          { path: ['v', ...source, 'Start here.md'].join(separator), text: `x ${link} y` },
          { path: ['v', ...path].join(separator), text: 'text' },
          { path: ['v', 'Unrelated.md'].join(separator), text: 'text' },
        ];
        const { pages, report } = planImport(files, { workspaceId: newId(), name: 'V' });
        const found = pages.find((page) =>
          page.source.normalize('NFC').endsWith(path.join('/').normalize('NFC')),
        )!;
        const body = JSON.stringify(pages.find(({ source: s }) => s.endsWith('Start here.md'))!.body);
        expect(body).toContain(`/d/${found.id}`);
        expect(report.pageLinks).toBe(1);
        expect(found.title).toBe(target.stem.normalize('NFC'));
        links++;
      },
    ),
    { numRuns: 2_000, seed },
  );
  expect(links).toBeGreaterThan(1_000);
});

test(`every image that is there is found (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 3 }),
      fc.array(name, { maxLength: 3 }),
      name,
      fc.constantFrom('md', 'wiki', 'short'),
      fc.constantFrom(...Object.keys(other)),
      (from, to, target, way, change) => {
        fc.pre(!(way !== 'md' && [...to, target].some(({ stem }) => stem.includes('#'))));
        const path = [...to.map(spelled), `${spelled(target)}.png`];
        const altered = other[change]!;
        const written = {
          md: `![](<${altered(relative(from.map(spelled), path))}>)`,
          wiki: `![[${altered(path.join('/'))}|300]]`,
          short: `![[${altered(path.at(-1)!)}]]`,
        }[way];
        const image = { hash: '1'.repeat(64), file: new File(['x'], 'x.png', { type: 'image/png' }) };
        const { report } = planImport(
          [
            { path: [...from.map(spelled), 'Start here.md'].join('/'), text: written },
            { path: path.join('/'), text: null, image },
          ],
          { workspaceId: newId(), name: 'V' },
        );
        expect(report).toMatchObject({ images: 1, imagesKept: 1 });
      },
    ),
    { numRuns: 1_000, seed },
  );
});
