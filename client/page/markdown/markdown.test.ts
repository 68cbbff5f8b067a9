// @vitest-environment happy-dom
// Markdown read and written: what is written reads as the same blocks, for a page of everything, for random text,
// and for a real handbook where it is present.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONContent } from '@tiptap/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodySchema } from '../body/extensions';
import { readMarkdown } from './markdown-read';
import { writeMarkdown } from './markdown-write';

const schema = bodySchema();
/** As the schema keeps it; fails where it does not allow it. */
const checked = (json: JSONContent): unknown => {
  const node = schema.nodeFromJSON(json);
  node.check();
  return node.toJSON();
};

interface Piece {
  type: string;
  text?: string;
  marks?: unknown;
  content?: Piece[];
}
/** Spaces beside a mark, and at the ends of a block, may change sides. */
const meaning = (json: JSONContent): unknown => {
  const tidy = (node: Piece): unknown => {
    if (!node.content?.some((child) => child.type === 'text')) {
      return { ...node, content: node.content?.map(tidy) };
    }
    const letters: unknown[] = node.content.flatMap((child): unknown[] =>
      child.type === 'text'
        ? [...child.text!].map((letter) =>
            /\s/.test(letter) ? ' ' : [letter, JSON.stringify(child.marks ?? [])],
          )
        : [JSON.stringify(child)],
    );
    const text = letters.filter((letter, i) => letter !== ' ' || (i > 0 && letters[i - 1] !== ' '));
    while (text.at(-1) === ' ') text.pop();
    return { type: node.type, letters: text };
  };
  return tidy(checked(json) as Piece);
};

const everything = `# A & b \\<c>

para **bold** *it* \`co_de\` [l *x*](https://e.org/a_(b)) ~~s~~ [\`link code\`](https://e.org "title")\\
hard break, snake_case, 2 * 3, 5 < 6, \\*literal\\*

1986\\. A great year

- [ ] one
- [x] two
  - [ ] nested

* a
* b

  para in b
  1. x
  2. y

| a | b |
| --- | :-: |
| 1 \\| 2 | **2** |

> q
>
> - l

\`\`\`js
x < y && z
\`\`\`

![alt](img/a.png "t")

---

[Repair the pump](outpost:task/018f0000-0000-7000-8000-000000000001)
`;

test('a page of everything: written as it was read', () => {
  const { body, notKept } = readMarkdown(everything);
  const written = writeMarkdown(body);
  expect(checked(readMarkdown(written).body)).toEqual(checked(body));
  expect(written).toContain('| 1 \\| 2 | **2** |');
  expect(written).toContain('snake_case, 2 \\* 3, 5 < 6');
  expect([...notKept]).toEqual([]);
  const kinds = new Set<string>();
  schema.nodeFromJSON(body).descendants((node) => void kinds.add(node.type.name));
  for (const kind of ['taskItem', 'listItem', 'table', 'codeBlock', 'image', 'mention', 'hardBreak'])
    expect(kinds).toContain(kind);
});

test('what a page cannot hold is counted', () => {
  const { body, notKept } = readMarkdown(
    '<!-- x -->\n\n<details><summary>S</summary>kept</details>\n\n##### deep',
  );
  expect(schema.nodeFromJSON(body).textContent).toContain('kept');
  expect(notKept.get('comments in the source')).toBe(1);
  expect([...notKept.keys()].join()).toContain('<details>');
  expect([...notKept.keys()].join()).toContain('fourth level');
});

test('any text of a paragraph comes back as it was', () => {
  const words = fc.string({
    unit: fc.constantFrom(...'ab 1.*_`[]()<>#-+>~!&;|\\'),
    minLength: 1,
    maxLength: 24,
  });
  fc.assert(
    fc.property(words, (text) => {
      const kept = text.replace(/\s+/g, ' ').trim();
      fc.pre(kept !== '');
      const body = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: kept }] }] };
      expect(checked(readMarkdown(writeMarkdown(body)).body)).toEqual(checked(body));
    }),
    { numRuns: 400 },
  );
});

const handbook = join(import.meta.dirname, '../../../../shared/data/handbook/');
test.runIf(existsSync(handbook))(
  'a real handbook: every page reads, and reads the same when written',
  () => {
    const differ: string[] = [];
    let pages = 0;
    for (const name of readdirSync(handbook, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.md')) continue;
      pages++;
      const { body } = readMarkdown(
        readFileSync(handbook + name, 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''),
      );
      const again = readMarkdown(writeMarkdown(body)).body;
      if (JSON.stringify(meaning(again)) !== JSON.stringify(meaning(body))) differ.push(name);
    }
    expect(pages).toBe(246);
    expect(differ).toEqual([]);
  },
  60_000,
);
