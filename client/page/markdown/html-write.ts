// Parts of a body as HTML that is read back as the same parts: for what Markdown cannot say. Nodes and marks are written
// as the schema itself writes them, so that one that is added later is written, too.
import type { DOMOutputSpec, Mark, Node } from '@tiptap/pm/model';
import { mentionAddress, mentioned } from '../body/mention-node';

const hasNoEnd = new Set(['area', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'wbr']);

/** What a line of HTML in Markdown may not hold as it is: a line break could end it. */
export function escapedHtml(text: string): string {
  return text.replace(/[&<>"\u00a0]|(?=\p{Cc})[^\u007f-\u009f]|[\u2028\u2029\ufeff]/gu, (letter) =>
    letter === '\u00a0' ? '&nbsp;' : (named[letter] ?? `&#${letter.codePointAt(0)};`),
  );
}
const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const attribute = (name: string, value: unknown) =>
  value === null || value === undefined || value === false ? '' : ` ${name}="${escapedHtml(String(value))}"`;

/** The text before and behind what stands in an element. */
type Around = readonly [before: string, behind: string];

function element(name: string, attrs: Readonly<Record<string, unknown>>): Around {
  const written = Object.entries(attrs).map(([key, value]) => attribute(key, value));
  return [`<${name}${written.join('')}>`, hasNoEnd.has(name) ? '' : `</${name}>`];
}

/** A description of an element as the schema gives it. */
function described(spec: DOMOutputSpec, words = escapedHtml): Around {
  if (typeof spec === 'string') return [words(spec), ''];
  if (!Array.isArray(spec)) {
    const dom = 'dom' in spec ? (spec.dom as Element) : (spec as Element);
    return [dom.outerHTML, ''];
  }
  const [name, ...rest] = spec as [string, ...unknown[]];
  const first = rest[0];
  const hasAttributes = first !== null && typeof first === 'object' && !Array.isArray(first);
  const [open, close] = element(name, usual(hasAttributes ? (first as Record<string, unknown>) : {}));
  let before = open;
  let behind = '';
  /** Where the content stands was seen. */
  let isBehind = false;
  for (const child of hasAttributes ? rest.slice(1) : rest) {
    if (child === null || child === undefined) continue;
    const [a, b] = child === 0 ? ['', ''] : described(child as DOMOutputSpec, words);
    if (isBehind) behind += a + b;
    else {
      before += a;
      behind = b;
      isBehind = child === 0 || b !== '';
    }
  }
  return isBehind ? [before, behind + close] : [before + close, ''];
}

/** Without what says nothing. */
function usual(attrs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attrs).filter(([name, value]) => !(/^(col|row)span$/.test(name) && Number(value) === 1)),
  );
}

/** Whether all attributes but these are as they are by default. */
function isPlain(of: Node | Mark, ...but: readonly string[]): boolean {
  const defaults: Readonly<Record<string, { readonly default?: unknown }>> = of.type.spec.attrs ?? {};
  return Object.entries(of.attrs).every(
    ([name, value]) => but.includes(name) || value === defaults[name]?.default,
  );
}

export function markTags(mark: Mark): Around {
  // The schema refuses addresses that it would not open; here they are kept.
  if (mark.type.name === 'link' && isPlain(mark, 'href', 'title', 'class', 'rel', 'target')) {
    return element('a', { href: mark.attrs.href ?? '', title: mark.attrs.title || null });
  }
  const spec = mark.type.spec.toDOM?.(mark, true);
  return spec ? described(spec) : ['', ''];
}

/**
 * Something that stands in a line and is no text.
 * @param words how its words are written
 */
export function leafHtml(node: Node, words: (text: string) => string = escapedHtml): string {
  const { attrs, type } = node;
  if (type.name === 'hardBreak') return '<br>';
  if (type.name === 'image') {
    const { src, alt, title, ...more } = attrs;
    return element('img', { src, alt: alt || null, title: title || null, ...more })[0];
  }
  const address = type.name === 'mention' ? mentionAddress(String(attrs.kind), String(attrs.id)) : '';
  const isLinked = node.marks.some((mark) => mark.type.name === 'link');
  if (mentioned(address) && !isLinked && isPlain(node, 'kind', 'id', 'label')) {
    return element('a', { href: address }).join(words(String(attrs.label ?? '')));
  }
  const spec = type.spec.toDOM?.(node);
  return spec ? described(spec, words).join('') : '';
}

/** Spaces that HTML would not keep. */
const loose = /^[ \t\n\r\f]|[ \t\n\r\f]$|[ \t\n\r\f]{2}|[\t\n\r\f]/;

function keepsSpaces(block: Node): boolean {
  let text = '';
  for (const node of block.children)
    text += node.isText ? node.text : node.type.name === 'hardBreak' ? '\n' : '\uFFFC';
  return !text.split('\n').some((line) => loose.test(line)) && !block.textContent.includes('\n');
}

function inlines(nodes: readonly Node[]): string {
  let out = '';
  let open: readonly Mark[] = [];
  const closeTo = (keep: number) => {
    for (const mark of open.slice(keep).reverse()) out += markTags(mark)[1];
    open = open.slice(0, keep);
  };
  for (const node of nodes) {
    const marks = node.type.name === 'hardBreak' ? open : node.marks;
    let keep = 0;
    while (keep < open.length && marks[keep]?.eq(open[keep]!)) keep++;
    closeTo(keep);
    for (const mark of marks.slice(keep)) out += markTags(mark)[0];
    open = marks;
    out += node.isText ? escapedHtml(node.text ?? '') : leafHtml(node);
  }
  closeTo(0);
  // The last line break of a block is not shown.
  return nodes.at(-1)?.type.name === 'hardBreak' ? `${out}<br>` : out;
}

/** A block; where it takes several lines, none of them is empty: that would end the HTML. */
export function blockHtml(node: Node): string {
  const { name } = node.type;
  if (name === 'codeBlock' && isPlain(node, 'language')) {
    const language = node.attrs.language === null ? null : String(node.attrs.language);
    const isWord = language === null || /^[^\s]+$/.test(language);
    const pre = element('pre', isWord ? {} : { 'data-language': language });
    const code = element('code', isWord && language ? { class: `language-${language}` } : {});
    return pre.join(code.join(escapedHtml(node.textContent)));
  }
  const [before, behind] = around(node);
  if (node.isTextblock) {
    const content = node.children;
    // One without anything in it is often only an accident.
    if (content.length === 0 && name === 'paragraph') return `${before}<br>${behind}`;
    const spaced = keepsSpaces(node) ? before : before.replace('>', ' style="white-space: pre-wrap">');
    return spaced + inlines(content) + behind;
  }
  const { firstChild } = node;
  const isOneLine =
    /Item$|Cell$|Header$/.test(name) &&
    node.childCount === 1 &&
    firstChild!.type.name === 'paragraph' &&
    isPlain(firstChild!) &&
    keepsSpaces(firstChild!);
  if (isOneLine) return before + inlines(firstChild!.children) + behind;
  if (node.childCount === 0) return before + behind;
  return `${before}\n${node.children.map(blockHtml).join('\n')}\n${behind}`;
}

function around(node: Node): Around {
  const { name } = node.type;
  if (name === 'table' && isPlain(node)) return element('table', {});
  if (name === 'taskList' && isPlain(node)) return element('ul', { class: 'contains-task-list' });
  if (name === 'taskItem' && isPlain(node, 'checked')) {
    const [open, close] = element('li', { class: 'task-list-item' });
    return [`${open}<input type="checkbox"${node.attrs.checked ? ' checked' : ''} disabled> `, close];
  }
  const spec = node.type.spec.toDOM?.(node);
  return spec ? described(spec) : ['', ''];
}
