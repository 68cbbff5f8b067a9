// @vitest-environment happy-dom
// What Obsidian, Logseq, Outline and Notion write beyond Markdown: it becomes what it means, or the report counts it;
// code stays as it is, and what we write ourselves is never taken for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONContent } from '@tiptap/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '../../../db/sync/ids';
import { anyBody } from '../../../scripts/testing/schema-bodies';
import { bodySchema } from '../body/extensions';
import { readLogseq } from '../markdown/logseq';
import { meaning } from '../markdown/markdown-meaning';
import { readMarkdown } from '../markdown/markdown-read';
import { writeMarkdown } from '../markdown/markdown-write';
import { vaultSyntax } from '../markdown/vault-blocks';
import { vaultLexer } from '../markdown/vault-syntax';
import { type ImportPlan, planImport } from './import-plan';
import type { SourceFile } from './source-file';

const schema = bodySchema();
const workspaceId = newId();
const plan = (...files: (readonly [path: string, text: string | null])[]) =>
  planImport(
    files.map(([path, text]): SourceFile => {
      if (text !== null) return { path, text };
      const file = new File(['x'], path.split('/').at(-1)!, { type: 'image/png' });
      return {
        path,
        text,
        image: {
          hash: [...path]
            .reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 16 ** 8, 7)
            .toString(16)
            .padStart(64, '0'),
          file,
        },
      };
    }),
    { workspaceId, name: 'Vault' },
  );
const page = (made: ImportPlan, source: string) => made.pages.find((p) => p.source === source)!;
const noted = (made: ImportPlan) =>
  Object.fromEntries(made.report.notes.map(({ what, count }) => [what, count]));

/** A body in short: words, with links as `<words|page>`, bold as `*words*`. */
function short(made: ImportPlan, source: string): string {
  const titles = new Map(made.pages.map((p) => [p.id, p.title]));
  const walk = (node: JSONContent): string => {
    if (node.type === 'text') {
      const href = node.marks?.find(({ type }) => type === 'link')?.attrs?.href as string | undefined;
      const [, id = '', anchor = ''] = /\/d\/([0-9a-f-]{36})(#.*)?$/.exec(href ?? '') ?? [];
      const text = node.marks?.some(({ type }) => type === 'bold') ? `*${node.text}*` : (node.text ?? '');
      return href === undefined ? text : `<${text}|${id ? titles.get(id) + anchor : href}>`;
    }
    if (node.type === 'image') return `![${node.attrs?.alt}](${String(node.attrs?.src).slice(0, 13)})`;
    if (node.type === 'hardBreak') return '/';
    const inside = (node.content ?? [])
      .map(walk)
      .join(/^(paragraph|heading|codeBlock)$/.test(node.type!) ? '' : ' ');
    return node.type === 'blockquote'
      ? `> ${inside} <`
      : node.type === 'codeBlock'
        ? `\`${inside}\``
        : inside;
  };
  const { body } = page(made, source);
  if (body) schema.nodeFromJSON(body).check();
  return body ? walk(body).trim() : '';
}

const notes = [
  ['v/Other note.md', '# Other note\n\ntext'],
  ['v/deep/er/Far.md', '---\naliases: ["Distant one", Ferne]\n---\n\ntext ^block'],
  ['v/img/plan.png', null],
] as const;

test('wikilinks become links to pages wherever they lie, with their words, headings and aliases', () => {
  const made = plan(...notes, [
    'v/Start.md',
    `[[Other note]], [[other NOTE|words]], [[Far]], [[deep/er/Far.md#A heading|far]], [[Far#A heading]], [[distant one]]
and [[#Here]], [[Far#^block]], ![[Far]], ![[plan.png|300]], ![[img/plan.png]], [[Gone]], [[Other note|**x**]]

| a |
| --- |
| [[Far\\|in a cell]] |`,
  ]);
  expect(short(made, 'Start.md')).toBe(
    '<Other note|Other note>, <words|Other note>, <Far|Far>, <far|Far#A heading>, <Far > A heading|Far#A heading>, ' +
      '<distant one|Far> and <Here|#Here>, <Far|Far>, <Far|Far>, ![](outpost:file/), ![](outpost:file/), ' +
      '<Gone|Gone.md>, <**x**|Other note> a <in a cell|Far>',
  );
  expect(short(made, 'deep/er/Far.md')).toMatch(/text$/);
  expect(made.report).toMatchObject({ pageLinks: 10, images: 2, imagesKept: 2 });
  expect(noted(made)).toEqual({
    'links to one block of a page, now to the page': 1,
    'pages and files shown within a page, now links to them': 1,
    'sizes of images, left out': 1,
    'names of blocks (^name), left out': 1,
    'links to pages that are not in the folder; the address is kept': 1,
  });
});

test('of several notes of one name: the path that is written, the top of the vault, the shortest path', () => {
  const made = plan(
    ['a/Note.md', 'a'],
    ['b/c/Note.md', 'b'],
    ['b/c/d/Two.md', 'd'],
    ['e/Two.md', 'e'],
    ['Start.md', '[[Note]] [[b/c/Note]] [[c/note]] [[Two]] [[d/Two]]'],
  );
  const ids = [...JSON.stringify(page(made, 'Start.md').body).matchAll(/\/d\/([0-9a-f-]{36})/g)].map(
    ([, id]) => id,
  );
  expect(ids.map((id) => made.pages.find((p) => p.id === id)?.source)).toEqual([
    'a/Note.md',
    'b/c/Note.md',
    'b/c/Note.md',
    'e/Two.md',
    'b/c/d/Two.md',
  ]);
});

test('callouts, comments, highlights and footnotes become what they mean and are counted', () => {
  const made = plan([
    'x.md',
    `> [!warning]- Hot **pipe**
> Do not touch.
> > [!tip]
> > Gloves.

> [!NOTE]
> - item

Some ==marked== words %%hidden%% here[^1], there^[an *inline* one] and again[^1] and [^none].

%%
a whole

part
%%

[^1]: The first
    goes on

> plain quote`,
  ]);
  expect(short(made, 'x.md')).toBe(
    '> *Warning: **Hot **pipe* Do not touch. > *Tip* Gloves. < < > *Note* item < ' +
      'Some *marked* words  here[1], there[2] and again[1] and [3]. > plain quote <  The first goes on an inline one',
  );
  expect(noted(made)).toEqual({
    'callouts, now quotes with their title in bold': 3,
    'folded parts, now open': 1,
    'highlighted words (==…==), now bold': 1,
    'hidden comments (%%…%%), left out': 2,
    'footnotes, now a numbered list at the end of the page': 2,
    'footnotes without a text, as “none”': 1,
  });
});

test('Markdown within HTML is read, boxes become quotes', () => {
  const made = plan(
    ['Other.md', '# Other'],
    [
      'Home.md',
      `<aside>
💡 See [Other](Other.md) and **soon**

- item

</aside>

<details open>
<summary>More of *it*</summary>

<div class="a">

### Deep [[Other]]

</div>
</details>

:::warning
Hot
:::

+++ Toggle
inside
+++

<div>only *HTML* is <b>here</b></div>

<div><iframe width="1" src="https://e.org/film"></iframe></div>`,
    ],
  );
  expect(short(made, 'Home.md')).toBe(
    '> 💡 See <Other|Other> and *soon* item < *More of **it* Deep <Other|Other> > *Warning* Hot < > *Toggle* inside < only HTML is *here* <https://e.org/film|https://e.org/film>',
  );
  expect(made.report.pageLinks).toBe(2);
});

test('Logseq: properties, ids, tasks, boxes, pages below others, journals', () => {
  const block = '64f00000-0000-4000-8000-000000000001';
  const made = plan(
    ['g/logseq/config.edn', null],
    [
      'g/pages/tool___pump.md',
      `title:: tool/pump\nalias:: the pump, [[P1]]\ntype:: [[Kind]]\n\n- ## Repair\n  id:: ${block}\n  collapsed:: true\n\t- DONE oil\n\t- ${'TO'}DO [[the pump]]\n\t  cost:: 3`,
    ],
    ['g/pages/tool%2Fvalve.md', '- a #[[tool/pump]] [label]([[P1]])'],
    [
      'g/journals/2024_01_05.md',
      `- see ((${block})), [here](((${block}))), {{embed [[tool/valve]]}}\n- #+BEGIN_TIP\n  Mind [[tool/pump]]\n  #+END_TIP\n- \`\`\`\n  key:: [[x]]\n  \`\`\``,
    ],
    ['g/pages/Kind.md', '- [[Jan 5th, 2024]], [[2024-01-05]] ((64f00000-0000-4000-8000-00000000ffff))'],
  );
  expect(made.pages.map(({ title }) => title)).toEqual([
    'g',
    'journals',
    '2024_01_05',
    'pages',
    'Kind',
    'tool',
    'tool/pump',
    'valve',
  ]);
  expect(short(made, 'pages/tool___pump.md')).toBe(
    '*type:* <Kind|Kind>  Repair oil <the pump|tool/pump> *cost:* 3',
  );
  expect(short(made, 'pages/tool%2Fvalve.md')).toBe('a <#tool/pump|tool/pump> <label|tool/pump>');
  expect(short(made, 'journals/2024_01_05.md')).toBe(
    'see <Repair|tool/pump>, <here|tool/pump>, <tool/valve|valve>  > *Tip* Mind <tool/pump|tool/pump> <  `key:: [[x]]`',
  );
  expect(short(made, 'pages/Kind.md')).toBe(
    '<Jan 5th, 2024|2024_01_05>, <2024-01-05|2024_01_05> ((64f00000-0000-4000-8000-00000000ffff))',
  );
  expect(made.report).toMatchObject({ checklistItems: 2 });
  expect(noted(made)['links to blocks that are in no file; kept as text']).toBe(1);
});

test('Notion: its digits go from names, folders and links', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
  const made = plan(
    [
      `Home ${a}.md`,
      `# Home\n\n[Sub](Home%20${a}/Sub%20${b}.md) [web](https://www.notion.so/Sub-${b}?pvs=4) [[Sub]]`,
    ],
    [`Home ${a}/Sub ${b}.md`, `# Sub\n\n[up](../Home%20${a}.md) [three](Sub/Three%20${c}.md)`],
    [`Home ${a}/Sub/Three ${c}.md`, 'text'],
    [`Home ${a}/Deadbeef cafe.md`, 'no digits'],
  );
  expect(made.pages.map(({ title }) => title)).toEqual(['Home', 'Deadbeef cafe', 'Sub', 'Three']);
  expect(made.pages.map(({ parentId }) => made.pages.find((p) => p.id === parentId)?.title)).toEqual([
    undefined,
    'Home',
    'Home',
    'Sub',
  ]);
  expect(made.report).toMatchObject({ pageLinks: 5, outsideLinks: 0, notes: [] });
});

test('titles from file names stay as they are written; a first heading that says the same is not doubled', () => {
  const titled = (path: string, text: string) => {
    const { title, body } = plan([path, text]).pages.at(-1)!;
    return [title, JSON.stringify(body)?.includes('heading') ?? false];
  };
  expect(titled('2024-01-05.md', 'x')).toEqual(['2024-01-05', false]);
  expect(titled('2024-01-05 stand-up_notes.md', '# Stand-up\n\nx')).toEqual([
    '2024-01-05 stand-up_notes',
    true,
  ]);
  expect(titled('snake_case and dash-ed.md', 'x')).toEqual(['snake_case and dash-ed', false]);
  expect(titled('What is it_.md', '# What is it?\n\nx')).toEqual(['What is it?', false]);
  expect(titled('Plan.md', '## Plan\n\nx')).toEqual(['Plan', false]);
  expect(titled('a.md', '---\ntitle: "T"\n---\n# T\n\nx')).toEqual(['T', false]);
});

test('nothing changes within code', () => {
  const signs =
    '[[Other note]] ![[plan.png]] ==x== %%y%% [^1] ^[z] > [!note] {{embed [[a]]}} ((64f00000-0000-4000-8000-000000000001)) k:: v ^id';
  const made = plan(...notes, [
    'v/Code.md',
    `\`${signs}\`\n\n\`\`\`\n${signs}\nid:: 1\n%% a\n:::info\n\`\`\`\n\n    ${signs}\n\n- \`\`\`\n  ${signs}\n  \`\`\`\n\na ==\`b==c\` and \`d==\`== e`,
  ]);
  expect(short(made, 'Code.md').split(signs)).toHaveLength(5);
  expect(made.report.pageLinks).toBe(0);
  expect(short(made, 'Code.md')).toContain('a *b==c** and **d==* e');
});

test('what we write reads as the same letters, with whatever signs of vaults they hold', () => {
  const signs = fc.constantFrom(
    '==',
    '%%',
    '[[',
    ']]',
    '^a',
    '[^1]',
    '[^1]: ',
    '^[',
    '{{',
    '}}',
    '{:height 1}',
    ':::',
    '+++ ',
    'key:: ',
    'id:: ',
    '((64f00000-0000-4000-8000-000000000001))',
    '> [!note] ',
    '#[[',
    '|',
    '!',
    ' ',
    'a',
    'b c',
    '- ',
    '`',
  );
  fc.assert(
    fc.property(fc.array(signs, { minLength: 1, maxLength: 8 }), (parts) => {
      const text = parts.join('').replace(/\s+/g, ' ').trim();
      fc.pre(text !== '');
      const body = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] };
      const made = plan(['x.md', writeMarkdown(body)]);
      expect(schema.nodeFromJSON(page(made, 'x.md').body!).toJSON()).toEqual(body);
      expect(made.report.notes).toEqual([]);
      expect(schema.nodeFromJSON(readMarkdown(writeMarkdown(body)).body).toJSON()).toEqual(body);
    }),
    { numRuns: 500 },
  );
});

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
test(`D1: any body that goes out comes back through the import as it was (seed ${seed})`, () => {
  const links = { page: () => '#', image: () => 'x', block: () => null };
  fc.assert(
    fc.property(anyBody(schema), (body) => {
      const markdown = writeMarkdown(body.toJSON());
      const { text } = readLogseq(markdown, false);
      const again = schema.nodeFromJSON(readMarkdown(text, { vault: vaultSyntax(links) }).body);
      expect(meaning(again), markdown).toEqual(meaning(body));
    }),
    { numRuns: Number(process.env.RUNS ?? 300), seed, endOnFailure: true },
  );
}, 300_000);

test('D1: the text of a link that begins with ^ is no footnote (seed 495634684)', () => {
  const link = { type: 'link', attrs: { href: 'a b.md', title: 'c++' } };
  const text = { type: 'text', text: '^\\|[x] </b>', marks: [link] };
  const body = schema.nodeFromJSON({ type: 'doc', content: [{ type: 'paragraph', content: [text] }] });
  const read = vaultSyntax({ page: () => '#', image: () => 'x', block: () => null });
  const again = schema.nodeFromJSON(readMarkdown(writeMarkdown(body.toJSON()), { vault: read }).body);
  expect(meaning(again)).toEqual(meaning(body));
});

test('A5: signs that open and never close cost no more than their length', () => {
  const hostile = [
    '<div>\n\n',
    ':::info\nx\n',
    ':::info\n\n',
    '%% a\n',
    '==a ',
    '[[a ',
    '[^a]: x\n',
    'a [^b] ',
    '^[a ',
    ' ^a',
    '{{query ',
    '+++ a\n',
    '> [!a]\n',
  ];
  for (const part of hostile) {
    const start = performance.now();
    vaultLexer().lex(part.repeat(10_000));
    expect([part, performance.now() - start < 10_000]).toEqual([part, true]);
  }
});

const cases = join(import.meta.dirname, '../../../../shared/cases');
const read = (folder: string) =>
  readdirSync(join(cases, folder), { encoding: 'utf8' }).map(
    (name) => [name, name.endsWith('.md') ? readFileSync(join(cases, folder, name), 'utf8') : null] as const,
  );
test.runIf(existsSync(cases))('the cases that people reported', () => {
  expect(plan(...read('12-wikilinks-unsaid/vault')).report).toMatchObject({
    pageLinks: 2,
    images: 1,
    imagesKept: 1,
    notes: [],
  });
  expect(plan(...read('14-unicode-names/nfd')).report).toMatchObject({
    pageLinks: 2,
    images: 1,
    imagesKept: 1,
    notes: [],
  });
  expect(plan(...read('14-unicode-names/backslash')).report).toMatchObject({ pageLinks: 1, notes: [] });
  expect(plan(...read('15-notion-parts-and-asides/in')).report).toMatchObject({ pageLinks: 1 });
});
