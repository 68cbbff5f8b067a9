// @vitest-environment happy-dom
// What Markdown cannot say goes out as HTML and comes back: blocks in cells, marks beside letters, widths, spaces.
import type { JSONContent } from '@tiptap/core';
import { expect, test } from 'vitest';
import { bodySchema } from '../body/extensions';
import { meaning } from './markdown-meaning';
import { readMarkdown } from './markdown-read';
import { writeMarkdown } from './markdown-write';

const schema = bodySchema();
const text = (words: string, ...marks: string[]): JSONContent => ({
  type: 'text',
  text: words,
  marks: marks.map((type) => ({ type })),
});
const block = (type: string, ...content: JSONContent[]): JSONContent => ({ type, content });
const paragraph = (...content: (JSONContent | string)[]) =>
  block('paragraph', ...content.map((part) => (typeof part === 'string' ? text(part) : part)));
const item = (words: string) => block('listItem', words ? paragraph(words) : paragraph());
const table = (type: string, ...cells: JSONContent[][]) =>
  block('table', block('tableRow', ...cells.map((content) => block(type, ...content))));

function written(...content: JSONContent[]): string {
  const body = { type: 'doc', content };
  const markdown = writeMarkdown(body);
  const again = schema.nodeFromJSON(readMarkdown(markdown).body);
  again.check();
  expect(meaning(again), markdown).toEqual(meaning(schema.nodeFromJSON(body)));
  return markdown;
}

test('D1: lists, checklists, tables and code in a cell go out with the whole table as HTML', () => {
  const markdown = written(
    table(
      'tableHeader',
      [block('bulletList', item('x'), item('y'))],
      [
        block('taskList', {
          type: 'taskItem',
          attrs: { checked: true },
          content: [paragraph('done'), block('orderedList', item('in'))],
        }),
      ],
      [table('tableCell', [paragraph('in1')], [paragraph('in2')])],
      [{ type: 'codeBlock', attrs: { language: 'js' }, content: [text('a\n\n  b <c>')] }],
      [paragraph('one'), paragraph('two | three')],
    ),
  );
  expect(markdown).toContain('<input type="checkbox" checked disabled>');
  expect(markdown).toContain('<pre><code class="language-js">a&#10;&#10;  b &lt;c&gt;</code></pre>');
  expect(markdown.trim()).not.toMatch(/\n\n/);
});

test('D1: a table of lines stays a table of Markdown', () => {
  const row = (type: string, ...cells: JSONContent[]) =>
    block('tableRow', ...cells.map((content) => block(type, content)));
  const markdown = written(
    block(
      'table',
      row('tableHeader', paragraph('a|b'), paragraph('c')),
      row('tableCell', paragraph(text('`|`', 'code')), paragraph('x', { type: 'hardBreak' }, 'y')),
      row('tableCell', paragraph(' s '), paragraph()),
    ),
  );
  expect(markdown).toBe('| a\\|b | c |\n| --- | --- |\n| `` `\\|` `` | x<br>y |\n| &#32;s&#32; |  |\n');
});

test('D1: marks beside letters are tags where delimiters would stay asterisks', () => {
  expect(written(paragraph('un', text('"some"', 'bold'), 'believable'))).toBe(
    'un<strong>"some"</strong>believable\n',
  );
  expect(written(paragraph(text('注意：', 'bold'), '話す'))).toBe('<strong>注意：</strong>話す\n');
  expect(written(paragraph(text('注意', 'bold'), '話す'))).toBe('**注意**話す\n');
  expect(written(paragraph('a', text(' b ', 'italic'), 'c'))).toBe('a<em> b </em>c\n');
  expect(written(paragraph(text('a', 'bold'), text('b', 'italic')))).toBe('**a**<em>b</em>\n');
  expect(written(paragraph('a ', text('b', 'bold', 'italic'), ' c'))).toBe('a ***b*** c\n');
  expect(written(paragraph(text('a', 'bold'), text('b', 'bold', 'strike'), text('c', 'strike')))).toBe(
    '<strong>a~~b~~</strong>~~c~~\n',
  );
});

test('D1: empty paragraphs, line breaks and spaces at the ends stay', () => {
  expect(written(paragraph('a'), paragraph(), paragraph('b'))).toBe('a\n\n<br>\n\nb\n');
  expect(written(paragraph(' a'), paragraph({ type: 'hardBreak' }, 'b', { type: 'hardBreak' }))).toBe(
    '&#32;a\n\n<br>b<br><br>\n',
  );
  expect(written(block('bulletList', item(''), item('b')))).toBe('-\n- b\n');
});

test('D1: lists keep their kinds, their numbers and their borders', () => {
  expect(
    written(
      block('bulletList', item('a')),
      block('bulletList', item('b')),
      { type: 'orderedList', attrs: { start: 7 }, content: [item('c'), item('d')] },
      { type: 'orderedList', attrs: { start: -1 }, content: [item('e')] },
    ),
  ).toBe('- a\n\n* b\n\n7. c\n8. d\n\n<ol start="-1">\n<li>e</li>\n</ol>\n');
  written(block('taskList', { type: 'taskItem', attrs: { checked: true }, content: [paragraph()] }));
  written(
    block('bulletList', {
      type: 'listItem',
      content: [paragraph('a'), { type: 'orderedList', attrs: { start: 5 }, content: [item('b')] }],
    }),
  );
});

test('D1: addresses in HTML are written and read like others', () => {
  const link = { type: 'text', text: 'pump', marks: [{ type: 'link', attrs: { href: '/w/a/d/b' } }] };
  const image = { type: 'image', attrs: { src: 'outpost:file/1', alt: 'mast' } };
  const markdown = writeMarkdown(
    {
      type: 'doc',
      content: [table('tableCell', [paragraph(link), block('bulletList', item('x'))], [paragraph(image)])],
    },
    { address: (href) => `to/${href.at(-1)}.md` },
  );
  const seen: string[] = [];
  const keep = (href: string) => {
    seen.push(href);
    return href;
  };
  const { body, notKept } = readMarkdown(markdown, { link: keep, image: keep });
  expect(seen).toEqual(['to/b.md', 'to/1.md']);
  expect(JSON.stringify(body)).toContain('"href":"to/b.md"');
  expect([...notKept]).toEqual([]);
});

test('A5: what is deep or long goes out in a size that grows like it', () => {
  const deep = (n: number, around: (inside: JSONContent[]) => JSONContent): JSONContent =>
    n === 0 ? paragraph('end') : around([paragraph(`word ${n}`), deep(n - 1, around)]);
  const kinds: readonly ((inside: JSONContent[]) => JSONContent)[] = [
    (inside) => block('blockquote', ...inside),
    (inside) => block('bulletList', block('listItem', ...inside)),
    (inside) => table('tableCell', inside),
  ];
  for (const kind of kinds) {
    const [less, more] = [100, 200].map((n) => writeMarkdown({ type: 'doc', content: [deep(n, kind)] }));
    expect(more!.length / less!.length).toBeLessThan(2.5);
    for (let n = 1; n <= 200; n++) expect(more).toContain(`word ${n}`);
  }
});
