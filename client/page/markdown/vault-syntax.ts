// What vaults of notes write beyond Markdown, as extensions of the lexer: highlights, comments, footnotes, names of
// blocks, boxes, and Markdown within HTML. Code is never looked into: the lexer takes it first.
import {
  Lexer,
  Marked,
  type Token,
  Tokenizer,
  type TokenizerAndRendererExtension,
  type Tokens,
  type TokensList,
} from 'marked';
import { wikiLinks } from './wiki-links';

export interface Highlight {
  readonly type: 'highlight';
  readonly raw: string;
  readonly tokens: Token[];
}
export interface HiddenComment {
  readonly type: 'hiddenComment';
  readonly raw: string;
}
export interface FootnoteMark {
  readonly type: 'footnoteMark';
  readonly raw: string;
  /** null where the footnote stands in the mark. */
  readonly label: string | null;
  readonly tokens: Token[];
}
export interface Footnote {
  readonly type: 'footnote';
  readonly raw: string;
  readonly label: string;
  readonly tokens: Token[];
}
/** `{{name rest}}` of Logseq. */
export interface Macro {
  readonly type: 'macro';
  readonly raw: string;
  readonly name: string;
  readonly rest: string;
}
/** `{:height 300, :width 400}` behind an image. */
export interface ImageSize {
  readonly type: 'imageSize';
  readonly raw: string;
}
export interface BlockName {
  readonly type: 'blockName';
  readonly raw: string;
}
/** `:::info` of Outline, `+++ Title` of its toggles. */
export interface Box {
  readonly type: 'box';
  readonly raw: string;
  readonly kind: string;
  readonly title: string;
  readonly tokens: Token[];
}
/** Markdown between the tags of a block of HTML. */
export interface Container {
  readonly type: 'container';
  readonly raw: string;
  readonly tag: string;
  readonly summary: Token[];
  readonly tokens: Token[];
}
export type VaultToken =
  | Highlight
  | HiddenComment
  | FootnoteMark
  | Footnote
  | BlockName
  | Macro
  | ImageSize
  | Box
  | Container;

/** Lines without the spaces that all of them begin with. */
export function dedented(text: string): string {
  const lines = text.split('\n');
  const depths = lines.slice(1).flatMap((line) => (line.trim() ? [/^[ \t]*/.exec(line)![0].length] : []));
  const depth = Math.min(...depths, 100);
  return lines.map((line, i) => (i === 0 ? line.trimStart() : line.slice(depth))).join('\n');
}

/** Where something of ours may begin in a line; undefined where the lexer stops before it by itself. */
function inlineStart(src: string): number | undefined {
  const found = /==|%%|\s?\^|\(\(|#\[|\{[{:]|[\\<![`*_~]/.exec(src);
  return found && !/^[\\<![`*_~]/.test(found[0]) ? found.index : undefined;
}

/** What a lexer has spent on looking for ends that are far away or not there, and how deep it is in blocks of ours. */
const spent = new WeakMap<object, { signs: number; depth: number }>();
const mostSigns = 5_000_000;
const deepest = 12;

function spend(lexer: object, signs: number, depth = 0): void {
  const known = spent.get(lexer) ?? { signs: 0, depth: 0 };
  spent.set(lexer, { signs: known.signs + signs, depth: known.depth + depth });
}
/** A text that costs too much is read as if this were no block of ours. */
function affordable(lexer: object): boolean {
  const { signs, depth } = spent.get(lexer) ?? { signs: 0, depth: 0 };
  return signs < mostSigns && depth < deepest;
}
/** The blocks within a block of ours. */
function inner(lexer: Lexer, text: string): Token[] {
  spend(lexer, 0, 1);
  const tokens = lexer.blockTokens(text, []);
  spend(lexer, 0, -1);
  return tokens;
}

/** Where a block of ours may begin within the paragraph at hand. It looks no further, so that long texts cost no more. */
function blockStart(this: { lexer: Lexer }, src: string): number | undefined {
  if (!affordable(this.lexer)) return undefined;
  const found = /\n(?:[ \t]*\n| {0,3}(?:%%|\[\^|:::|\+\+\+ ))/.exec(src);
  if (!found || found[0].trim() === '') return undefined;
  // What the lexer does again for a paragraph that goes on.
  spend(this.lexer, 1_000);
  return found.index + 1;
}

const inline: TokenizerAndRendererExtension[] = [
  { ...wikiLinks, start: inlineStart },
  {
    name: 'highlight',
    level: 'inline',
    tokenizer(src): Highlight | undefined {
      const [raw, inside] = /^==(?![=\s])((?:`+[^`]*`+|(?!==)[^`])+)(?<!\s)==(?!=)/.exec(src) ?? [];
      if (!raw || !inside) return undefined;
      // `a==b and c==d` compares.
      if (/\w/.test(src[raw.length] ?? '') && /\s/.test(inside)) return undefined;
      return { type: 'highlight', raw, tokens: this.lexer.inlineTokens(inside) };
    },
  },
  {
    name: 'hiddenComment',
    level: 'inline',
    tokenizer(src): HiddenComment | undefined {
      const [raw] = /^%%(?:`+[^`]*`+|(?!%%)[^`])+%%/.exec(src) ?? [];
      return raw ? { type: 'hiddenComment', raw } : undefined;
    },
  },
  {
    name: 'footnoteMark',
    level: 'inline',
    tokenizer(src): FootnoteMark | undefined {
      // The lexer takes the backslashes before brackets away in the words of links.
      if (this.lexer.state.inLink) return undefined;
      const [mark, label] = /^\[\^([^\]\s^]+)\](?!\()/.exec(src) ?? [];
      if (mark && label) return { type: 'footnoteMark', raw: mark, label, tokens: [] };
      const [raw, inside] = /^\^\[((?:\[[^\]\n]{0,300}\]|[^[\]]){1,3000})\]/.exec(src) ?? [];
      if (!raw || !inside) return undefined;
      return { type: 'footnoteMark', raw, label: null, tokens: this.lexer.inlineTokens(inside) };
    },
  },
  {
    name: 'macro',
    level: 'inline',
    tokenizer(src): Macro | ImageSize | undefined {
      const [size] = /^\{:(?:height|width)[^{}\n]*\}/.exec(src) ?? [];
      if (size) return { type: 'imageSize', raw: size };
      const [raw, name, rest = ''] = /^\{\{([A-Za-z][\w-]*)[ \t]*([^{}\n]{0,1000})\}\}/.exec(src) ?? [];
      // Those that show a page are wikilinks.
      if (/^embed$/i.test(name ?? '') && /^(\[\[|\(\()/.test(rest)) return undefined;
      return raw && name ? { type: 'macro', raw, name, rest: rest.trim() } : undefined;
    },
  },
  {
    name: 'blockName',
    level: 'inline',
    tokenizer(src, before): BlockName | undefined {
      const [raw] = /^\s?\^[A-Za-z0-9-]+\s*$/.exec(src) ?? [];
      const isFirst = (before as readonly unknown[] | undefined)?.length === 0;
      return raw && (isFirst || /^\s/.test(raw)) ? { type: 'blockName', raw } : undefined;
    },
  },
];

/** Tags that hold other blocks and mean nothing that a page has. */
const containers = 'aside|details|div|section|article|center|figure|main|header|footer|nav';
const opening = new RegExp(`^ {0,3}<(${containers})(?:\\s[^>]*)?>`, 'i');

/** Where the tag that begins a text is closed: before and behind the closing tag; null: nowhere. */
function closingOf(text: string, tag: string): [number, number] | null {
  let depth = 0;
  for (const found of text.matchAll(new RegExp(`<(/?)${tag}(?=[\\s>/])[^>]*>`, 'gi'))) {
    depth += found[1] ? -1 : 1;
    if (depth === 0) return [found.index, found.index + found[0].length];
  }
  return null;
}

/** Whether a text says anything by Markdown, apart from tags. */
const holdsMarkdown = (text: string): boolean =>
  /\*\*\S|__\S|`[^`]+`|\[[^\]\n]*\]\([^)\n]+\)|\[\[[^\]\n]+\]\]|(^|[\s(])[*_][^\s*_][^*_\n]*[*_]|~~\S|==\S/m.test(
    text,
  ) ||
  /^\s*(#{1,6} |[-*+] |\d{1,3}[.)] |> |```|~~~|\|.+\|)/m.test(text) ||
  /\n[ \t]*\n/.test(text.trim());

const block: TokenizerAndRendererExtension[] = [
  {
    name: 'hiddenBlock',
    level: 'block',
    start: blockStart,
    tokenizer(src): HiddenComment | undefined {
      const [raw] = /^ {0,3}%%(?!%)(?:(?!%%)[\s\S])*%%[ \t]*(?:\n|$)/.exec(src) ?? [];
      // What ends within code did not end.
      const fences = raw?.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0;
      return raw && fences % 2 === 0 ? { type: 'hiddenComment', raw } : undefined;
    },
  },
  {
    name: 'footnote',
    level: 'block',
    tokenizer(src): Footnote | undefined {
      const [raw, label, text] =
        /^ {0,3}\[\^([^\]\s]+)\]:[ \t]*([^\n]*(?:\n(?: {2,}|\t)[^\n]*|\n(?:[ \t]*\n)+(?: {4}|\t)[^\n]*)*)(?:\n|$)/.exec(
          src,
        ) ?? [];
      if (!raw || !label || !affordable(this.lexer)) return undefined;
      const tokens = inner(this.lexer, dedented(text ?? ''));
      return { type: 'footnote', raw, label, tokens };
    },
  },
  {
    name: 'box',
    level: 'block',
    tokenizer(src): Box | undefined {
      const [first, fence, head] = /^ {0,3}(:{3,}|\+{3,})[ \t]*([^\n:+][^\n]*)\n/.exec(src) ?? [];
      if (!first || !fence || !head) return undefined;
      const end = new RegExp(`(?:^|\\n) {0,3}${fence.replace(/\+/g, '\\+')}[ \\t]*(?:\\n|$)`);
      const rest = src.slice(first.length);
      const close = affordable(this.lexer) ? end.exec(rest) : null;
      spend(this.lexer, close ? close.index : rest.length);
      if (!close) return undefined;
      const [, kind = '', title = ''] = /^([\w-]*)\s*(.*)$/s.exec(head.trim()) ?? [];
      const isToggle = fence.startsWith('+');
      return {
        type: 'box',
        raw: first + rest.slice(0, close.index + close[0].length),
        kind: isToggle ? 'toggle' : kind,
        title: isToggle ? head.trim() : title,
        tokens: inner(this.lexer, rest.slice(0, close.index)),
      };
    },
  },
  {
    name: 'container',
    level: 'block',
    tokenizer(src): Container | undefined {
      const [open, name] = opening.exec(src) ?? [];
      if (!open || !name || !affordable(this.lexer)) return undefined;
      const end = closingOf(src, name);
      spend(this.lexer, end ? end[1] : src.length);
      if (!end) return undefined;
      let inside = src.slice(open.length, end[0]);
      if (!holdsMarkdown(inside)) return undefined;
      const tag = name.toLowerCase();
      let summary: Token[] = [];
      if (tag === 'details') {
        inside = inside.replace(/^\s*<summary(?:\s[^>]*)?>([\s\S]*?)<\/summary>/i, (_, text: string) => {
          summary = this.lexer.inline(text.trim().replace(/\s*\n\s*/g, ' '), []);
          return '';
        });
      }
      const tokens = inner(this.lexer, dedented(inside).replace(/^\s*\n/, ''));
      return { type: 'container', raw: src.slice(0, end[1]), tag, summary, tokens };
    },
  },
];

const marked = new Marked({ gfm: true }, { extensions: [...inline, ...block] });

/** Knows also behind an image that it is in the words of a link. */
class LinkTokenizer extends Tokenizer {
  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    const { inLink } = this.lexer.state;
    const token = super.link(src);
    this.lexer.state.inLink = inLink;
    return token;
  }

  override reflink(
    src: string,
    links: Record<string, Tokens.Link>,
  ): Tokens.Link | Tokens.Image | Tokens.Text | undefined {
    const { inLink } = this.lexer.state;
    const token = super.reflink(src, links);
    this.lexer.state.inLink = inLink;
    return token;
  }
}

/** @param links addresses that the text around gives for `[words][name]` */
export function vaultLexer(links?: TokensList['links']): Lexer {
  // A lexer keeps its state in the options.
  const lexer = new Lexer({ ...marked.defaults, tokenizer: new LinkTokenizer() });
  Object.assign(lexer.tokens.links, links);
  return lexer;
}
