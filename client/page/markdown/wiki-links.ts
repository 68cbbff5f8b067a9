// Links as vaults of notes write them (Obsidian, Logseq): `[[Note#Heading|words]]`, `![[image.png|300]]`, `((block))`.
import type { TokenizerAndRendererExtension } from 'marked';

/** How the pages and images that a text names are found. */
export interface VaultLinks {
  /** @returns the address to keep for a page, or for another file, that is named */
  page(name: string, heading: string): string;
  /** @returns the address to keep for an image that is named */
  image(name: string): string;
  /** @returns the page that holds a block of Logseq, and the block's first words; null: no file has it */
  block(id: string): { readonly href: string; readonly words: string } | null;
}

export interface WikiLink {
  readonly type: 'wikiLink';
  readonly raw: string;
  /** `!` before it: what is named is shown in place. */
  readonly embedded: boolean;
  /** '' for the page itself. */
  readonly name: string;
  readonly heading: string;
  /** The id of a block of the page. */
  readonly block: string;
  /** '' where the text gives none. */
  readonly words: string;
}

export interface BlockLink {
  readonly type: 'blockLink';
  readonly raw: string;
  readonly embedded: boolean;
  readonly id: string;
  readonly words: string;
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const wiki = '\\[\\[((?:(?!\\]\\]|\\[\\[)[^\\n])+)\\]\\]';
const plain = new RegExp(`^([!#]?)${wiki}`);
/** `[words]([[page]])` and `[words](((block)))`. */
const labelled = new RegExp(`^\\[([^\\[\\]\\n]+)\\]\\((?:${wiki}|\\(\\((${uuid})\\)\\))\\)`, 'i');
const block = new RegExp(`^\\(\\((${uuid})\\)\\)`, 'i');
const embed = new RegExp(`^\\{\\{embed\\s+(?:${wiki}|\\(\\((${uuid})\\)\\))\\s*\\}\\}`, 'i');

/** What stands between the brackets. */
export function wikiTarget(inside: string): Pick<WikiLink, 'name' | 'heading' | 'block' | 'words'> {
  // In tables the bar is escaped.
  const [, target = '', words = ''] = /^([^|]*?)\\?(?:\|(.*))?$/s.exec(inside) ?? [];
  const [, name = '', anchor = ''] = /^([^#]*)#?(.*)$/s.exec(target) ?? [];
  const last = anchor.split('#').at(-1)!.trim();
  const isBlock = last.startsWith('^');
  return {
    name: name.trim(),
    heading: isBlock ? '' : last,
    block: isBlock ? last.slice(1) : '',
    words: words.trim(),
  };
}

export const wikiLinks: TokenizerAndRendererExtension = {
  name: 'wikiLink',
  level: 'inline',
  tokenizer(src): WikiLink | BlockLink | undefined {
    if (this.lexer.state.inLink) return undefined;
    const link = (raw: string, inside: string, more: Partial<WikiLink> = {}): WikiLink => ({
      type: 'wikiLink',
      raw,
      embedded: false,
      ...wikiTarget(inside),
      ...more,
    });
    const toBlock = (raw: string, id: string, embedded: boolean, words = ''): BlockLink => ({
      type: 'blockLink',
      raw,
      embedded,
      id: id.toLowerCase(),
      words,
    });
    const simple = plain.exec(src);
    if (simple) {
      const [raw, sign, inside = ''] = simple;
      const made = link(raw, inside, { embedded: sign === '!' });
      if (!made.name && !made.heading && !made.block) return undefined;
      // A tag of more than one word.
      return sign === '#' && !made.words ? { ...made, words: `#${made.name}` } : made;
    }
    const named = labelled.exec(src);
    if (named) {
      const [raw, words = '', page, id] = named;
      return id ? toBlock(raw, id, false, words) : link(raw, page ?? '', { words });
    }
    const reference = block.exec(src);
    if (reference) return toBlock(reference[0], reference[1]!, false);
    const shown = embed.exec(src);
    if (!shown) return undefined;
    const [raw, page, id] = shown;
    return id ? toBlock(raw, id, true) : link(raw, page ?? '', { embedded: true });
  },
};

/** The words that are shown for a link without words of its own. */
export function wikiWords({ words, name, heading }: WikiLink): string {
  return words || [name, heading].filter(Boolean).join(' > ') || 'this page';
}

/** Files that `![[…]]` shows as an image; others are linked. */
export const isPicture = (name: string): boolean =>
  /\.(png|jpe?g|gif|webp|avif|svg|bmp|tiff?|heic)$/i.test(name);
