// What of a body Markdown keeps, so that two bodies can be compared by it: all but a few things that nobody sees.
import type { Mark, Node } from '@tiptap/pm/model';

const or = (value: unknown, usual: unknown) => (value === '' || value === undefined ? usual : value);

/**
 * What is not kept: how a link is opened (its class, rel and target); the marks of a line break; whether a description,
 * a title or a language that is not there is null or empty; that the usual numbers of a list were asked for.
 */
function attributes(of: Node | Mark): Record<string, unknown> {
  const { attrs, type } = of;
  switch (type.name) {
    case 'link':
      return { href: or(attrs.href, ''), title: or(attrs.title, null) };
    case 'image':
      return { ...attrs, alt: or(attrs.alt, null), title: or(attrs.title, null) };
    case 'codeBlock':
      return { ...attrs, language: or(attrs.language, null) };
    case 'orderedList':
      return { ...attrs, type: attrs.type === '1' ? null : attrs.type };
    default:
      return attrs;
  }
}

const marksOf = (node: Node) =>
  node.type.name === 'hardBreak' ? [] : node.marks.map((mark) => [mark.type.name, attributes(mark)]);

/** @returns a value to compare as JSON */
export function meaning(node: Node): unknown {
  if (node.isText) return [node.text, marksOf(node)];
  const content: unknown[] = [];
  // Neighbours of equal marks are one.
  let run = { text: '', marks: '' };
  for (const child of node.children) {
    const marks = child.isText ? JSON.stringify(marksOf(child)) : '';
    const isMore = child.isText && run.text !== '' && run.marks === marks;
    if (isMore) content.pop();
    run = { text: child.isText ? (isMore ? run.text : '') + child.text : '', marks };
    content.push(child.isText ? [run.text, marks] : meaning(child));
  }
  return { type: node.type.name, attrs: attributes(node), marks: marksOf(node), content };
}

export const meansTheSame = (a: Node, b: Node): boolean =>
  a.eq(b) || JSON.stringify(meaning(a)) === JSON.stringify(meaning(b));
