// Text that is hard to show: one with nothing to be seen in it, and one without an end.

/** Spaces, controls, marks without a letter, and what is drawn as nothing. */
const unseen = /[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** @returns the text, or `otherwise` when there is nothing to be seen in it */
export function visible(text: string, otherwise: string): string {
  // Nearly every text shows a letter at its beginning.
  return /^[\w(]/.test(text) || text.replace(unseen, '') !== '' ? text : otherwise;
}

/** @returns at most so many UTF-16 units of the text, and no half of a character at the end */
export function beginning(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
