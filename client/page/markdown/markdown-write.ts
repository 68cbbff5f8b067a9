// The blocks of a page as Markdown (GFM), such that reading it gives the same blocks. What Markdown cannot say is
// written as HTML; each block is read again before it is given out.
import type { JSONContent } from '@tiptap/core';
import type { Node, Schema } from '@tiptap/pm/model';
import { bodySchema } from '../body/extensions';
import { mentionAddress } from '../body/mention-node';
import { blockHtml } from './html-write';
import { inlineMarkdown } from './markdown-inline';
import { meansTheSame } from './markdown-meaning';
import { readMarkdown } from './markdown-read';

export interface WriteOptions {
  /** @returns the address to write for a link, an image, or a mention (as `outpost:kind/id`). */
  readonly address?: (href: string) => string;
}

/** Deeper than this the marks before each line would be longer than the lines. */
const DEEPEST = 24;
/** Readers take no longer numbers. */
const MOST = 999_999_999;

const isList = (node: Node | undefined) => /List$/.test(node?.type.name ?? '');
const isEmptyParagraph = (node: Node) => node.type.name === 'paragraph' && node.content.size === 0;
const isRule = (line: string) => /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/.test(line);
/** An empty paragraph: one line break, that does not show. */
const EMPTY = '<br>';

let schema: Schema | null = null;
const theSchema = () => (schema ??= bodySchema());

/** Whether a text is read as this block, and no other. */
function readsAs(markdown: string, node: Node): boolean {
  const { content = [] } = readMarkdown(markdown).body;
  if (content.length !== 1) return false;
  try {
    return meansTheSame(node.type.schema.nodeFromJSON(content[0]), node);
  } catch {
    return false;
  }
}

/** The first of some ways to write a block that is read as the block. */
function firstThatReads(node: Node, ways: readonly (() => string | null)[]): string {
  for (const way of ways) {
    const text = way();
    if (text !== null && readsAs(text, node)) return text;
  }
  return blockHtml(node);
}

function blocks(nodes: readonly Node[], depth: number): string[] {
  /** Lists one after the other take turns with their marks; else they would be one. */
  let turn = false;
  return nodes.map((node, i) => {
    turn = isList(node) && isList(nodes[i - 1]) && !turn;
    return block(node, turn, depth);
  });
}

function block(node: Node, turn: boolean, depth: number): string {
  if (depth > DEEPEST) return blockHtml(node);
  switch (node.type.name) {
    case 'paragraph':
      if (isEmptyParagraph(node)) return EMPTY;
      return firstThatReads(node, [
        () => inlineMarkdown(node.children, { place: 'paragraph', careful: false }),
        () => inlineMarkdown(node.children, { place: 'line', careful: true }),
      ]);
    case 'heading':
      return firstThatReads(node, [() => heading(node, false), () => heading(node, true)]);
    case 'codeBlock':
      return firstThatReads(node, [() => codeBlock(node)]);
    case 'table':
      return firstThatReads(node, [() => table(node, false), () => table(node, true)]);
    case 'horizontalRule':
      return firstThatReads(node, [() => '---']);
    case 'blockquote':
      return blocks(node.children, depth + 1)
        .join('\n\n')
        .split('\n')
        .map((line) => (line ? `> ${line}` : '>'))
        .join('\n');
    case 'bulletList':
    case 'taskList':
    case 'orderedList':
      return list(node, turn, depth) ?? blockHtml(node);
    default:
      return blockHtml(node);
  }
}

function heading(node: Node, careful: boolean): string {
  const text = inlineMarkdown(node.children, { place: 'line', careful });
  return `${'#'.repeat(Number(node.attrs.level))} ${text.replace(/#+$/, '\\$&')}`.trimEnd();
}

function codeBlock(node: Node): string {
  const text = node.textContent;
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const language = String(node.attrs.language ?? '').replace(
    /[\s`&\\]/gu,
    (letter) => `&#${letter.codePointAt(0)};`,
  );
  return `${fence}${language}\n${text}${text ? '\n' : ''}${fence}`;
}

/** @returns null for a list that Markdown cannot say */
function list(node: Node, turn: boolean, depth: number): string | null {
  const { type, start } = node.attrs;
  const isOrdered = node.type.name === 'orderedList';
  if (isOrdered && !(Number.isInteger(start) && start >= 0 && start + node.childCount <= MOST)) return null;
  if (isOrdered && type !== null && type !== '1') return null;
  const bullet = turn ? '*' : '-';
  const items: string[] = [];
  let isTight = true;
  for (const [i, item] of node.children.entries()) {
    const lead = isOrdered ? `${Number(start) + i}${turn ? ')' : '.'}` : bullet;
    const made = listItem(item, lead, depth);
    if (made === null) return null;
    items.push(made.text);
    isTight &&= made.isTight;
  }
  return items.join(isTight ? '\n' : '\n\n');
}

function listItem(item: Node, lead: string, depth: number): { text: string; isTight: boolean } | null {
  const [first, ...rest] = item.children as [Node, ...Node[]];
  const box = item.type.name === 'taskItem' ? `[${item.attrs.checked ? 'x' : ' '}]` : '';
  const indent = ' '.repeat(lead.length + 1);
  const below = blocks(rest, depth + 1);
  const words = isEmptyParagraph(first) ? '' : block(first, false, depth + 1);
  // A checkbox stands before words, not before a block of HTML.
  if (box && /^<(?:p|pre)\b/.test(words)) return null;
  const [next] = rest;
  const under = (text: string) => text.replace(/\n(?=[^\n])/g, `\n${indent}`);
  // Some readers take no list for a part of an item that it does not follow at once.
  const isTight =
    rest.length === 0 ||
    (rest.length === 1 &&
      words !== '' &&
      !words.includes('\n') &&
      /^(?:[-*] \S|1[.)] \S)/.test(below[0]!) &&
      isList(next) &&
      !/\n\n/.test(below[0]!));
  if (words || box) {
    const head = [box, words].filter(Boolean).join(' ');
    return { text: under([`${lead} ${head}`, ...below].join(isTight ? '\n' : '\n\n')), isTight };
  }
  if (rest.length === 0) return { text: lead, isTight };
  // What follows an empty paragraph begins the item itself, where nobody takes it for something else.
  const text = under(`${lead} ${below.join('\n\n')}`);
  const isClear = next!.type.name !== 'paragraph' && !isRule(text.split('\n', 1)[0]!);
  return { text: isClear ? text : under([`${lead} ${EMPTY}`, ...below].join('\n\n')), isTight: false };
}

/** @returns null for a table that Markdown cannot say: its cells are lines, its first row and no other is a heading */
function table(node: Node, careful: boolean): string | null {
  const [head, ...rows] = node.children.map((row) => row.children);
  if (!head || head.length === 0) return null;
  const aligns = head.map((cell) => cell.attrs.align);
  for (const [i, cells] of [head, ...rows].entries()) {
    if (cells.length !== head.length) return null;
    for (const [column, cell] of cells.entries()) {
      const { align, colspan, rowspan, colwidth } = cell.attrs;
      const isPlain = align === aligns[column] && colspan === 1 && rowspan === 1 && colwidth === null;
      const isPlace = cell.type.name === (i === 0 ? 'tableHeader' : 'tableCell');
      const isLine = cell.childCount === 1 && cell.firstChild!.type.name === 'paragraph';
      if (!isPlain || !isPlace || !isLine) return null;
    }
  }
  const text = (cell: Node) => inlineMarkdown(cell.firstChild!.children, { place: 'cell', careful });
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const rules: Readonly<Record<string, string>> = { center: ':-:', right: '--:', left: ':--' };
  return [
    line(head.map(text)),
    line(aligns.map((align) => rules[String(align)] ?? '---')),
    ...rows.map((cells) => line(cells.map(text))),
  ].join('\n');
}

/** Addresses as they will be; a mention of what has an address of another kind is a link. */
function addressed(node: JSONContent, address: (href: string) => string): JSONContent {
  const content = node.content?.map((child) => addressed(child, address));
  const marks = node.marks?.map((mark) =>
    mark.type === 'link'
      ? { ...mark, attrs: { ...mark.attrs, href: address(String(mark.attrs?.href ?? '')) } }
      : mark,
  );
  const out = { ...node, ...(content ? { content } : {}), ...(marks ? { marks } : {}) };
  if (node.type === 'image' && node.attrs?.src) {
    return { ...out, attrs: { ...node.attrs, src: address(String(node.attrs.src)) } };
  }
  if (node.type !== 'mention') return out;
  const own = mentionAddress(String(node.attrs?.kind), String(node.attrs?.id));
  const href = address(own);
  if (href === own) return out;
  const link = { type: 'link', attrs: { href } };
  return { type: 'text', text: String(node.attrs?.label || href), marks: [...(marks ?? []), link] };
}

/** Writes a body as Markdown, with a line break at its end. @throws RangeError for a body that the schema does not know */
export function writeMarkdown(body: JSONContent, options: WriteOptions = {}): string {
  const { address } = options;
  const doc = theSchema().nodeFromJSON(address ? addressed(body, address) : body);
  if (doc.childCount === 1 && isEmptyParagraph(doc.firstChild!)) return '';
  const texts = blocks(doc.children, 0);
  return texts.length === 0 ? '' : `${texts.map((text, i) => checked(text, doc.child(i))).join('\n\n')}\n`;
}

/** Readers have their ways with what stands in lists and quotes. */
function checked(text: string, node: Node): string {
  const isOver = node.isTextblock || node.isLeaf || node.type.name === 'table' || isEmptyParagraph(node);
  return isOver || readsAs(text, node) ? text : blockHtml(node);
}
