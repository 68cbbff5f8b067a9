// What stands in a line, as Markdown: marks by delimiters where these can be told from letters, by tags elsewhere; what
// would mean something else is escaped.
import type { Mark, Node } from '@tiptap/pm/model';
import { mentionAddress, mentioned } from '../body/mention-node';
import { leafHtml, markTags } from './html-write';
import { vaultEscaped, vaultEscapedStart } from './vault-escapes';

export interface InlineStyle {
  /** A table's cell and a heading are one line. */
  readonly place: 'paragraph' | 'line' | 'cell';
  /** Every mark by tags, everything but letters and digits by number: ugly, and the same for every reader. */
  readonly careful: boolean;
}

const delimiters: Readonly<Record<string, string>> = { bold: '**', italic: '*', strike: '~~' };

const byNumber = (letter: string) => `&#${letter.codePointAt(0)};`;
const byNumbers = (letters: string) => letters.replace(/./gsu, byNumber);
const isSpace = (letter: string) => letter === '' || /\s/u.test(letter);
const isPunctuation = (letter: string) => /[\p{P}\p{S}]/u.test(letter);
/** What all readers take for punctuation; symbols beyond ASCII only newer ones do, tildes some never. */
const isSurePunctuation = (letter: string) => letter !== '~' && /[\p{P}!-/:-@[-`{-}]/u.test(letter);
const firstOf = (text: string) => (text === '' ? '' : String.fromCodePoint(text.codePointAt(0)!));
function lastOf(text: string): string {
  const isPair = /^[\uDC00-\uDFFF]$/.test(text.slice(-1));
  return text.slice(isPair ? -2 : -1);
}

/** Spaces that are no letters of a line: readers take them away or end a line there. */
const control = /(?=\p{Cc})[^\u007f-\u009f]|[\u2028\u2029\ufeff]/gu;

/** Characters that would mean something else are escaped, others are left as they are. */
function escaped(text: string, { careful, place }: InlineStyle): string {
  if (careful) return text.replace(/[!-/:-@[-`{-~]|[^\S ]/g, byNumber).replace(control, byNumber);
  const out = text
    .replace(/[\\`*~[\]]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/<(?=[a-z/!?])/gi, '\\<')
    .replace(/&(?=#?\w+;)/g, '\\&')
    // An image begins with a mark before its bracket.
    .replace(/!(?=\\\[|$)/g, '\\!')
    // Highlights, comments and templates of other programs.
    .replace(/==|%%|\{(?=[{%])|\^(?=\\\[)|\$(?=\$)/g, (all) => `\\${all.split('').join('\\')}`)
    // An address that is no link stays none.
    .replace(/(https?|ftp):(?=\/\/)/gi, '$1\\:')
    .replace(/www\.(?=\w)/gi, (all) => `${all.slice(0, -1)}\\.`)
    .replace(/(?<=[\w.+-])@(?=[\w-]+\.\w)/g, '\\@')
    .replace(/\u00a0/g, '&nbsp;')
    .replace(control, byNumber);
  const safe = vaultEscaped(out);
  return place === 'cell' ? safe.replace(/\|/g, '\\|') : safe;
}

/** What would begin another kind of block at the start of a line. */
function escapedStart(line: string): string {
  return vaultEscapedStart(line)
    .replace(/^(#{1,6}(?:\s|$)|>|[-+](?:\s|$)|=+\s*$|[-:|][-:|\s]*$)/, '\\$1')
    .replace(/^(\d{1,9})([.)](?:\s|$))/, '$1\\$2');
}

/** What an address or a title may not hold as it is. */
const unsafe = /[\\<>|`[\]*"']|(?=\p{Cc})[^\u007f-\u009f]|[^\S ]|\ufeff|\{(?=%)|^ | $/gu;
const quoted = (text: string) => text.replace(/&(?=#?\w+;)/g, '&amp;').replace(unsafe, byNumber);

function destination(href: string): string {
  const text = quoted(href);
  return /[ ()]/.test(text) ? `<${text}>` : text;
}

const titled = (title: unknown) => (title ? ` "${quoted(String(title))}"` : '');

/** A run of nodes in one mark, or a node. */
type Piece = { readonly mark: Mark; readonly inside: readonly Piece[] } | { readonly node: Node };

/** Marks around marks: the one that goes on longest is outside, code is inside. */
function tree(nodes: readonly Node[], open: readonly Mark[]): Piece[] {
  const out: Piece[] = [];
  for (let i = 0; i < nodes.length; ) {
    const node = nodes[i]!;
    let best: Mark | null = null;
    let end = i + 1;
    for (const mark of node.marks) {
      if (mark.isInSet(open) || (best && mark.type.name === 'code')) continue;
      let to = i + 1;
      while (to < nodes.length && mark.isInSet(nodes[to]!.marks)) to++;
      if (best && to <= end) continue;
      best = mark;
      end = to;
    }
    out.push(best ? { mark: best, inside: tree(nodes.slice(i, end), [...open, best]) } : { node });
    i = best ? end : i + 1;
  }
  return out;
}

/** A line break has the marks that both its neighbours have, so that none ends at one. */
function transparent(nodes: readonly Node[]): Node[] {
  const out = [...nodes];
  const isBreak = (node: Node | undefined) => node?.type.name === 'hardBreak';
  for (let i = 0; i < out.length; i++) {
    if (!isBreak(out[i])) continue;
    let to = i;
    while (isBreak(out[to])) to++;
    const [before, after] = [out[i - 1], out[to]];
    const marks = before && after ? before.marks.filter((mark) => mark.isInSet(after.marks)) : [];
    for (; i < to; i++) out[i] = out[i]!.mark(marks);
  }
  return out;
}

class Writer {
  #out = '';
  /** Where the last closing delimiter ends. */
  #closed = -1;
  /** How many marks by asterisks are open. */
  #asterisks = 0;
  /** Whether what is written stands in a link. */
  #links = 0;

  constructor(private readonly style: InlineStyle) {}

  write(nodes: readonly Node[]): string {
    this.#pieces(tree(transparent(nodes), []), '');
    // The last line break of a block is not shown.
    if (nodes.at(-1)?.type.name === 'hardBreak') this.#out += '<br>';
    return this.#out;
  }

  /** @param next the first character behind these; '' at the end */
  #pieces(pieces: readonly Piece[], next: string): void {
    for (const [i, piece] of pieces.entries()) {
      const following = pieces[i + 1];
      const after = following ? this.#first(following) : next;
      if ('node' in piece) this.#node(piece.node, pieces, i);
      else this.#span(piece, after);
    }
  }

  /** The first character of what will be written: a letter, or any punctuation for what begins with such. */
  #first(piece: Piece): string {
    if ('mark' in piece) return piece.mark.type.name === 'strike' ? '~' : '*';
    if (!piece.node.isText) return '!';
    const first = firstOf(piece.node.text!);
    return /^[&\\]/.test(escaped(first, this.style)) ? '&' : first;
  }

  #span({ mark, inside }: Extract<Piece, { mark: Mark }>, next: string): void {
    const { name } = mark.type;
    const { careful } = this.style;
    if (name === 'code' && this.#code(inside)) return;
    // Some readers take no title behind an empty address.
    const isSaid = mark.attrs.href || !mark.attrs.title;
    const link = name === 'link' && !careful && isSaid && this.#isLinkable(inside);
    const before = this.#out;
    const closedBefore = this.#closed;
    const delimiter = careful ? undefined : delimiters[name];
    if (link) {
      this.#out += '[';
      this.#links++;
      this.#pieces(inside, ']');
      this.#links--;
      // Many readers take [^ for a footnote.
      if (this.#out[before.length + 1] === '^')
        this.#out = `${before}[\\${this.#out.slice(before.length + 1)}`;
      const href = mark.attrs.href === null ? '' : String(mark.attrs.href);
      this.#out += `](${destination(href)}${titled(mark.attrs.title)})`;
      return;
    }
    if (delimiter) {
      const start = before.length + delimiter.length;
      const isAsterisk = delimiter !== '~~';
      this.#out += delimiter;
      if (isAsterisk) this.#asterisks++;
      this.#pieces(inside, delimiter[0]!);
      if (isAsterisk) this.#asterisks--;
      if (this.#flanks(before, this.#out.slice(start), next, delimiter, closedBefore)) {
        this.#out += delimiter;
        this.#closed = this.#out.length;
        return;
      }
      this.#out = before;
      this.#closed = closedBefore;
    }
    const [open, close] = markTags(mark);
    this.#out += open;
    this.#pieces(inside, '<');
    this.#out += close;
  }

  /** Whether readers take the delimiters around a text for such (CommonMark, 6.2). */
  #flanks(before: string, text: string, next: string, delimiter: string, closed: number): boolean {
    const letter = delimiter[0]!;
    // Next to one that closes it would be one longer run.
    if (closed === before.length && before.endsWith(letter)) return false;
    if (next === letter && delimiter === '~~') return false;
    const [first, last, previous] = [firstOf(text), lastOf(text), lastOf(before)];
    // What could close another mark that is open might do so.
    const closesToo =
      !isSpace(previous) && (!isPunctuation(previous) || isSpace(first) || isPunctuation(first));
    if (closesToo && letter === '*' && this.#asterisks > 0 && !before.endsWith('*')) return false;
    const apart = (beside: string) => isSpace(beside) || isSurePunctuation(beside);
    const opens = !isSpace(first) && (!isPunctuation(first) || apart(previous));
    const closes = !isSpace(last) && (!isPunctuation(last) || apart(next));
    return opens && closes;
  }

  /** In a link's words there is no link, and no bracket that some readers would count. */
  #isLinkable(inside: readonly Piece[]): boolean {
    return inside.every((piece) =>
      'mark' in piece ? this.#isLinkable(piece.inside) : piece.node.type.name !== 'mention',
    );
  }

  /** @returns false where backticks cannot say it */
  #code(inside: readonly Piece[]): boolean {
    if (this.style.careful) return false;
    let text = '';
    for (const piece of inside) {
      if ('mark' in piece || !piece.node.isText) return false;
      text += piece.node.text;
    }
    const odd = new RegExp(control.source, 'u');
    if (odd.test(text) || (this.style.place === 'cell' && /\\(?=\|)|\\$/.test(text))) return false;
    if (this.#out.endsWith('`')) return false;
    const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
    let length = 1;
    while (runs.has(length)) length++;
    const fence = '`'.repeat(length);
    const space = /^`|`$|^ .*[^ ].* $/s.test(text) ? ' ' : '';
    this.#out +=
      fence + space + (this.style.place === 'cell' ? text.replace(/\|/g, '\\|') : text) + space + fence;
    return true;
  }

  #node(node: Node, beside: readonly Piece[], i: number): void {
    const isBehindBreak = /(?:\\\n|<br>)$/.test(this.#out.slice(-4));
    if (node.isText) {
      const own = escaped(node.text!, this.style);
      // Some readers take the backslashes in a link's words away before they look for links in them.
      const text = this.#links > 0 ? own.replace(/\\\](?=\(|\\\[)/g, '&#93;') : own;
      this.#out += isBehindBreak ? text.replace(/^\s+/u, byNumbers) : text;
    } else if (node.type.name === 'hardBreak') {
      const words = this.#out.trimEnd();
      const following = beside[i + 1];
      const isLast = !following || ('node' in following && following.node.type.name === 'hardBreak');
      const isWithin = words !== '' && !isBehindBreak && !isLast;
      if (!isBehindBreak) this.#out = words + byNumbers(this.#out.slice(words.length));
      this.#out += isWithin && this.style.place === 'paragraph' ? '\\\n' : '<br>';
    } else this.#out += this.#leaf(node);
  }

  #leaf(node: Node): string {
    const { attrs } = node;
    // What stands between tags is Markdown.
    const tags = () => leafHtml(node, (text) => escaped(text, { ...this.style, careful: true }));
    if (this.style.careful) return tags();
    // Brackets by number: some readers count them.
    const label = (text: unknown) =>
      spaceEnds(escaped(String(text ?? ''), this.style)).replace(/\\([[\]])/g, (_, letter: string) =>
        byNumber(letter),
      );
    if (node.type.name === 'image' && attrs.src !== null && attrs.width === null && attrs.height === null) {
      return `![${label(attrs.alt)}](${destination(String(attrs.src))}${titled(attrs.title)})`;
    }
    const address = node.type.name === 'mention' ? mentionAddress(String(attrs.kind), String(attrs.id)) : '';
    if (mentioned(address)) return `[${label(attrs.label)}](${address})`;
    return tags();
  }
}

/** Spaces at the ends of a line would be taken away. */
const spaceEnds = (line: string) => line.replace(/^\s+|\s+$/gu, byNumbers);

/** @returns a line; in a paragraph several, of which none is empty */
export function inlineMarkdown(nodes: readonly Node[], style: InlineStyle): string {
  const text = new Writer(style).write(nodes);
  const lines = text.split('\n').map((line) => {
    const [, words = '', end = ''] = /^(.*?)(\\?)$/su.exec(line)!;
    const isBreak = end !== '' && text.length > line.length;
    return isBreak ? spaceEnds(words) + end : spaceEnds(line);
  });
  return (style.place === 'paragraph' ? lines.map(escapedStart) : lines).join('\n');
}
