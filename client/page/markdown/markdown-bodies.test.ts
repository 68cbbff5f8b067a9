// @vitest-environment happy-dom
// Whatever the schema admits goes out as Markdown and comes back: by our own reader the same body, by a second one every
// letter in order. SEED=n repeats a run, RUNS=n makes more.
import { DOMSerializer, type Mark, type Node } from '@tiptap/pm/model';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { anyBody, anyText } from '../../../scripts/testing/schema-bodies';
import { bodySchema } from '../body/extensions';
import { meaning } from './markdown-meaning';
import { readMarkdown } from './markdown-read';
import { writeMarkdown } from './markdown-write';

const schema = bodySchema();
const serializer = DOMSerializer.fromSchema(schema);
const RUNS = Number(process.env.RUNS ?? 300);
const seed = Number(process.env.SEED ?? Date.now() & 0x7fffffff);
console.info(`SEED=${seed}`);

const read = (markdown: string): Node => {
  const node = schema.nodeFromJSON(readMarkdown(markdown).body);
  node.check();
  return node;
};

/** All that is written in a body, in order. */
function words(node: Node): string {
  let out = '';
  node.descendants((child) => {
    if (child.isText) out += child.text;
    else if (child.isInline) out += serializer.serializeNode(child).textContent;
    else out += ' ';
  });
  return out;
}
const marksOf = (names: readonly string[]) =>
  names.reduce<readonly Mark[]>(
    (marks, name) => schema.mark(name, name === 'link' ? { href: 'https://e.org' } : null).addToSet(marks),
    [],
  );
/** Checkboxes are no letters; the second reader does not know them. */
const letters = (text: string) => text.replace(/[\s\u0085\ufeff]+/gu, '').replace(/\[x?\]/g, '');

const other = new MarkdownIt({ html: true });
function otherWords(markdown: string): string {
  return new DOMParser().parseFromString(other.render(markdown), 'text/html').body.textContent ?? '';
}

test('D1: any body comes back from Markdown as it was', () => {
  fc.assert(
    fc.property(anyBody(schema), (body) => {
      body.check();
      const markdown = writeMarkdown(body.toJSON());
      const again = read(markdown);
      expect(words(again), markdown).toBe(words(body));
      expect(meaning(again), markdown).toEqual(meaning(body));
    }),
    { numRuns: RUNS, seed, endOnFailure: true },
  );
}, 300_000);

test('D1: another reader of Markdown finds every letter of any body, in order', () => {
  fc.assert(
    fc.property(anyBody(schema), (body) => {
      const markdown = writeMarkdown(body.toJSON());
      expect(letters(otherWords(markdown)), markdown).toBe(letters(words(body)));
    }),
    { numRuns: RUNS, seed, endOnFailure: true },
  );
}, 300_000);

test('D1: any text, typed anywhere, comes back letter for letter', () => {
  const paragraph = (...content: Node[]) => schema.nodes.paragraph!.create(null, content);
  const node = (name: string, ...content: Node[]) => schema.nodes[name]!.create(null, content);
  const row = (cell: string, text: Node) =>
    node('tableRow', node(cell, paragraph(text)), node(cell, paragraph()));
  fc.assert(
    fc.property(anyText, fc.array(fc.constantFrom(...Object.keys(schema.marks))), (typed, names) => {
      const text = schema.text(typed, marksOf(names));
      const body = node(
        'doc',
        paragraph(text),
        paragraph(schema.text('a'), text, schema.text('b')),
        node('heading', text),
        node('bulletList', node('listItem', paragraph(text)), node('listItem', paragraph(text))),
        node('taskList', node('taskItem', paragraph(text))),
        node('table', row('tableHeader', text), row('tableCell', text)),
        node('blockquote', paragraph(text)),
        node('codeBlock', schema.text(typed)),
        paragraph(text, node('hardBreak'), text),
      );
      const markdown = writeMarkdown(body.toJSON());
      expect(meaning(read(markdown)), markdown).toEqual(meaning(body));
      expect(letters(otherWords(markdown)), markdown).toBe(letters(words(body)));
    }),
    { numRuns: RUNS, seed, endOnFailure: true },
  );
}, 300_000);
