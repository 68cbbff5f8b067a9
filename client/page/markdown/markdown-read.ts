// Markdown into the blocks of a page. What a page cannot hold is counted by name, so that an import can say it.
import type { JSONContent } from '@tiptap/core';
import { Lexer, type Token, type Tokens, type TokensList } from 'marked';
import { mentioned } from '../body/mention-node';
import { HtmlReader, nameOf } from './markdown-html';
import type { VaultReader, VaultSyntax } from './vault-blocks';

type Mark = NonNullable<JSONContent['marks']>[number];

export interface ReadOptions {
  /** @returns the address to keep for a link; null drops the link and keeps its words. */
  readonly link?: (href: string) => string | null;
  /** @returns the address to keep for an image; null keeps its description as text. */
  readonly image?: (src: string) => string | null;
  /** Reads what vaults of notes write, too; without it `[[x]]` and the like are letters. */
  readonly vault?: VaultSyntax;
}

export interface ReadMarkdown {
  readonly body: JSONContent;
  /** What was not kept as it was, and how often. */
  readonly notKept: ReadonlyMap<string, number>;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** The letter of a name that is not among the usual ones, as browsers know it. */
function entity(all: string, name: string): string {
  const known = entities[name];
  if (known !== undefined || typeof DOMParser === 'undefined') return known ?? all;
  const text = new DOMParser().parseFromString(`<p>${all}</p>`, 'text/html').body.textContent ?? all;
  entities[name] = text;
  return text;
}

const decoded = (text: string) =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]*));/gi, (all, decimal, hex, name) => {
    if (name) return entity(all, name);
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });

/** A line break in the source is a space. */
const inLine = (text: string) => decoded(text.replace(/[ \t]*\n[ \t]*/g, ' '));

const withMark = (marks: readonly Mark[], mark: Mark): Mark[] => [
  ...marks.filter(({ type }) => type !== mark.type),
  mark,
];

/** The words of tokens, without their marks. */
function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'escape' || token.type === 'codespan') return (token as Tokens.Escape).text;
      if (token.type === 'br') return ' ';
      if (token.type === 'html') return '';
      return 'tokens' in token && token.tokens ? plain(token.tokens) : inLine((token as Tokens.Text).text);
    })
    .join('');
}

class Reader {
  readonly notKept = new Map<string, number>();

  readonly #html: HtmlReader;
  readonly #vault: VaultReader | null;
  #links: TokensList['links'] | undefined;

  constructor(private readonly options: ReadOptions) {
    this.#vault = options.vault?.reader(this) ?? null;
    this.#html = new HtmlReader({
      link: (href) => this.#href(href),
      image: (src) => this.#src(src),
      note: (what) => this.note(what),
    });
  }

  note(what: string): void {
    this.notKept.set(what, (this.notKept.get(what) ?? 0) + 1);
  }

  page(text: string): JSONContent[] {
    const content = this.blocks(this.lex(text));
    return this.#vault ? [...content, ...this.#vault.footnotes()] : content;
  }

  /** Addresses that the page gives for `[words][name]` count in parts that are read after it, too. */
  lex(text: string): TokensList {
    const tokens = lexed(text, this.options.vault?.lexer(this.#links) ?? new Lexer({ gfm: true }));
    this.#links ??= tokens.links;
    return tokens;
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
        if (depth > 4) this.note('headings below the fourth level, now of the fourth');
        return [{ type: 'heading', attrs: { level: Math.min(depth, 4) }, content: this.#line(tokens) }];
      }
      case 'paragraph':
      case 'text': {
        const { tokens, text } = token as Tokens.Paragraph | Tokens.Text;
        const isNothing = tokens ? tokens.every((part) => this.#isHidden(part)) : !text.trim();
        const content = tokens ? this.#line(tokens) : [{ type: 'text', text: inLine(text) }];
        return isNothing ? [] : [{ type: 'paragraph', content }];
      }
      case 'code': {
        const { text, lang } = token as Tokens.Code;
        const content = text ? [{ type: 'text', text }] : [];
        return [
          { type: 'codeBlock', attrs: { language: decoded(lang?.split(/\s/)[0] ?? '') || null }, content },
        ];
      }
      case 'blockquote': {
        const callout = this.#vault?.quote(token as Tokens.Blockquote);
        if (callout) return callout;
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
        return this.#html.blocks((token as Tokens.HTML).text);
      default: {
        const made = this.#vault?.block(token);
        if (made) return made;
        this.note(`blocks of the kind “${token.type}”`);
        return token.raw.trim()
          ? [{ type: 'paragraph', content: [{ type: 'text', text: token.raw.trim() }] }]
          : [];
      }
    }
  }

  /** A list whose items are in part a checklist becomes several. */
  #list(list: Tokens.List): JSONContent[] {
    const out: JSONContent[] = [];
    for (const [i, item] of list.items.entries()) {
      // A box without words is one, too.
      const [first] = item.tokens;
      const empty = item.task || !first ? null : /^\[([ xX])\]\s*$/.exec(first.raw);
      const isTask = item.task || empty !== null;
      const type = isTask ? 'taskList' : list.ordered ? 'orderedList' : 'bulletList';
      const inside = this.blocks(empty ? item.tokens.slice(1) : item.tokens);
      const hasWords = inside[0]?.type === 'paragraph' && !empty;
      const content = hasWords ? inside : [{ type: 'paragraph' }, ...inside];
      const checked = empty ? empty[1] !== ' ' : (item.checked ?? false);
      const node: JSONContent = isTask
        ? { type: 'taskItem', attrs: { checked }, content }
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
      content: [{ type: 'paragraph', content: this.#line(of.tokens) }],
    });
    return {
      type: 'table',
      content: [
        { type: 'tableRow', content: header.map(cell('tableHeader')) },
        ...rows.map((row) => ({ type: 'tableRow', content: row.map(cell('tableCell')) })),
      ],
    };
  }

  #href(href: string): string | null {
    const address = plainLinks(href);
    return this.options.link ? this.options.link(address) : address;
  }

  #src(src: string): string | null {
    return this.options.image ? this.options.image(src) : src;
  }

  /** Whether nothing of a token is seen. */
  #isHidden(token: Token): boolean {
    if (token.type === 'html') return nameOf(token.raw) === '';
    if (this.#vault?.isHidden(token)) return true;
    return (
      token.type === 'checkbox' || ((token.type === 'text' || token.type === 'escape') && !token.raw.trim())
    );
  }

  /** What stands in a block: its spaces at the ends, and its last line break, do not show. */
  #line(tokens: readonly Token[]): JSONContent[] {
    const isBreak = (token: Token | undefined) =>
      token?.type === 'br' || (token?.type === 'html' && nameOf(token.raw) === 'br');
    const shown = tokens.filter(
      (token) =>
        token.type !== 'checkbox' &&
        !(token.type === 'html' && !nameOf(token.raw)) &&
        !this.#vault?.isHidden(token),
    );
    for (const token of tokens) {
      if (token.type === 'html' && !nameOf(token.raw)) this.note('comments in the source');
      else if (this.#vault?.isHidden(token)) this.#vault.inline(token, []);
    }
    const trimmed = shown.map((token, i): Token => {
      if (token.type !== 'text' || token.tokens) return token;
      let { text } = token as Tokens.Text;
      if (i === 0 || isBreak(shown[i - 1])) text = text.replace(/^[ \t\n]+/, '');
      if (i === shown.length - 1 || isBreak(shown[i + 1])) text = text.replace(/[ \t\n]+$/, '');
      return { ...token, text } as Tokens.Text;
    });
    const out = this.inlines(trimmed);
    if (out.at(-1)?.type === 'hardBreak') out.pop();
    return out;
  }

  inlines(tokens: readonly Token[], outer: readonly Mark[] = []): JSONContent[] {
    const out: JSONContent[] = [];
    /** Marks that a tag opened, with its name. */
    let open: { name: string; mark: Mark | null }[] = [];
    let marks: readonly Mark[] = outer;
    const remark = () => {
      marks = open.reduce<readonly Mark[]>((all, { mark }) => (mark ? withMark(all, mark) : all), outer);
    };
    const text = (words: string, mark?: Mark) => {
      if (words) out.push({ type: 'text', text: words, marks: mark ? withMark(marks, mark) : [...marks] });
    };
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      switch (token.type) {
        case 'text':
        case 'escape':
          if ('tokens' in token && token.tokens) out.push(...this.inlines(token.tokens, marks));
          else
            text(
              token.type === 'escape' ? (token as Tokens.Escape).text : inLine((token as Tokens.Text).text),
            );
          break;
        case 'strong':
        case 'em':
        case 'del': {
          const type = { strong: 'bold', em: 'italic', del: 'strike' }[token.type];
          out.push(...this.inlines((token as Tokens.Strong).tokens, withMark(marks, { type })));
          break;
        }
        case 'codespan':
          text((token as Tokens.Codespan).text.replace(/\n/g, ' '), { type: 'code' });
          break;
        case 'br':
          out.push({ type: 'hardBreak' });
          break;
        case 'link':
          out.push(...this.#link(token as Tokens.Link, marks));
          break;
        case 'image': {
          const { href, text: words, title, tokens: inside } = token as Tokens.Image;
          const alt = inside ? plain(inside) : inLine(words);
          const src = this.#src(decoded(href));
          if (src === null) text(alt || href);
          else {
            const attrs = { src, alt, title: title ? decoded(title) : null };
            out.push({ type: 'image', attrs: this.#vault?.image(attrs) ?? attrs, marks: [...marks] });
          }
          break;
        }
        case 'html': {
          const name = nameOf(token.raw);
          if (name === 'br') out.push({ type: 'hardBreak' });
          else if (!name) this.note('comments in the source');
          else if (token.raw.startsWith('</')) {
            const at = open.findLastIndex((tag) => tag.name === name);
            if (at >= 0) open = open.toSpliced(at, 1);
            remark();
          } else {
            const end = this.#leafEnd(tokens, i, name);
            const html = tokens
              .slice(i, end + 1)
              .map(({ raw }) => raw)
              .join('');
            const leaf = this.#html.leaf(html);
            if (leaf) {
              out.push({ ...leaf, marks: [...marks] });
              i = end;
              break;
            }
            const mark = this.#html.mark(token.raw);
            if (!mark) this.#html.note(name);
            open.push({ name, mark });
            remark();
          }
          break;
        }
        default: {
          const made = this.#vault?.inline(token, marks);
          if (made) out.push(...made);
          else if (token.type !== 'checkbox') text(token.raw);
        }
      }
    }
    return out;
  }

  /** Where the tag ends that begins at a token; the token itself, for one that has no end. */
  #leafEnd(tokens: readonly Token[], from: number, name: string): number {
    const end = tokens.findIndex(
      (token, i) =>
        i > from && token.type === 'html' && token.raw.startsWith('</') && nameOf(token.raw) === name,
    );
    return end < 0 ? from : end;
  }

  #link(link: Tokens.Link, marks: readonly Mark[]): JSONContent[] {
    const address = decoded(link.href);
    const target = mentioned(address);
    if (target)
      return [{ type: 'mention', attrs: { ...target, label: plain(link.tokens) }, marks: [...marks] }];
    if (link.tokens.length === 0) {
      this.note('links without words');
      return [];
    }
    const href = this.#href(address);
    if (href === null) return this.inlines(link.tokens, marks);
    const title = link.title ? decoded(link.title) : null;
    return this.inlines(link.tokens, withMark(marks, { type: 'link', attrs: { href, title } }));
  }
}

/** Links as site builders write them, `{% page "/a/b" %}`, are links to files. */
const templateLink = /\{%-?\s*(?:page|link|url|post_url)\s+["']?([^"'%]+?)["']?\s*-?%\}/g;
const path = (_: string, file: string) => file.replace(/ /g, '%20');
const plainLinks = (text: string) => text.replace(templateLink, path);
/** What is code, or escaped, is meant as it is. */
const inlineLinks = (text: string) =>
  text.replace(
    new RegExp(`(\`+)[^\`](?:[^]*?[^\`])??\\1(?!\`)|\\\\[^]|${templateLink.source}`, 'g'),
    (all: string, _fence: string | undefined, file: string | undefined) => (file ? path(all, file) : all),
  );

/** In the definitions of links, which are whole lines, outside of code. */
function definedLinks(text: string): string {
  if (!/^ {0,3}\[[^\]\n]+\]:[ \t]*\{%/m.test(text)) return text;
  let fence: string | null = null;
  return text
    .split('\n')
    .map((line) => {
      const [, mark] = /^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})/.exec(line) ?? [];
      if (mark && fence === null) fence = mark;
      else if (mark?.startsWith(fence!)) fence = null;
      return fence === null && /^ {0,3}\[[^\]]+\]:/.test(line) ? plainLinks(line) : line;
    })
    .join('\n');
}

function lexed(text: string, lexer: Lexer): TokensList {
  lexer.blockTokens(definedLinks(text), lexer.tokens);
  // Lines are read when all definitions of links are known.
  for (let i = 0; i < lexer.inlineQueue.length; i++) {
    const { src, tokens } = lexer.inlineQueue[i]!;
    lexer.inlineTokens(src.includes('{%') ? inlineLinks(src) : src, tokens);
  }
  lexer.inlineQueue = [];
  return lexer.tokens;
}

/** Reads Markdown (GFM). It never fails: what is not understood is text. */
export function readMarkdown(markdown: string, options: ReadOptions = {}): ReadMarkdown {
  const reader = new Reader(options);
  const text = markdown.replace(/\r\n?/g, '\n');
  const content = reader.page(text);
  const notKept = new Map(reader.notKept);
  for (const tag of plainLinks(text).match(/(?<!\\)\{%-?\s*\w+/g) ?? []) {
    const what = `template tag “${tag.replace(/^\{%-?\s*/, '')}”, kept as text`;
    notKept.set(what, (notKept.get(what) ?? 0) + 1);
  }
  return { body: { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] }, notKept };
}
