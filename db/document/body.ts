// What a page's body is as a Yjs document: where the text lies in it, and how large its parts may be.

/** The root of the text, a Y.Text: one sequence of characters and marks of blocks (./blocks.ts). */
export const BODY_TEXT = 'body';

/** The root where bodies lay before, an XmlFragment; what is in it is carried over (./carry.ts). */
export const OLD_BODY = 'default';
/** A Y.Map: for each time that an old body was carried over, how far it reached then. */
export const BODY_CARRIED = 'carried';

/** Bytes and structs of one update that the server takes. What people type is far below; a large paste is, too. */
export const updateLimits = { bytes: 4_000_000, structs: 400_000 } as const;
