// Bodies from before, trees of Yjs elements, carried over into the linear text. The old tree stays as it is: what a
// device with an older program still writes into it is found by its clocks, and carried over, too.
import * as Y from 'yjs';
import { type Attributes, appendBlocks, type Block, Container, containers, type Piece } from './blocks';
import { BODY_CARRIED, BODY_TEXT, OLD_BODY } from './body';

/** Deeper than people write. */
const DEEPEST = 60;

/** How the old form said what is so by default. */
const usual: Attributes = { colspan: 1, rowspan: 1, start: 1, checked: false };

function known(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name, value]) => value !== null && value !== undefined && usual[name] !== value,
    ),
  );
}

type Part = Y.XmlFragment | Y.XmlElement | Y.XmlText | Y.XmlHook;

const isElement = (part: Part): part is Y.XmlElement => part instanceof Y.XmlElement;

/** What stands in a line has nothing in it. */
const isLine = (children: readonly Part[]) =>
  children.every((part) => part instanceof Y.XmlText || (isElement(part) && part.length === 0)) &&
  children.some((part) => part instanceof Y.XmlText || !blockNames.has((part as Y.XmlElement).nodeName));

const blockNames: ReadonlySet<string> = new Set([
  ...containers,
  'paragraph',
  'heading',
  'codeBlock',
  'horizontalRule',
]);

function oldPieces(children: readonly Part[]): Piece[] {
  return children.flatMap((part): Piece[] => {
    if (part instanceof Y.XmlText) {
      return (part.toDelta() as { insert: unknown; attributes?: Attributes }[]).flatMap((run) =>
        typeof run.insert === 'string' ? [{ text: run.insert, marks: oldMarks(run.attributes ?? {}) }] : [],
      );
    }
    if (!isElement(part)) return [];
    if (part.nodeName === 'hardBreak') return [{ text: '\n', marks: {} }];
    return [{ atom: { ...known(part.getAttributes() as Attributes), atom: part.nodeName }, marks: {} }];
  });
}

function oldMarks(attributes: Attributes): Attributes {
  const marks: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) continue;
    const own = typeof value === 'object' ? known(value as Attributes) : {};
    // Marks that could overlap had a hash behind their names.
    marks[name.replace(/--[a-zA-Z0-9+/=]{8}$/, '')] = Object.keys(own).length > 0 ? own : true;
  }
  return marks;
}

/** Walks without recursion, because nothing limits how deep a hostile document is. */
function oldBlocks(body: Y.XmlFragment): Block[] {
  const blocks: Block[] = [];
  const childrenOf = (part: Y.XmlFragment) => part.toArray() as Part[];
  const stack: { part: Part; inside: Container | null }[] = [];
  const push = (children: readonly Part[], inside: Container | null) => {
    for (const part of [...children].reverse()) stack.push({ part, inside });
  };
  push(childrenOf(body), null);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { part, inside } = next;
    if (part instanceof Y.XmlText) {
      blocks.push({ attributes: Container.block(inside, 'paragraph', {}), pieces: oldPieces([part]) });
      continue;
    }
    if (!isElement(part)) continue;
    const children = childrenOf(part);
    const name = part.nodeName;
    const own = known(part.getAttributes() as Attributes);
    if (children.length === 0 || isLine(children)) {
      const kind = containers.has(name) && name !== 'tableRow' ? 'paragraph' : name;
      blocks.push({ attributes: Container.block(inside, kind, own), pieces: oldPieces(children) });
    } else if (containers.has(name) && (inside?.path.length ?? 0) < DEEPEST) {
      push(children, new Container(name, own, inside));
    } else push(children, inside);
  }
  return blocks;
}

type Clocks = Readonly<Record<string, number>>;

/** What the map of carried bodies holds, by the Yjs client that wrote the carried letters. */
interface Carried {
  /** Of what was written late: the carried body that it adds to. Null: a whole body. */
  readonly base: string | null;
  /** How far the old body reached. */
  readonly clocks: Clocks;
}

function clocksOf(doc: Y.Doc): Clocks {
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b);
  return Object.fromEntries(clocks);
}

function carriedIn(doc: Y.Doc): { whole: string[]; all: Map<string, Carried> } {
  const all = new Map<string, Carried>();
  doc.getMap(BODY_CARRIED).forEach((value, client) => {
    if (typeof value === 'object' && value !== null) all.set(client, value as Carried);
  });
  const whole = [...all].filter(([, { base }]) => base === null).map(([client]) => client);
  return { whole: whole.sort(), all };
}

/** What was written into the old body after it was carried over, each text of it a line. */
function lateLines(doc: Y.Doc): string[] {
  const reached: Record<string, number> = {};
  const { whole, all } = carriedIn(doc);
  for (const [made, { base, clocks }] of all) {
    if (made !== whole[0] && base !== whole[0]) continue;
    for (const [client, clock] of Object.entries(clocks ?? {})) {
      reached[client] = Math.max(reached[client] ?? 0, clock);
    }
  }
  const lines: string[] = [];
  const stack: Part[] = [doc.getXmlFragment(OLD_BODY)];
  for (let part = stack.pop(); part; part = stack.pop()) {
    if (part instanceof Y.XmlFragment) stack.push(...(part.toArray() as Part[]).reverse());
    if (!(part instanceof Y.XmlText)) continue;
    let line = '';
    for (let item = part._start; item; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
      const from = Math.max(0, (reached[item.id.client] ?? 0) - item.id.clock);
      line += item.content.str.slice(from);
    }
    if (line !== '') lines.push(line);
  }
  return lines;
}

/** A number for a Yjs client that only what is said here gives. */
function clientOf(said: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < said.length; i++) hash = Math.imul(hash ^ said.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The whole linear text as its items lie, also what was deleted: the same here, the same update. */
function layOf(text: Y.Text): string {
  const parts: string[] = [];
  for (let item = text._start; item; item = item.right) {
    parts.push(`${item.id.client}.${item.id.clock}.${item.length}${item.deleted ? '-' : ''}`);
  }
  return parts.join(' ');
}

/** @returns what the old body has and the linear text has not; they are words to search, too */
export function notCarried(doc: Y.Doc): Block[] {
  const old = doc.getXmlFragment(OLD_BODY);
  if (old.length === 0) return [];
  if (carriedIn(doc).whole.length === 0) return oldBlocks(old);
  return lateLines(doc).map((line) => ({ attributes: {}, pieces: [{ text: line, marks: {} }] }));
}

/**
 * Devices that did not have the same each carried a body over. The letters of one of these stay; of the others goes what
 * was carried, and stays what people wrote into it since. What only their old bodies had is late, then.
 */
function removeTwice(doc: Y.Doc, origin: unknown): boolean {
  const twice = new Set(carriedIn(doc).whole.slice(1));
  if (twice.size === 0) return false;
  const text = doc.getText(BODY_TEXT);
  const ranges: { at: number; length: number }[] = [];
  let at = 0;
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (twice.has(String(item.id.client))) ranges.push({ at, length: item.length });
    at += item.length;
  }
  if (ranges.length === 0) return false;
  doc.transact(() => {
    for (const range of ranges.reverse()) text.delete(range.at, range.length);
  }, origin);
  return true;
}

/**
 * Carries over what is not yet. Devices that have the same make the same update, so that it does not matter how many do.
 * @param origin of the change
 * @returns whether there was something
 */
export function carryOver(doc: Y.Doc, origin: unknown): boolean {
  const removed = removeTwice(doc, origin);
  const blocks = notCarried(doc);
  if (blocks.length === 0) return removed;
  const clocks = clocksOf(doc);
  const made = new Y.Doc();
  try {
    const isFirst = doc.getText(BODY_TEXT)._start === null;
    if (!isFirst) Y.applyUpdate(made, Y.encodeStateAsUpdate(doc));
    const text = made.getText(BODY_TEXT);
    const name = JSON.stringify([blocks, clocks, layOf(text)]);
    made.clientID = clientOf(name);
    const before = Y.encodeStateVector(made);
    made.transact(() => {
      appendBlocks(text, blocks);
      const carried: Carried = { base: carriedIn(doc).whole[0] ?? null, clocks };
      made.getMap(BODY_CARRIED).set(String(made.clientID), carried);
    });
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(made, before), origin);
  } finally {
    made.destroy();
  }
  return true;
}
