// What vaults of notes write beyond Markdown, as blocks and words of a page; what a page has no place for is counted.
import type { JSONContent } from '@tiptap/core';
import type { Lexer, Token, Tokens, TokensList } from 'marked';
import { type VaultToken, vaultLexer } from './vault-syntax';
import { type BlockLink, isPicture, type VaultLinks, type WikiLink, wikiWords } from './wiki-links';

type Mark = NonNullable<JSONContent['marks']>[number];
type OwnToken = VaultToken | WikiLink | BlockLink;

/** What the reader of Markdown does for us. */
export interface TokenReader {
  blocks(tokens: readonly Token[]): JSONContent[];
  inlines(tokens: readonly Token[], marks?: readonly Mark[]): JSONContent[];
  /** Text that has not been looked at yet. */
  lex(text: string): Token[];
  /** Counts something by name. */
  note(what: string): void;
}

/** Handed to the reader of Markdown by imports; pasting and the editor do without it. */
export interface VaultSyntax {
  /** @param links addresses that the text around gives for `[words][name]` */
  readonly lexer: (links?: TokensList['links']) => Lexer;
  readonly reader: (of: TokenReader) => VaultReader;
}

export const vaultSyntax = (links: VaultLinks): VaultSyntax => ({
  lexer: vaultLexer,
  reader: (of) => new VaultReader(of, links),
});

const bold: Mark = { type: 'bold' };
const titled = (content: readonly JSONContent[]): JSONContent => ({
  type: 'paragraph',
  content: [...content],
});
const upper = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();

export class VaultReader {
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<number, JSONContent[]>();

  constructor(
    private readonly reader: TokenReader,
    private readonly links: VaultLinks,
  ) {}

  /** @returns undefined for a token of another kind */
  block(given: Token): JSONContent[] | undefined {
    const { reader } = this;
    const token = given as unknown as VaultToken;
    switch (token.type) {
      case 'hiddenComment':
        reader.note('hidden comments (%%…%%), left out');
        return [];
      case 'footnote':
        this.#texts.set(this.#number(token.label), reader.blocks(token.tokens));
        return [];
      case 'box': {
        if (token.kind === 'toggle') reader.note('folded parts, now open');
        else reader.note('boxes (:::), now quotes');
        return [
          this.#box(token.kind === 'toggle' ? '' : token.kind, token.title, reader.blocks(token.tokens)),
        ];
      }
      case 'container': {
        const content = reader.blocks(token.tokens);
        if (token.tag === 'aside') {
          reader.note('boxes (<aside>), now quotes');
          return content.length > 0 ? [{ type: 'blockquote', content }] : [];
        }
        if (token.tag === 'details') reader.note('folded parts, now open');
        else reader.note(`HTML <${token.tag}>, of which the text is kept`);
        const title = reader.inlines(token.summary, [bold]);
        return [...(title.length > 0 ? [titled(title)] : []), ...content];
      }
      default:
        return undefined;
    }
  }

  /** `> [!note] Title` is a callout. @returns undefined for other quotes */
  quote({ text }: Tokens.Blockquote): JSONContent[] | undefined {
    const [first, kind = '', fold = '', title = ''] =
      /^\s*\[!(\p{L}[\p{L}\p{N} _-]*)(?:\|[^\]\n]*)?\]([+-]?)(?![([:])[ \t]*([^\n]*)\n?/u.exec(text) ?? [];
    if (first === undefined) return undefined;
    this.reader.note('callouts, now quotes with their title in bold');
    if (fold === '-') this.reader.note('folded parts, now open');
    return [
      this.#box(kind.trim(), title.trim(), this.reader.blocks(this.reader.lex(text.slice(first.length)))),
    ];
  }

  #box(kind: string, title: string, content: readonly JSONContent[]): JSONContent {
    const said = title ? this.reader.lex(title) : [];
    const only =
      said.length === 1 && said[0]?.type === 'paragraph' ? (said[0] as Tokens.Paragraph).tokens : null;
    const words = only
      ? this.reader.inlines(only, [bold])
      : title
        ? [{ type: 'text', text: title, marks: [bold] }]
        : [];
    const isSaid = !kind || title.toLowerCase().startsWith(kind.toLowerCase());
    const head = isSaid
      ? words
      : [{ type: 'text', text: upper(kind) + (title ? ': ' : ''), marks: [bold] }, ...words];
    const blocks = [...(head.length > 0 ? [titled(head)] : []), ...content];
    return { type: 'blockquote', content: blocks.length > 0 ? blocks : [{ type: 'paragraph' }] };
  }

  /** Outline writes the size of an image as its title, Obsidian behind its description. */
  image<T extends { readonly alt: string; readonly title: string | null }>(attrs: T): T {
    const alt = attrs.alt.replace(/\|\d+(x\d+)?$/, '');
    const title = /^\s*=\d*x\d*$/.test(attrs.title ?? '') ? null : attrs.title;
    if (alt === attrs.alt && title === attrs.title) return attrs;
    this.reader.note('sizes of images, left out');
    return { ...attrs, alt, title };
  }

  /** Whether nothing of a token is seen in a line. */
  isHidden({ type }: Token): boolean {
    return type === 'hiddenComment' || type === 'blockName' || type === 'imageSize';
  }

  /** @returns undefined for a token of another kind */
  inline(given: Token, marks: readonly Mark[]): JSONContent[] | undefined {
    const { reader } = this;
    const token = given as unknown as OwnToken;
    switch (token.type) {
      case 'wikiLink':
        return this.#wikiLink(token, marks);
      case 'blockLink':
        return this.#blockLink(token, marks);
      case 'highlight':
        reader.note('highlighted words (==…==), now bold');
        return reader.inlines(
          token.tokens,
          marks.some(({ type }) => type === 'bold') ? marks : [...marks, bold],
        );
      case 'hiddenComment':
        reader.note('hidden comments (%%…%%), left out');
        return [];
      case 'imageSize':
        reader.note('sizes of images, left out');
        return [];
      case 'macro': {
        const { name, rest, raw } = token;
        const href = name === 'youtube' && /^[\w-]{11}$/.test(rest) ? `https://youtu.be/${rest}` : rest;
        if (/^https?:\/\/\S+$/.test(href)) {
          const link = { type: 'link', attrs: { href, title: null } };
          return [{ type: 'text', text: rest, marks: [...marks, link] }];
        }
        if (name === 'cloze' && rest) return [{ type: 'text', text: rest, marks: [...marks] }];
        reader.note('commands in braces ({{…}}), kept as text');
        return [{ type: 'text', text: raw, marks: [...marks] }];
      }
      case 'blockName':
        reader.note('names of blocks (^name), left out');
        return [];
      case 'footnoteMark': {
        const number = this.#number(token.label ?? ` ${this.#numbers.size}`);
        if (token.label === null)
          this.#texts.set(number, [{ type: 'paragraph', content: reader.inlines(token.tokens) }]);
        return [{ type: 'text', text: `[${number}]`, marks: [...marks] }];
      }
      default:
        return undefined;
    }
  }

  #wikiLink(link: WikiLink, marks: readonly Mark[]): JSONContent[] {
    const { reader, links } = this;
    if (link.embedded && isPicture(link.name)) {
      const isSize = /^\d+(x\d+)?$/.test(link.words);
      if (isSize) reader.note('sizes of images, left out');
      const alt = isSize ? '' : link.words.replace(/\|\d+(x\d+)?$/, '');
      return [{ type: 'image', attrs: { src: links.image(link.name), alt, title: null }, marks: [...marks] }];
    }
    if (link.embedded) reader.note('pages and files shown within a page, now links to them');
    else if (link.block) reader.note('links to one block of a page, now to the page');
    const href = links.page(link.name, link.heading);
    const text = wikiWords(link);
    return href
      ? [{ type: 'text', text, marks: [...marks, { type: 'link', attrs: { href, title: null } }] }]
      : [{ type: 'text', text, marks: [...marks] }];
  }

  #blockLink({ id, words, raw, embedded }: BlockLink, marks: readonly Mark[]): JSONContent[] {
    const found = this.links.block(id);
    if (!found) {
      this.reader.note('links to blocks that are in no file; kept as text');
      return [{ type: 'text', text: words || raw, marks: [...marks] }];
    }
    this.reader.note(
      embedded
        ? 'blocks shown within a page, now links to the page that has them'
        : 'links to one block of a page, now to the page',
    );
    const link = { type: 'link', attrs: { href: found.href, title: null } };
    return [{ type: 'text', text: words || found.words || 'a block', marks: [...marks, link] }];
  }

  #number(label: string): number {
    const known = this.#numbers.get(label.toLowerCase());
    if (known !== undefined) return known;
    this.#numbers.set(label.toLowerCase(), this.#numbers.size + 1);
    return this.#numbers.size;
  }

  /** The footnotes of the page, in the order of their marks: a numbered list below all else. */
  footnotes(): JSONContent[] {
    if (this.#numbers.size === 0) return [];
    const items = [...this.#numbers].map(([label, number]): JSONContent => {
      const content = this.#texts.get(number) ?? [];
      if (content.length > 0) this.reader.note('footnotes, now a numbered list at the end of the page');
      else this.reader.note(`footnotes without a text, as “${label.trim()}”`);
      const first = content[0]?.type === 'paragraph' ? [] : [{ type: 'paragraph' }];
      return { type: 'listItem', content: [...first, ...content] };
    });
    return [{ type: 'horizontalRule' }, { type: 'orderedList', attrs: { start: 1 }, content: items }];
  }
}
