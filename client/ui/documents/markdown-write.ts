// The blocks of a page as Markdown (GFM), such that reading it gives the same blocks.
import type { JSONContent } from '@tiptap/core';
import { mentionAddress } from './mention-node';

type Mark = NonNullable<JSONContent['marks']>[number];

export interface WriteOptions {
  /** @returns the address to write for a link, an image, or a mention (as `outpost:kind/id`). */
  readonly address?: (href: string) => string;
}

const rank = ['link', 'bold', 'italic', 'strike', 'code'];
const fences: Record<string, string> = { bold: '**', italic: '*', strike: '~~' };

/** Characters that would mean something else are escaped, others are left as they are. */
function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*~[\]]/g, '\\$&')
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      .replace(/<(?=[a-z/!?])/gi, '\\<')
      .replace(/&(?=#?\w+;)/g, '\\&')
      // An address that is no link stays none.
      .replace(/\b(https?|ftp):(?=\/\/)/gi, '$1\\:')
      .replace(/\bwww\.(?=\w)/gi, 'www\\.')
      .replace(/(?<=[\w.+-])@(?=[\w-]+\.\w)/g, '\\@')
      .replace(/\u00a0/g, '&nbsp;')
  );
}

/** What would begin another kind of block at the start of a line. */
function escapedStart(line: string): string {
  return line
    .replace(/^(\s*)(#{1,6}(?:\s|$)|>|[-+](?:\s|$)|=+\s*$|-{3,}\s*$|:?-+\s*\|)/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)](?:\s|$))/, '$1\\$2');
}

const destination = (href: string) =>
  /[\s()<>]/.test(href) ? `<${href.replace(/[<>]/g, encodeURIComponent)}>` : href;
const titled = (title: unknown) => (title ? ` "${String(title).replace(/"/g, '\\"')}"` : '');

class Writer {
  constructor(private readonly options: WriteOptions) {}

  #address(href: string): string {
    return this.options.address?.(href) ?? href;
  }

  blocks(nodes: readonly JSONContent[], tight = false): string {
    const parts: string[] = [];
    /** Lists of one kind one after the other take turns with their marks; else they would be one. */
    let turn = false;
    for (const [i, node] of nodes.entries()) {
      const before = nodes[i - 1]?.type ?? '';
      turn = /List$/.test(before) && /List$/.test(node.type ?? '') ? !turn : false;
      const text = this.#block(node, turn);
      if (text !== null) parts.push(text);
    }
    return parts.join(tight ? '\n' : '\n\n');
  }

  #block(node: JSONContent, turn: boolean): string | null {
    const content = node.content ?? [];
    switch (node.type) {
      case 'heading':
        return `${'#'.repeat(Number(node.attrs?.level ?? 1))} ${this.inlines(content, ' ').replace(/(#+)$/, '\\$1')}`;
      case 'paragraph':
        return content.length === 0
          ? null
          : this.inlines(content, '\\\n').split('\n').map(escapedStart).join('\n');
      case 'blockquote':
        return this.blocks(content)
          .split('\n')
          .map((line) => (line ? `> ${line}` : '>'))
          .join('\n');
      case 'codeBlock': {
        const text = content.map((part) => part.text ?? '').join('');
        const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
        const fence = '`'.repeat(longest + 1);
        return `${fence}${node.attrs?.language ?? ''}\n${text}${text ? '\n' : ''}${fence}`;
      }
      case 'horizontalRule':
        return '---';
      case 'bulletList':
        return this.#list(content, () => (turn ? '* ' : '- '));
      case 'taskList':
        return this.#list(content, (item) => `${turn ? '*' : '-'} [${item.attrs?.checked ? 'x' : ' '}] `);
      case 'orderedList': {
        const start = Number(node.attrs?.start ?? 1);
        return this.#list(content, (_, i) => `${start + i}${turn ? ')' : '.'} `);
      }
      case 'table':
        return this.#table(content);
      default:
        return content.length > 0 ? this.inlines(content, '\\\n') : null;
    }
  }

  #list(items: readonly JSONContent[], mark: (item: JSONContent, i: number) => string): string {
    const simple = (item: JSONContent) =>
      (item.content ?? []).every((block, i) =>
        i === 0 ? block.type === 'paragraph' : /List$/.test(block.type ?? ''),
      );
    const tight = items.every(simple);
    return items
      .map((item, i) => {
        const lead = mark(item, i);
        // What hangs below an item stands below its text; below that of a checkbox, below the box.
        const indent = ' '.repeat(item.type === 'taskItem' ? 2 : lead.length);
        const text = this.blocks(item.content ?? [], tight);
        return (
          lead +
          text
            .split('\n')
            .join(`\n${indent}`)
            .replace(/\n +(?=\n|$)/g, '\n')
        );
      })
      .map((text) => text.replace(/[ \t]+$/, ''))
      .join(tight ? '\n' : '\n\n');
  }

  #table(rows: readonly JSONContent[]): string {
    const cells = (row: JSONContent) =>
      (row.content ?? []).map((cell) =>
        (cell.content ?? [])
          .map((block) => this.inlines(block.content ?? [], '<br>'))
          .filter(Boolean)
          .join('<br>')
          .replace(/\|/g, '\\|'),
      );
    const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
    const [head, ...rest] = rows;
    if (!head) return '';
    const rules = (head.content ?? []).map((cell) => {
      const align = cell.attrs?.align;
      return align === 'center' ? ':-:' : align === 'right' ? '--:' : align === 'left' ? ':--' : '---';
    });
    return [line(cells(head)), line(rules), ...rest.map((row) => line(cells(row)))].join('\n');
  }

  inlines(nodes: readonly JSONContent[], lineBreak: string): string {
    let out = '';
    let open: Mark[] = [];
    const same = (a: Mark, b: Mark | undefined) =>
      a.type === b?.type && JSON.stringify(a.attrs ?? {}) === JSON.stringify(b?.attrs ?? {});
    const close = (keep: number) => {
      // A mark does not close after a space.
      const [space = ''] = /\s*$/.exec(out) ?? [];
      const closing = open.slice(keep).reverse();
      if (closing.length === 0) return;
      out = out.slice(0, out.length - space.length);
      for (const mark of closing) {
        const { href, title } = mark.attrs ?? {};
        out +=
          mark.type === 'link'
            ? `](${destination(this.#address(String(href)))}${titled(title)})`
            : (fences[mark.type] ?? '');
      }
      out += space;
      open = open.slice(0, keep);
    };
    for (const node of joined(nodes)) {
      const marks = (node.marks ?? [])
        .filter((mark) => rank.includes(mark.type))
        .sort((a, b) => rank.indexOf(a.type) - rank.indexOf(b.type));
      const wanted = marks.filter((mark) => mark.type !== 'code');
      let keep = 0;
      while (keep < open.length && same(open[keep]!, wanted[keep])) keep++;
      close(keep);
      if (node.type !== 'text') {
        out += this.#leaf(node, lineBreak);
        continue;
      }
      const isCode = marks.length > wanted.length;
      let text = node.text ?? '';
      if (!isCode && wanted.length > open.length) {
        const [space = ''] = /^\s*/.exec(text) ?? [];
        out += space;
        text = text.slice(space.length);
        if (!text) continue;
      }
      for (const mark of wanted.slice(open.length))
        out += mark.type === 'link' ? '[' : (fences[mark.type] ?? '');
      open = wanted;
      out += isCode ? code(text) : escaped(text);
    }
    close(0);
    return (out.endsWith(lineBreak) ? out.slice(0, -lineBreak.length) : out).trim();
  }

  #leaf(node: JSONContent, lineBreak: string): string {
    const attrs = node.attrs ?? {};
    if (node.type === 'hardBreak') return lineBreak;
    if (node.type === 'image') {
      const alt = String(attrs.alt ?? '').replace(/[[\]\\]/g, '\\$&');
      return `![${alt}](${destination(this.#address(String(attrs.src ?? '')))}${titled(attrs.title)})`;
    }
    if (node.type === 'mention') {
      const href = this.#address(mentionAddress(String(attrs.kind), String(attrs.id)));
      return `[${escaped(String(attrs.label ?? ''))}](${destination(href)})`;
    }
    return '';
  }
}

/** Neighbouring texts of equal marks are one: what is escaped depends on what follows. */
function joined(nodes: readonly JSONContent[]): JSONContent[] {
  const out: JSONContent[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    const same =
      node.type === 'text' &&
      last?.type === 'text' &&
      JSON.stringify(last.marks ?? []) === JSON.stringify(node.marks ?? []);
    if (same) out[out.length - 1] = { ...last, text: `${last.text}${node.text}` };
    else out.push(node);
  }
  return out;
}

function code(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  let length = 1;
  while (runs.has(length)) length++;
  const fence = '`'.repeat(length);
  const space = /^`|`$|^ .*[^ ].* $/.test(text) ? ' ' : '';
  return fence + space + text + space + fence;
}

/** Writes a body as Markdown, with a line break at its end. */
export function writeMarkdown(body: JSONContent, options: WriteOptions = {}): string {
  const text = new Writer(options).blocks(body.content ?? []);
  return text ? `${text}\n` : '';
}
