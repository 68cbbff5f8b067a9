// Where a position of the editor lies in the linear text of a body, and the other way about.
import type { Node } from '@tiptap/pm/model';
import { NodeSelection, type Selection, TextSelection } from '@tiptap/pm/state';
import * as Y from 'yjs';
import { isContainer, textLength } from './body-blocks';

/** @returns the place of the text that the position stands before */
export function placeAt(doc: Node, position: number): number {
  // The first block has no marker.
  let marker = -1;
  let node = doc;
  let rest = position;
  for (;;) {
    let inside: Node | null = null;
    for (const child of node.children) {
      if (rest < child.nodeSize) {
        inside = child;
        break;
      }
      rest -= child.nodeSize;
      marker += textLength(child);
    }
    // Behind all of them, or before one.
    if (!inside) return Math.max(0, marker);
    if (rest === 0) return Math.max(0, marker + Math.min(1, textLength(inside)));
    rest--;
    if (!isContainer(inside)) {
      if (textLength(inside) === 0) return Math.max(0, marker);
      return marker + 1 + (inside.isTextblock ? Math.min(rest, inside.content.size) : 0);
    }
    node = inside;
  }
}

/** @returns the position before this place of the text */
export function positionOf(doc: Node, place: number): number {
  let marker = -1;
  let node = doc;
  let position = 0;
  for (;;) {
    let inside: Node | null = null;
    for (const child of node.children) {
      const length = textLength(child);
      if (length > 0 && place < marker + 1 + length) {
        inside = child;
        break;
      }
      marker += length;
      position += child.nodeSize;
    }
    if (!inside) return Math.min(position, doc.content.size);
    if (!isContainer(inside)) {
      return inside.isTextblock ? position + 1 + Math.max(0, place - marker - 1) : position;
    }
    // A row of fillers.
    if (inside.type.name === 'tableRow' && inside.children.every((cell) => textLength(cell) === 0))
      return position;
    position++;
    node = inside;
  }
}

/** A selection that holds on to letters, while others write. */
export type HeldSelection =
  | { readonly kind: 'text'; readonly anchor: Y.RelativePosition; readonly head: Y.RelativePosition }
  | { readonly kind: 'node'; readonly at: Y.RelativePosition };

/** Holds on to the letter before each end: a caret stays behind the letter that it stands behind. */
export function hold(text: Y.Text, doc: Node, selection: Selection): HeldSelection | null {
  const at = (position: number, side: number) =>
    Y.createRelativePositionFromTypeIndex(text, Math.min(placeAt(doc, position), text.length), side);
  if (selection instanceof TextSelection)
    return { kind: 'text', anchor: at(selection.anchor, -1), head: at(selection.head, -1) };
  if (selection instanceof NodeSelection && selection.node.isInline)
    return { kind: 'node', at: at(selection.from, 0) };
  return null;
}

/** @returns the position in `doc`, which shows `text`; null: it is of another text */
export function positionHeld(text: Y.Text, doc: Node, held: Y.RelativePosition): number | null {
  const found = text.doc && Y.createAbsolutePositionFromRelativePosition(held, text.doc);
  return found && found.type === text ? positionOf(doc, found.index) : null;
}

export function selectionHeld(text: Y.Text, doc: Node, held: HeldSelection): Selection | null {
  const at = (position: Y.RelativePosition) => positionHeld(text, doc, position);
  if (held.kind === 'node') {
    const position = at(held.at);
    return position !== null && doc.nodeAt(position)?.isInline ? NodeSelection.create(doc, position) : null;
  }
  const [anchor, head] = [at(held.anchor), at(held.head)];
  if (anchor === null || head === null) return null;
  return TextSelection.between(doc.resolve(anchor), doc.resolve(head));
}
