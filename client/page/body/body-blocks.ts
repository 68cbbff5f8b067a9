// Bodies as the editor has them, written as the blocks of a linear text, and read from any blocks whatever: what the
// schema does not allow is made fit, and each character and each marker keeps one place of its own.
import { Fragment, type Mark, type Node, type NodeType, type Schema } from '@tiptap/pm/model';
import { EditorState } from '@tiptap/pm/state';
import { fixTables } from '@tiptap/pm/tables';
import {
  type Attributes,
  type Block,
  Container,
  containers,
  type Piece,
  sharedByDefault,
} from '../../../db/page/blocks';

/** Deeper than people write; what is deeper is shown at this depth. */
const DEEPEST = 60;
const MOST_SPAN = 500;

/** Empty cells that only fill up a table whose rows differ: nothing in the text stands for them. */
const fillers = new WeakSet<Node>();

const isFiller = (node: Node) => node.content.size === 0 && fillers.has(node);
export const isContainer = (node: Node) => containers.has(node.type.name) && node.childCount > 0;

/** Whether two nodes are alike, and the same in the text. */
export function twins(a: Node, b: Node): boolean {
  return a === b || (a.eq(b) && fillAlike(a, b));
}

function fillAlike(a: Node, b: Node): boolean {
  if (a === b || a.isLeaf) return true;
  if (a.isTextblock) return isFiller(a) === isFiller(b);
  return a.children.every((child, i) => fillAlike(child, b.child(i)));
}

const lengths = new WeakMap<Node, number>();

/** Places that a node takes in the text. The first block of a body has no marker: there it is one less. */
export function textLength(node: Node): number {
  const known = lengths.get(node);
  if (known !== undefined) return known;
  let length = 0;
  if (isContainer(node) || node.type === node.type.schema.topNodeType) {
    for (const child of node.children) length += textLength(child);
    // A row that only fillers are in stands for itself.
    if (length === 0 && node.type.name === 'tableRow') length = 1;
  } else if (!isFiller(node)) length = 1 + (node.isTextblock ? node.content.size : 0);
  lengths.set(node, length);
  return length;
}

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Attributes that are not as they are by default. */
function ownAttributes(attrs: Attributes, type: NodeType | Mark['type']): Record<string, unknown> {
  const defaults: Readonly<Record<string, { readonly default?: unknown }>> = type.spec.attrs ?? {};
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null && value !== undefined && !same(value, defaults[name]?.default)) out[name] = value;
  }
  return out;
}

const noMarks: Attributes = {};
const marksCache = new WeakMap<readonly Mark[], Attributes>();

function marksOf(marks: readonly Mark[]): Attributes {
  if (marks.length === 0) return noMarks;
  const known = marksCache.get(marks);
  if (known) return known;
  const out: Record<string, unknown> = {};
  for (const mark of marks) {
    const own = ownAttributes(mark.attrs, mark.type);
    out[mark.type.name] = Object.keys(own).length > 0 ? own : true;
  }
  marksCache.set(marks, out);
  return out;
}

/** What stands in a line. */
export function piecesOf(content: Fragment): Piece[] {
  const pieces: Piece[] = [];
  content.forEach((node) => {
    const marks = marksOf(node.marks);
    if (node.isText) pieces.push({ text: node.text!, marks });
    else if (node.type.name === 'hardBreak') pieces.push({ text: '\n', marks });
    else pieces.push({ atom: { ...ownAttributes(node.attrs, node.type), atom: node.type.name }, marks });
  });
  return pieces;
}

/** The blocks of nodes that stand beside each other at the top of a body. */
export function blocksOf(nodes: readonly Node[]): Block[] {
  const blocks: Block[] = [];
  const walk = (node: Node, inside: Container | null) => {
    const { name } = node.type;
    if (textLength(node) === 0) return;
    const own = ownAttributes(node.attrs, node.type);
    if (!isContainer(node) || (name === 'tableRow' && !node.children.some((cell) => textLength(cell) > 0))) {
      const pieces = node.isTextblock ? piecesOf(node.content) : [];
      blocks.push({ attributes: Container.block(inside, name, own), pieces });
      return;
    }
    const container = new Container(name, own, inside);
    for (const child of node.children) walk(child, container);
  };
  for (const node of nodes) walk(node, null);
  return blocks;
}

const itemOf: Readonly<Record<string, string>> = {
  bulletList: 'listItem',
  orderedList: 'listItem',
  taskList: 'taskItem',
};
const isItem = (name: string | undefined) => name === 'listItem' || name === 'taskItem';
const isCell = (name: string | undefined) => name === 'tableCell' || name === 'tableHeader';

/** The names that make sense in this order. */
function soundPath(path: unknown): string[] {
  const names = typeof path === 'string' ? path.split(' ', DEEPEST) : [];
  const out: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const [name, next, after] = names.slice(i) as [string, string?, string?];
    if (name === 'blockquote') out.push(name);
    else if (itemOf[name] && itemOf[name] === next) out.push(name, names[++i]!);
    else if (name === 'table' && next === 'tableRow' && isCell(after)) {
      out.push(name, next, after!);
      i += 2;
    } else if (name === 'table' && i === names.length - 1) out.push(name);
  }
  return out;
}

interface Opened {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: Node[];
}

/** Reads blocks as nodes of the schema. */
class Reader {
  readonly #open: Opened[] = [];
  readonly top: Node[] = [];

  constructor(private readonly schema: Schema) {}

  add({ attributes, pieces }: Block): void {
    let path = soundPath(attributes.path);
    let kind = this.#kindOf(attributes.kind, pieces);
    if (kind === 'tableRow' && (pieces.length > 0 || path.at(-1) !== 'table')) {
      if (path.at(-1) === 'table') path.push('tableRow', 'tableCell');
      kind = 'paragraph';
    } else if (kind !== 'tableRow' && path.at(-1) === 'table') path.pop();
    const { join } = attributes;
    let shared = typeof join === 'number' ? Math.max(0, Math.floor(join)) : sharedByDefault(path);
    shared = this.#common(path, shared);
    // An item begins with a paragraph: what begins one without is outside of it.
    for (let i = path.length - 1; i >= shared; i--) {
      if (!isItem(path[i]) || (i === path.length - 1 && kind === 'paragraph')) continue;
      path = [...path.slice(0, i - 1), ...path.slice(i + 1)];
      shared = this.#common(path, Math.min(shared, i - 1));
    }
    while (this.#open.length > shared) this.#close();
    for (let i = shared; i < path.length; i++) {
      this.#open.push({
        name: path[i]!,
        attributes: this.#attributes(path[i]!, attributes, `.${path.length - 1 - i}`),
        children: [],
      });
    }
    this.#put(this.#leaf(kind, attributes, pieces));
  }

  end(): Node[] {
    while (this.#open.length > 0) this.#close();
    return this.top;
  }

  #common(path: readonly string[], most: number): number {
    let common = 0;
    while (common < most && common < path.length && this.#open[common]?.name === path[common]) common++;
    return common;
  }

  #kindOf(kind: unknown, pieces: readonly Piece[]): string {
    switch (kind) {
      case 'heading':
      case 'tableRow':
        return kind;
      case 'codeBlock':
        return pieces.every((piece) => 'text' in piece) ? kind : 'paragraph';
      case 'horizontalRule':
        return pieces.length === 0 ? kind : 'paragraph';
      default:
        return 'paragraph';
    }
  }

  #put(...nodes: readonly Node[]): void {
    (this.#open.at(-1)?.children ?? this.top).push(...nodes);
  }

  #close(): void {
    const { name, attributes, children } = this.#open.pop()!;
    const node = this.schema.nodes[name]!.create(attributes, children);
    if (name !== 'table') this.#put(node);
    else if (children.some((row) => row.childCount > 0)) this.#put(filled(node));
    else this.#put(...children.map(() => this.schema.nodes.paragraph!.create()));
  }

  #leaf(kind: string, attributes: Attributes, pieces: readonly Piece[]): Node {
    const type = this.schema.nodes[kind]!;
    const attrs = this.#attributes(kind, attributes, '');
    if (!type.isTextblock) return type.create(attrs);
    const isCode = type.spec.code === true;
    return type.create(attrs, Fragment.fromArray(pieces.flatMap((piece) => this.#inline(piece, isCode))));
  }

  #inline(piece: Piece, isCode: boolean): Node[] {
    const { schema } = this;
    if (isCode) return 'text' in piece ? [schema.text(piece.text)] : [];
    const marks = this.#marks(piece.marks);
    if ('text' in piece) {
      return piece.text
        .split(/(\n)/)
        .filter((part) => part !== '')
        .map((part) =>
          part === '\n' ? schema.nodes.hardBreak!.create(null, null, marks) : schema.text(part, marks),
        );
    }
    const type = schema.nodes[String(piece.atom.atom)];
    if (!type?.isInline || type.isText || !type.isLeaf) return [schema.text('\uFFFC', marks)];
    return [type.create(this.#attributes(type.name, piece.atom, ''), null, marks)];
  }

  #marks(marks: Attributes): readonly Mark[] {
    let out: readonly Mark[] = [];
    for (const [name, value] of Object.entries(marks)) {
      const type = this.schema.marks[name];
      if (!type || value === null || value === false) continue;
      const attrs = typeof value === 'object' ? (value as Attributes) : {};
      out = type.create(sound(attrs, type.spec.attrs ?? {}, '')).addToSet(out);
    }
    return out;
  }

  #attributes(name: string, attributes: Attributes, ending: string): Attributes {
    return sound(attributes, this.schema.nodes[name]!.spec.attrs ?? {}, ending);
  }
}

/** Values that the schema knows and that can be what they should be. */
function sound(
  values: Attributes,
  wanted: Readonly<Record<string, { readonly default?: unknown }>>,
  ending: string,
): Attributes {
  const out: Record<string, unknown> = {};
  for (const [name, { default: usual }] of Object.entries(wanted)) {
    const value = values[name + ending];
    if (value === undefined || value === null) continue;
    if (usual !== null && usual !== undefined && typeof value !== typeof usual) continue;
    if (name === 'level' && ![1, 2, 3, 4].includes(value as number)) continue;
    if (
      /^(col|row)span$/.test(name) &&
      !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_SPAN)
    )
      continue;
    if (name === 'colwidth' && !(Array.isArray(value) && value.every((width) => typeof width === 'number')))
      continue;
    if (name === 'start' && !Number.isInteger(value)) continue;
    out[name] = value;
  }
  return out;
}

/** All rows of a table made as long as the longest. */
function filled(table: Node): Node {
  const state = EditorState.create({ doc: table.type.schema.topNodeType.create(null, table) });
  const fix = fixTables(state);
  if (!fix) return table;
  const known = new Set<Node>();
  table.descendants((node) => void known.add(node));
  const out = fix.doc.firstChild!;
  out.descendants((node) => {
    if (node.isTextblock && node.content.size === 0 && !known.has(node)) fillers.add(node);
  });
  return out;
}

/** @returns nodes for the top of a body; at least one */
export function nodesOf(blocks: readonly Block[], schema: Schema): Node[] {
  const reader = new Reader(schema);
  for (const block of blocks) reader.add(block);
  return reader.end();
}

export function bodyNode(blocks: readonly Block[], schema: Schema): Node {
  return schema.topNodeType.create(null, nodesOf(blocks, schema));
}
