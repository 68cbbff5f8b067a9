// What a page's body is as a Yjs document: where the text lies in it, and how large its parts may be.

/** The root of the text, a Y.Text: one sequence of characters and marks of blocks (./blocks.ts). */
export const BODY_TEXT = 'body';

/** Bytes and structs of one update that the server takes. What people type is far below; a large paste is, too. */
export const updateLimits = { bytes: 4_000_000, structs: 400_000 } as const;
