// Whether bytes are a Yjs update that can be taken in: both the server (A2) and the socket ask, before anybody else
// has to read them.
import * as Y from 'yjs';
import { updateLimits } from './body';

export type UpdateFault = 'malformed' | 'too-large';

/** No item that people write is longer; a larger number is made up, and would block clocks for ever. */
const LONGEST = 2 ** 31;
/** Up to here the update is also tried on an empty document: hostile orders cost the square of the structs. */
const TRIED = 2_000;

/**
 * Reads an update without keeping anything of it. Time and memory are bounded by updateLimits.
 * @returns what is wrong with it, or null
 */
export function updateFault(bytes: Uint8Array): UpdateFault | null {
  if (bytes.byteLength > updateLimits.bytes) return 'too-large';
  try {
    const { structs, ds } = Y.decodeUpdate(bytes);
    if (structs.length > updateLimits.structs) return 'too-large';
    if (structs.length === 0 && ds.clients.size === 0 && bytes.byteLength > 2) return 'malformed';
    for (const struct of structs) {
      if (!isPlausible(struct.id.client, struct.id.clock, struct.length)) return 'malformed';
      // A document inside the document would be one that nobody checks.
      if (struct instanceof Y.Item && struct.content instanceof Y.ContentDoc) return 'malformed';
    }
    for (const [client, deletes] of ds.clients) {
      if (deletes.some(({ clock, len }) => !isPlausible(client, clock, len))) return 'malformed';
    }
    if (structs.length <= TRIED) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, bytes);
      doc.destroy();
    }
    return null;
  } catch {
    return 'malformed';
  }
}

function isPlausible(client: number, clock: number, length: number): boolean {
  return (
    Number.isSafeInteger(client) &&
    client >= 0 &&
    Number.isSafeInteger(clock) &&
    clock >= 0 &&
    clock < LONGEST &&
    length > 0 &&
    length < LONGEST
  );
}

/** Postgres text of a bytea ('\x' and hexadecimal digits), as it travels in JSON. */
const hexText = /^\\x(?:[0-9a-f]{2})+$/;

/** @returns the bytes of Postgres text, or null if it is none. */
export function bytesOfText(text: unknown): Uint8Array | null {
  if (typeof text !== 'string' || !hexText.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  }
  return bytes;
}
