// Bodies of pages for property tests.
import type { Node } from '@tiptap/pm/model';
import fc from 'fast-check';
import { bodySchema } from '../../client/page/body/extensions';

const schema = bodySchema();

const marks = fc
  .uniqueArray(fc.constantFrom('bold', 'italic', 'strike', 'code', 'link'), { maxLength: 3 })
  .map((names) =>
    names.map((name) => schema.mark(name, name === 'link' ? { href: 'https://a.example/' } : null)),
  )
  .map((list) =>
    list.reduce((set, mark) => mark.addToSet(set), [] as readonly ReturnType<typeof schema.mark>[]),
  );
export const anyWords = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', 'ü', '🦭', '*', '|'),
  minLength: 1,
  maxLength: 6,
});
const inline: fc.Arbitrary<Node> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(anyWords, marks).map(([text, set]) => schema.text(text, set)) },
  fc.constant(null).map(() => schema.node('hardBreak')),
  anyWords.map((label) => schema.node('mention', { kind: 'page', id: 'x', label })),
  fc.tuple(anyWords, marks).map(([alt, set]) => schema.node('image', { src: '/a.png', alt }, [], [...set])),
);
const line = fc.array(inline, { maxLength: 4 });
const paragraph = line.map((content) => schema.node('paragraph', null, content));
const { block } = fc.letrec<{ block: Node; blocks: Node[] }>((tie) => ({
  blocks: fc.array(tie('block'), { minLength: 0, maxLength: 3, depthIdentifier: 'b' }),
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'b', withCrossShrink: true },
    paragraph,
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), line)
      .map(([level, content]) => schema.node('heading', { level }, content)),
    fc
      .tuple(fc.constantFrom(null, 'ts'), fc.string({ unit: fc.constantFrom('a', '\n', ' '), maxLength: 5 }))
      .map(([language, text]) => schema.node('codeBlock', { language }, text ? schema.text(text) : [])),
    fc.constant(null).map(() => schema.node('horizontalRule')),
    fc
      .tuple(tie('block'), tie('blocks'))
      .map(([first, rest]) => schema.node('blockquote', null, [first, ...rest])),
    fc
      .tuple(
        fc.constantFrom('bulletList', 'orderedList', 'taskList'),
        fc.array(fc.tuple(paragraph, tie('blocks'), fc.boolean()), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 9 }),
      )
      .map(([name, items, start]) =>
        schema.node(
          name,
          name === 'orderedList' ? { start } : {},
          items.map(([first, rest, checked]) =>
            name === 'taskList'
              ? schema.node('taskItem', { checked }, [first, ...rest])
              : schema.node('listItem', null, [first, ...rest]),
          ),
        ),
      ),
    fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.array(tie('block'), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        tie('blocks'),
      )
      .map(([width, rows, rest]) =>
        schema.node(
          'table',
          null,
          rows.map((cells, r) =>
            schema.node(
              'tableRow',
              null,
              cells
                .slice(0, width)
                .map((first, c) =>
                  schema.node(
                    r === 0 ? 'tableHeader' : 'tableCell',
                    null,
                    c === 0 ? [first, ...rest] : [first],
                  ),
                ),
            ),
          ),
        ),
      ),
  ),
}));
/** Whatever the schema admits: blocks in blocks, four deep. */
export const anyBody: fc.Arbitrary<Node> = fc
  .array(block as fc.Arbitrary<Node>, { minLength: 1, maxLength: 5 })
  .map((nodes) => schema.node('doc', null, nodes));
