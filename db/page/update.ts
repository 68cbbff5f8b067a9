// Whether bytes are a Yjs update that can be taken in: both the server (A2) and the socket ask, before anybody else
// has to read them.
import * as Y from 'yjs';
import { updateLimits } from './body';

export type UpdateFault = 'malformed' | 'too-large';

/** No item that people write is longer; a larger number is made up, and would block clocks for ever. */
const LONGEST = 2 ** 31;
/**
 * Up to here the update is also tried on an empty document: hostile orders cost the square of the structs. At this many
 * it is under 1 ms, at 2,000 half a second.
 */
const TRIED = 100;

/**
 * Reads an update without keeping anything of it. Time and memory are bounded by updateLimits: up to 0.4 ms for each
 * 1,000 bytes.
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

/** @returns the value of a hexadecimal digit in lower case; -1: it is none. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** @returns the bytes of a bytea as Postgres writes it ('\x' and hexadecimal digits), or null if the text is none. */
export function bytesOfText(text: unknown): Uint8Array | null {
  if (typeof text !== 'string' || text.length < 4 || text.length % 2 !== 0 || !text.startsWith('\\x'))
    return null;
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = digit(text.charCodeAt(2 + 2 * i));
    const low = digit(text.charCodeAt(3 + 2 * i));
    if (high < 0 || low < 0) return null;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}
