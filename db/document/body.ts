// What a page's body is as a Yjs document: where the text lies in it, and how large its parts may be.

/** The root of the text, an XmlFragment; TipTap's Collaboration must be given it as its field. */
export const BODY_FIELD = 'default';

/** Bytes and structs of one update that the server takes. What people type is far below; a large paste is, too. */
export const updateLimits = { bytes: 4_000_000, structs: 400_000 } as const;
