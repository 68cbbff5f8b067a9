// Markdown into the blocks of a page. What a page cannot hold is counted by name, so that an import can say it.
import type { JSONContent } from '@tiptap/core';
import { DOMParser as BodyParser, type Schema } from '@tiptap/pm/model';
import { Lexer, type Token, type Tokens } from 'marked';
import { bodySchema } from './extensions';
import { mentioned } from './mention-node';

type Mark = NonNullable<JSONContent['marks']>[number];

export interface ReadOptions {
  /** @returns the address to keep for a link; null drops the link and keeps its words. */
  readonly link?: (href: string) => string | null;
  /** @returns the address to keep for an image; null keeps its description as text. */
  readonly image?: (src: string) => string | null;
}

export interface ReadMarkdown {
  readonly body: JSONContent;
  /** What was not kept as it was, and how often. */
  readonly notKept: ReadonlyMap<string, number>;
}

/** Tags whose meaning a page has; of others only what stands in them is kept. */
const knownTags = new Set(
  'p br b strong i em s del strike code pre ul ol li h1 h2 h3 h4 blockquote hr table thead tbody tr td th a img'.split(
    ' ',
  ),
);
const markTags: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strike',
  del: 'strike',
  code: 'code',
};
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

const decoded = (text: string) =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (all, decimal, hex, name) => {
    if (name) return entities[name.toLowerCase()] ?? all;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });

let schema: Schema | null = null;

class Reader {
  readonly notKept = new Map<string, number>();

  constructor(private readonly options: ReadOptions) {}

  #note(what: string): void {
    this.notKept.set(what, (this.notKept.get(what) ?? 0) + 1);
  }

  blocks(tokens: readonly Token[]): JSONContent[] {
    return tokens.flatMap((token) => this.#block(token));
  }

  #block(token: Token): JSONContent[] {
    switch (token.type) {
      case 'space':
      case 'def':
      case 'checkbox':
        return [];
      case 'heading': {
        const { depth, tokens } = token as Tokens.Heading;
        if (depth > 4) this.#note('headings below the fourth level, now of the fourth');
        return [{ type: 'heading', attrs: { level: Math.min(depth, 4) }, content: this.inlines(tokens) }];
      }
      case 'paragraph':
      case 'text': {
        const { tokens, text } = token as Tokens.Paragraph | Tokens.Text;
        const content = tokens ? this.inlines(tokens) : [{ type: 'text', text: decoded(text) }];
        return content.length > 0 ? [{ type: 'paragraph', content }] : [];
      }
      case 'code': {
        const { text, lang } = token as Tokens.Code;
        const content = text ? [{ type: 'text', text }] : [];
        return [{ type: 'codeBlock', attrs: { language: lang?.split(/\s/)[0] || null }, content }];
      }
      case 'blockquote': {
        const content = this.blocks((token as Tokens.Blockquote).tokens);
        return content.length > 0 ? [{ type: 'blockquote', content }] : [];
      }
      case 'hr':
        return [{ type: 'horizontalRule' }];
      case 'list':
        return this.#list(token as Tokens.List);
      case 'table':
        return [this.#table(token as Tokens.Table)];
      case 'html':
        return this.#html((token as Tokens.HTML).text);
      default:
        this.#note(`blocks of the kind “${token.type}”`);
        return token.raw.trim()
          ? [{ type: 'paragraph', content: [{ type: 'text', text: token.raw.trim() }] }]
          : [];
    }
  }

  /** A list whose items are in part a checklist becomes several. */
  #list(list: Tokens.List): JSONContent[] {
    const out: JSONContent[] = [];
    for (const [i, item] of list.items.entries()) {
      const type = item.task ? 'taskList' : list.ordered ? 'orderedList' : 'bulletList';
      const inside = this.blocks(item.tokens);
      const content = inside[0]?.type === 'paragraph' ? inside : [{ type: 'paragraph' }, ...inside];
      const node: JSONContent = item.task
        ? { type: 'taskItem', attrs: { checked: item.checked ?? false }, content }
        : { type: 'listItem', content };
      const last = out.at(-1);
      if (last?.type === type) last.content?.push(node);
      else {
        const start = typeof list.start === 'number' ? list.start + i : 1;
        out.push({ type, ...(type === 'orderedList' ? { attrs: { start } } : {}), content: [node] });
      }
    }
    return out;
  }

  #table({ header, rows }: Tokens.Table): JSONContent {
    const cell = (type: string) => (of: Tokens.TableCell) => ({
      type,
      attrs: { align: of.align },
      content: [{ type: 'paragraph', content: this.inlines(of.tokens) }],
    });
    return {
      type: 'table',
      content: [
        { type: 'tableRow', content: header.map(cell('tableHeader')) },
        ...rows.map((row) => ({ type: 'tableRow', content: row.map(cell('tableCell')) })),
      ],
    };
  }

  #html(html: string): JSONContent[] {
    const text = html.replace(/<!--[\s\S]*?-->/g, () => {
      this.#note('comments in the source');
      return '';
    });
    if (!text.trim()) return [];
    for (const tag of text.matchAll(/<([a-z][a-z0-9-]*)/gi)) this.#tag(tag[1]!.toLowerCase());
    const { body } = new DOMParser().parseFromString(text, 'text/html');
    for (const gone of body.querySelectorAll('script,style')) gone.remove();
    for (const link of body.querySelectorAll('a[href]')) {
      const href = this.#href(link.getAttribute('href') ?? '');
      if (href === null) link.replaceWith(...link.childNodes);
      else link.setAttribute('href', href);
    }
    for (const image of body.querySelectorAll('img')) {
      const src = this.#src(image.getAttribute('src') ?? '');
      if (src === null) image.replaceWith(image.getAttribute('alt') ?? '');
      else image.setAttribute('src', src);
    }
    if (!body.textContent?.trim() && !body.querySelector('img, hr')) return [];
    schema ??= bodySchema();
    const parsed = BodyParser.fromSchema(schema).parse(body).toJSON() as JSONContent;
    return (parsed.content ?? []).filter((block) => block.type !== 'paragraph' || block.content?.length);
  }

  #tag(name: string): void {
    if (!knownTags.has(name)) this.#note(`HTML <${name}>, of which the text is kept`);
  }

  #href(href: string): string | null {
    return this.options.link ? this.options.link(href) : href;
  }

  #src(src: string): string | null {
    return this.options.image ? this.options.image(src) : src;
  }

  inlines(tokens: readonly Token[], outer: readonly Mark[] = []): JSONContent[] {
    const out: JSONContent[] = [];
    let marks = [...outer];
    const text = (words: string, more: readonly Mark[] = []) => {
      if (words) out.push({ type: 'text', text: words, marks: [...marks, ...more] });
    };
    for (const token of tokens) {
      switch (token.type) {
        case 'text':
        case 'escape':
          if ('tokens' in token && token.tokens) out.push(...this.inlines(token.tokens, marks));
          else {
            const { text: words } = token as Tokens.Text;
            text((token.type === 'escape' ? words : decoded(words)).replace(/[ \t]*\n[ \t]*/g, ' '));
          }
          break;
        case 'strong':
        case 'em':
        case 'del': {
          const type = { strong: 'bold', em: 'italic', del: 'strike' }[token.type];
          out.push(...this.inlines((token as Tokens.Strong).tokens, [...marks, { type }]));
          break;
        }
        case 'codespan':
          text((token as Tokens.Codespan).text.replace(/\n/g, ' '), [{ type: 'code' }]);
          break;
        case 'br':
          out.push({ type: 'hardBreak' });
          break;
        case 'link':
          out.push(...this.#link(token as Tokens.Link, marks));
          break;
        case 'image': {
          const { href, text: alt, title } = token as Tokens.Image;
          const src = this.#src(href);
          if (src === null) text(alt || href);
          else out.push({ type: 'image', attrs: { src, alt: decoded(alt), title: title || null } });
          break;
        }
        case 'html': {
          const [, closing, name = ''] = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(token.raw) ?? [];
          const tag = name.toLowerCase();
          const type = markTags[tag];
          if (tag === 'br') out.push({ type: 'hardBreak' });
          else if (type && !closing) marks = [...marks, { type }];
          else if (type) marks = marks.filter((mark, i) => i < outer.length || mark.type !== type);
          else if (!name) this.#note('comments in the source');
          else if (!closing) this.#tag(tag);
          break;
        }
        default:
          if (token.type !== 'checkbox') text(token.raw);
      }
    }
    return out;
  }

  #link(link: Tokens.Link, marks: readonly Mark[]): JSONContent[] {
    const target = mentioned(link.href);
    if (target)
      return [{ type: 'mention', attrs: { ...target, label: decoded(link.text).replace(/\\(.)/g, '$1') } }];
    if (link.tokens.length === 0) {
      this.#note('links without words');
      return [];
    }
    const href = this.#href(link.href);
    if (href === null) return this.inlines(link.tokens, marks);
    return this.inlines(link.tokens, [
      ...marks,
      { type: 'link', attrs: { href, title: link.title || null } },
    ]);
  }
}

/** What Markdown cannot say: a table has one heading row, and no block ends with a line break. */
function headed(node: JSONContent): void {
  if (node.type === 'table') {
    for (const [i, row] of (node.content ?? []).entries()) {
      for (const cell of row.content ?? []) cell.type = i === 0 ? 'tableHeader' : 'tableCell';
    }
  }
  const isBlank = (last: JSONContent | undefined) =>
    last?.type === 'hardBreak' ||
    (node.type === 'paragraph' && last?.text !== undefined && !last.text.trim());
  while (isBlank(node.content?.at(-1))) node.content?.pop();
  for (const child of node.content ?? []) headed(child);
}

/** Links as site builders write them, `{% page "/a/b" %}`, are links to files. */
const templateLink = /\{%-?\s*(?:page|link|url|post_url)\s+["']?([^"'%]+?)["']?\s*-?%\}/g;

/** Reads Markdown (GFM). It never fails: what is not understood is text. */
export function readMarkdown(markdown: string, options: ReadOptions = {}): ReadMarkdown {
  const reader = new Reader(options);
  const text = markdown
    .replace(/\r\n?/g, '\n')
    .replace(templateLink, (_, path: string) => path.replace(/ /g, '%20'));
  const left = text.match(/\{%-?\s*\w+/g) ?? [];
  const content = reader.blocks(new Lexer({ gfm: true }).lex(text));
  const notKept = new Map(reader.notKept);
  for (const tag of left) {
    const what = `template tag “${tag.replace(/^\{%-?\s*/, '')}”, kept as text`;
    notKept.set(what, (notKept.get(what) ?? 0) + 1);
  }
  const body: JSONContent = { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] };
  headed(body);
  return { body, notKept };
}
