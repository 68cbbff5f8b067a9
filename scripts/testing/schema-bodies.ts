// Any body that the schema admits, made from the schema itself: what is added to it later is made, too.
import type { Attrs, ContentMatch, Mark, MarkType, Node, NodeType, Schema } from '@tiptap/pm/model';
import fc, { type Arbitrary, type GeneratorValue } from 'fast-check';

/** Texts that mean something to Markdown, to HTML or to other programs' Markdown, or are lost easily. */
const tricky: readonly string[] = [
  ...[
    ' ^abc1',
    'a:: b',
    '((a))',
    '[!note] ',
    '#tag',
    '{{embed [[a]]}}',
    ':::',
    '<details>',
    '<aside>',
    '%% ',
    '==',
    '$&',
  ],
  ...'*_`~[]()<>#+-=|!&\\/:.@"\'{}^$%;,?',
  ...[
    '**',
    '***',
    '__',
    '~~',
    '```',
    '~~~',
    '---',
    '- - -',
    '===',
    '- ',
    '* ',
    '+ ',
    '1. ',
    '12) ',
    '# ',
    '###### ',
    '> ',
    '| --- |',
    ':-:',
  ],
  ...[
    '[x](y)',
    '![a](b)',
    '[a]: /b',
    '[^1]',
    '[[page]]',
    '- [ ] ',
    '[x] ',
    '<b>',
    '</b>',
    '<br>',
    '<!-- c -->',
    '<table>',
    '<a href="x">',
  ],
  ...[
    '&amp;',
    '&lt;b&gt;',
    '&#42;',
    '&copy;',
    '&nbsp',
    'https://example.org/a_b_',
    'www.example.org',
    'a@example.org',
    '<https://e.org>',
  ],
  ...['==m==', '%%c%%', '{% link a.md %}', '{{x}}', '$$x$$', '\\', '\\\\', '\\|', '`a`', '`` ` ``', '&#10;'],
  ...[
    ' ',
    '  ',
    '\t',
    '\u00a0',
    '\u3000',
    '\u2009',
    '\u200b',
    '\u200d',
    '\u2060',
    '\u00ad',
    '\u2028',
    '\ufeff',
    '\u0085',
  ],
  ...['話', '。', '「', '」', '한', 'ß', 'é', 'e\u0301', '🔧', '👩‍🔧', 'א', '٣', '€', '→', '“', '…'],
];

const word = fc.stringMatching(/^[a-z]{1,6}$/);
/** Letters that can be typed; not those that only control a machine. */
const letter = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 3 })
  .map((text) => text.replace(/(?=\p{Cc})[^\t\u0080-\u009f]/gu, 'x'));

/** A text of one line, that is not empty. */
export const anyText: Arbitrary<string> = fc
  .array(
    fc.oneof(
      { arbitrary: word, weight: 4 },
      { arbitrary: fc.constantFrom(...tricky), weight: 5 },
      { arbitrary: fc.constant(' '), weight: 2 },
      { arbitrary: letter, weight: 1 },
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((parts) => parts.join(''));

const addresses = [
  'https://example.org/',
  '/w/a/d/b#c',
  'a b.md',
  'a(b).md',
  'x_y_*z*',
  'mailto:a@b.c',
  '#a',
  'q?a=1&amp;b=[]',
  'a|b',
  '<x>',
  'a\\b',
  '',
  'ü/話.png',
  'a%20b',
  'a"b\'',
  'x`y',
];
const id = '018f0000-0000-7000-8000-000000000001';
const texts = [null, '', 'js', 'a "b" \\ c', 'c++', 'x|y', '*a*', ' s ', 'l1\nl2', '[b]', 'a & b &lt;'];

/** Values of attributes whose default does not say what they can be. */
const known: Readonly<Record<string, readonly unknown[]>> = {
  level: [1, 2, 3, 4],
  start: [1, 0, 2, 9, 10, 999_999_998, -3],
  type: [null, '1', 'a', 'I'],
  colspan: [1, 1, 1, 2],
  rowspan: [1, 1, 1, 2],
  colwidth: [null, null, [120]],
  align: [null, null, 'left', 'center', 'right'],
  href: addresses,
  src: [...addresses.filter((address) => address), null],
  width: [null, null, 20],
  height: [null, null, 30],
  title: texts,
  alt: texts,
  language: texts,
  label: texts.map((text) => text ?? 'Pump'),
  kind: ['task', 'page', 'member', 'booking'],
  id: [id, id, ''],
};

const pick = <T>(g: GeneratorValue, values: readonly T[]): T => values[g(fc.nat, values.length - 1)]!;

function attrsOf(g: GeneratorValue, type: NodeType | MarkType): Attrs {
  const out: Record<string, unknown> = {};
  const specs: Readonly<Record<string, { readonly default?: unknown }>> = type.spec.attrs ?? {};
  for (const [name, { default: usual }] of Object.entries(specs)) {
    if (known[name]) out[name] = pick(g, known[name]);
    else if (typeof usual === 'boolean') out[name] = g(fc.boolean);
    else if (typeof usual === 'number') out[name] = g(fc.nat, 4);
    else out[name] = usual;
  }
  return out;
}

function marksOf(g: GeneratorValue, parent: NodeType): readonly Mark[] {
  let out: readonly Mark[] = [];
  for (const type of Object.values(parent.schema.marks)) {
    if (!parent.allowsMarkType(type) || g(fc.nat, 3) > 0) continue;
    out = type.create(attrsOf(g, type)).addToSet(out);
  }
  return out;
}

function edges(match: ContentMatch): NodeType[] {
  return Array.from({ length: match.edgeCount }, (_, i) => match.edge(i).type);
}

function nodeOf(g: GeneratorValue, type: NodeType, depth: number, text: () => Arbitrary<string>): Node {
  const content: Node[] = [];
  let match = type.contentMatch;
  const most = type.inlineContent ? g(fc.nat, 6) : g(fc.nat, 3);
  let marks: readonly Mark[] = [];
  while (match.edgeCount > 0 && (!match.validEnd || content.length < most)) {
    let choices = edges(match);
    if (depth <= 0) {
      // Only what needs nothing inside, where there is that.
      const leaves = choices.filter((choice) => choice.isInline || choice.isTextblock || choice.isAtom);
      choices = leaves.length > 0 ? leaves : choices.slice(0, 1);
    }
    const weighted = choices.flatMap((choice) =>
      choice.isText ? [choice, choice, choice, choice] : [choice],
    );
    const chosen = pick(g, weighted);
    if (chosen.isInline && g(fc.nat, 2) > 0) marks = marksOf(g, type);
    const child = chosen.isText
      ? chosen.schema.text(g(text), marks)
      : nodeOf(g, chosen, depth - 1, text).mark(chosen.isInline ? marks : []);
    content.push(child);
    match = match.matchType(chosen)!;
  }
  return type.create(attrsOf(g, type), content);
}

/** Any body of a schema. */
export const anyBody = (schema: Schema, depth = 5, text: Arbitrary<string> = anyText): Arbitrary<Node> => {
  const texts = () => text;
  return fc.gen().map((g) => nodeOf(g, schema.topNodeType, depth, texts));
};
