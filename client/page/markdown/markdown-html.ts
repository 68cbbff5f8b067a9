// HTML in Markdown, read back into what a body has: blocks, and single tags within a line.
import type { JSONContent } from '@tiptap/core';
import { DOMParser as BodyParser, type ParseRule, type Schema, type TagParseRule } from '@tiptap/pm/model';
import { bodySchema } from '../body/extensions';
import { mentioned } from '../body/mention-node';
import { foreignLists } from './foreign-lists';

type Mark = NonNullable<JSONContent['marks']>[number];

/** Tags whose meaning a page has, or that only hold what has one; of others only what stands in them is kept. */
const knownTags = new Set(
  'p br b strong i em s del strike code pre ul ol li input h1 h2 h3 h4 blockquote hr table thead tbody tfoot tr td th colgroup col a img'.split(
    ' ',
  ),
);
/** Of these a mark is known without asking the schema. */
const markTags: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  code: 'code',
};

/** What is shown from elsewhere. */
const frame = /<iframe\b[^>]{0,500}?\ssrc=["'](https?:[^"'<>\s]+)["'][^>]*>(?:\s*<\/iframe>)?/gi;

export interface HtmlHooks {
  /** @returns the address to keep, or null */
  readonly link: (href: string) => string | null;
  readonly image: (src: string) => string | null;
  /** Something is not kept as it was. */
  readonly note: (what: string) => void;
}

let schema: Schema | null = null;
let parser: BodyParser | null = null;

/** The schema's rules, and before them what Markdown keeps that an editor would not take from a clipboard. */
function bodyParser(): BodyParser {
  if (parser) return parser;
  schema ??= bodySchema();
  const given = (BodyParser.fromSchema(schema) as BodyParser & { rules: readonly ParseRule[] }).rules;
  const spaced = given.flatMap((rule): TagParseRule[] => {
    const { tag, node } = rule as TagParseRule;
    const type = tag && node ? schema!.nodes[node] : undefined;
    if (!type?.isTextblock || type.spec.code) return [];
    return [{ ...(rule as TagParseRule), tag: `${tag}[style*="pre-wrap"]`, preserveWhitespace: 'full' }];
  });
  const own: TagParseRule[] = [
    {
      tag: 'a[href^="outpost:"]',
      node: 'mention',
      getAttrs: (link) => {
        const target = mentioned(link.getAttribute('href') ?? '');
        return target ? { ...target, label: link.textContent } : false;
      },
    },
    {
      tag: 'a[href]',
      mark: 'link',
      getAttrs: (link) => ({ href: link.getAttribute('href'), title: link.getAttribute('title') || null }),
    },
    {
      tag: 'img',
      node: 'image',
      getAttrs: (image) => {
        const [src, alt, title] = ['src', 'alt', 'title'].map((name) => image.getAttribute(name));
        const [width, height] = ['width', 'height'].map((name) => {
          const value = image.getAttribute(name);
          return value !== null && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
        });
        return { src, alt, title, width, height };
      },
    },
    {
      tag: 'pre[data-language]',
      node: 'codeBlock',
      preserveWhitespace: 'full',
      getAttrs: (pre) => ({ language: pre.getAttribute('data-language') }),
    },
  ];
  parser = new BodyParser(schema, [...own, ...spaced, ...given]);
  return parser;
}

const documentOf = (html: string) => new DOMParser().parseFromString(html, 'text/html');

export class HtmlReader {
  constructor(private readonly hooks: HtmlHooks) {}

  blocks(html: string): JSONContent[] {
    const text = html
      .replace(/<!--[\s\S]*?-->/g, () => {
        this.hooks.note('comments in the source');
        return '';
      })
      .replace(frame, (_, src: string) => {
        this.hooks.note('films and other sites shown within a page, now links to them');
        return `<a href="${src}">${src}</a>`;
      });
    if (!text.trim()) return [];
    if (/^\s*<br ?\/?>\s*$/i.test(text)) return [{ type: 'paragraph' }];
    for (const tag of text.matchAll(/<([a-z][a-z0-9-]*)/gi)) this.note(tag[1]!);
    const { body } = documentOf(text);
    for (const gone of body.querySelectorAll('script,style')) gone.remove();
    // A paragraph without anything in it is an accident; an empty line has a line break.
    for (const p of body.querySelectorAll('p')) {
      const isKept =
        /pre-wrap/.test(p.getAttribute('style') ?? '') ||
        p.querySelector('br,img,input,span,a[href^="outpost:"]');
      if (!isKept && /^[ \t\r\n\f]*$/.test(p.textContent ?? '')) p.remove();
    }
    for (const lineBreak of body.querySelectorAll('br')) {
      const before = lineBreak.previousSibling;
      const isExact = lineBreak.closest('pre,[style*="pre-wrap"]') !== null;
      if (before?.nodeType === 3 && !isExact)
        before.textContent = before.textContent!.replace(/[ \t\r\n]+$/, '');
    }
    foreignLists(body, { drawn: false });
    this.#addresses(body);
    const isNothing =
      /^[ \t\r\n\f]*$/.test(body.textContent ?? '') && ![...body.querySelectorAll('*')].some(isSomething);
    return isNothing ? [] : (this.#parsed(body).content ?? []);
  }

  #parsed(body: HTMLElement): JSONContent {
    const parsed = bodyParser().parse(body).toJSON() as JSONContent;
    withoutLastBreaks(parsed);
    return parsed;
  }

  #addresses(body: HTMLElement): void {
    for (const link of body.querySelectorAll('a[href]')) {
      const old = link.getAttribute('href') ?? '';
      const href = mentioned(old) ? old : this.hooks.link(old);
      if (href === null) link.replaceWith(...link.childNodes);
      else link.setAttribute('href', href);
    }
    for (const image of body.querySelectorAll('img[src]')) {
      const src = this.hooks.image(image.getAttribute('src') ?? '');
      if (src === null) image.replaceWith(image.getAttribute('alt') ?? '');
      else image.setAttribute('src', src);
    }
  }

  /** Says that a tag's meaning is lost, where it is. */
  note(name: string): void {
    const tag = name.toLowerCase();
    if (!knownTags.has(tag) && tag !== 'span' && tag !== 'label') {
      this.hooks.note(`HTML <${tag}>, of which the text is kept`);
    }
  }

  /** @returns the mark that an opening tag begins, if the schema has it */
  mark(tag: string): Mark | null {
    const name = nameOf(tag);
    if (markTags[name]) return { type: markTags[name] };
    const { body } = documentOf(`<p>${tag}x</${name}></p>`);
    this.#addresses(body);
    const text = this.#parsed(body).content?.[0]?.content?.[0];
    return text?.type === 'text' ? (text.marks?.[0] ?? null) : null;
  }

  /** @returns what a tag with what stands in it is, where that is one thing in a line */
  leaf(html: string): JSONContent | null {
    if (markTags[nameOf(html)] || /^<a\s(?!\s*href=.?outpost:)/i.test(html)) return null;
    const { body } = documentOf(`<p>${html}</p>`);
    this.#addresses(body);
    const [block, ...more] = this.#parsed(body).content ?? [];
    const [leaf, ...others] = block?.content ?? [];
    return leaf && leaf.type !== 'text' && more.length + others.length === 0 ? leaf : null;
  }
}

export const nameOf = (tag: string): string => /^<\/?([a-z][a-z0-9-]*)/i.exec(tag)?.[1]?.toLowerCase() ?? '';

const isSomething = (element: Element): boolean =>
  /^(br|img|hr|table|ul|ol|pre|h[1-4]|blockquote|p)$/i.test(element.tagName) ||
  element.hasAttribute('data-mention');

/** The last line break of a block does not show. */
function withoutLastBreaks(node: JSONContent): void {
  if (node.content?.at(-1)?.type === 'hardBreak') node.content.pop();
  for (const child of node.content ?? []) {
    if (child.type === 'hardBreak') delete child.marks;
    withoutLastBreaks(child);
  }
}
