// A body as one linear text: characters with their marks, and before each block but the first a marker, a Y.Map that
// says what the block is. A block is changed, split and joined without its characters being touched.
import * as Y from 'yjs';

export type Attributes = Readonly<Record<string, unknown>>;

/** Characters of one run of marks, or one thing that stands in a line, such as an image. '\n' is a line break. */
export type Piece =
  | { readonly text: string; readonly marks: Attributes }
  | { readonly atom: Attributes; readonly marks: Attributes };

/**
 * A paragraph, heading and so on, with what it stands in. Of its attributes `kind` is its own name (absent:
 * 'paragraph'), `path` the names of what it stands in, from the outside, `join` how many of these it shares with the
 * block before (absent: sharedByDefault). `NAME.n` is an attribute of what it opens, n levels above it; the others are
 * its own.
 */
export interface Block {
  readonly attributes: Attributes;
  readonly pieces: readonly Piece[];
}

export interface StoredBlock extends Block {
  /** Null: it is the first block, whose attributes are those of the text. */
  readonly marker: Y.Map<unknown> | null;
  /** Where its first character stands in the text. */
  readonly index: number;
}

/** What a foreign thing in the text is shown as, so that each place in it has a character. */
const FOREIGN = '\uFFFC';

/** Names of what blocks stand in. */
export const containers: ReadonlySet<string> = new Set([
  'blockquote',
  'bulletList',
  'orderedList',
  'taskList',
  'listItem',
  'taskItem',
  'table',
  'tableRow',
  'tableCell',
  'tableHeader',
]);

/** Of these each block begins a new one, unless it says otherwise. */
const oneBlock: ReadonlySet<string> = new Set(['listItem', 'taskItem', 'tableCell', 'tableHeader']);

export function sharedByDefault(path: readonly string[]): number {
  return path.length > 0 && oneBlock.has(path.at(-1)!) ? path.length - 1 : path.length;
}

/** Reads whatever is there: nothing in a text is refused, and each place of it belongs to one block. */
export function readBlocks(text: Y.Text): StoredBlock[] {
  let pieces: Piece[] = [];
  let index = 0;
  const blocks: StoredBlock[] = [{ marker: null, index, attributes: text.getAttributes(), pieces }];
  let marks: Attributes = {};
  let run = '';
  const endRun = () => {
    if (run) pieces.push({ text: run, marks });
    run = '';
  };
  for (let item = text._start; item; item = item.right) {
    if (item.deleted) continue;
    const { content } = item;
    if (content instanceof Y.ContentFormat) {
      endRun();
      const { [content.key]: _, ...rest } = marks;
      const value: unknown = content.value;
      marks = value === null ? rest : { ...rest, [content.key]: value };
      continue;
    }
    if (!item.countable) continue;
    index += item.length;
    if (content instanceof Y.ContentString) run += content.str;
    else if (content instanceof Y.ContentType && content.type instanceof Y.Map) {
      endRun();
      const attributes = attributesOf(content.type);
      if (typeof attributes.atom === 'string') pieces.push({ atom: attributes, marks });
      else {
        pieces = [];
        blocks.push({ marker: content.type, index, attributes, pieces });
      }
    } else run += FOREIGN.repeat(item.length);
  }
  endRun();
  return blocks;
}

function attributesOf(map: Y.Map<unknown>): Attributes {
  const out: Record<string, unknown> = {};
  map.forEach((value, name) => {
    if (!(value instanceof Y.AbstractType)) out[name] = value;
  });
  return out;
}

/** A marker or an atom, as it is put into a text. */
export function embedOf(attributes: Attributes): Y.Map<unknown> {
  return new Y.Map(Object.entries(attributes));
}

export function insertPieces(text: Y.Text, at: number, pieces: readonly Piece[]): number {
  let index = at;
  for (const piece of pieces) {
    if ('text' in piece) {
      text.insert(index, piece.text, { ...piece.marks });
      index += piece.text.length;
    } else {
      text.insertEmbed(index, embedOf(piece.atom), { ...piece.marks });
      index++;
    }
  }
  return index;
}

export function setRootAttributes(text: Y.Text, attributes: Attributes): void {
  const old: Attributes = text.getAttributes();
  for (const name of Object.keys(old)) if (!(name in attributes)) text.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (JSON.stringify(old[name]) !== JSON.stringify(value)) text.setAttribute(name, value);
  }
}

/** Puts blocks behind what is there; into an empty text the first of them without a marker. */
export function appendBlocks(text: Y.Text, blocks: readonly Block[]): void {
  const write = () => {
    let isEmpty = text.length === 0 && Object.keys(text.getAttributes()).length === 0;
    let index = text.length;
    for (const { attributes, pieces } of blocks) {
      if (isEmpty) setRootAttributes(text, attributes);
      else text.insertEmbed(index++, embedOf(attributes), {});
      isEmpty = false;
      index = insertPieces(text, index, pieces);
    }
  };
  if (text.doc) text.doc.transact(write);
  else write();
}

/** Something that blocks stand in, while blocks are written from a tree. */
export class Container {
  /** A block in it was written. */
  #begun = false;
  readonly path: readonly Container[];

  constructor(
    readonly name: string,
    /** Without those that are as they are by default. */
    readonly attributes: Attributes,
    parent: Container | null,
  ) {
    this.path = parent ? [...parent.path, this] : [this];
  }

  /** The attributes of the next block in `inside`. */
  static block(inside: Container | null, kind: string, own: Attributes): Attributes {
    const path = inside?.path ?? [];
    const names = path.map(({ name }) => name);
    const out: Record<string, unknown> = {};
    if (kind !== 'paragraph') out.kind = kind;
    if (names.length > 0) out.path = names.join(' ');
    const shared = path.findIndex((container) => !container.#begun);
    const join = shared < 0 ? path.length : shared;
    if (join !== sharedByDefault(names)) out.join = join;
    for (const [i, container] of path.entries()) {
      if (container.#begun) continue;
      container.#begun = true;
      for (const [name, value] of Object.entries(container.attributes)) {
        out[`${name}.${path.length - 1 - i}`] = value;
      }
    }
    return { ...out, ...own };
  }
}
