// What tabs and the server say to each other about documents that are open: small binary frames. A tab numbers its
// rooms (channel); one socket carries many documents.
import { createDecoder, readUint8, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding';

export const LIVE_PATH = '/api/documents/live';

/** Per frame, connection and person; above, the server hangs up. */
export const liveLimits = {
  frameBytes: 1_000_000,
  awarenessBytes: 16_000,
  rooms: 100,
  connections: 40,
  /** Per second, on the average; for a moment it may be `burst` times that. */
  messages: 150,
  bytes: 1_000_000,
  burst: 4,
} as const;

/** Why the server hangs up: WebSocket close codes. */
export const liveClose = { malformed: 4400, signedOut: 4401, tooMuch: 4429 } as const;

/** The server says something at least this often, ms; twice that without a word is a dead line. */
export const LIVE_BEAT = 20_000;

export type LiveMessage =
  | {
      readonly kind: 'join';
      readonly channel: number;
      readonly workspaceId: string;
      readonly documentId: string;
    }
  | { readonly kind: 'leave'; readonly channel: number }
  /** Both ways: cursors, as y-protocols encodes them. */
  | { readonly kind: 'awareness'; readonly channel: number; readonly bytes: Uint8Array }
  /** Both ways: a Yjs update, and the id of the row that holds it. */
  | { readonly kind: 'update'; readonly channel: number; readonly row: string; readonly bytes: Uint8Array }
  /** From the server: how many others are in the room; the first one answers a join. */
  | { readonly kind: 'others'; readonly channel: number; readonly count: number }
  /** From the server: this document is not for this person, or not any more. */
  | { readonly kind: 'denied'; readonly channel: number }
  | { readonly kind: 'beat' };

const kinds = ['join', 'leave', 'awareness', 'update', 'others', 'denied', 'beat'] as const;

export function encodeLive(message: LiveMessage): Uint8Array {
  const to = createEncoder();
  writeUint8(to, kinds.indexOf(message.kind));
  if (message.kind === 'beat') return toUint8Array(to);
  writeVarUint(to, message.channel);
  switch (message.kind) {
    case 'join':
      writeVarString(to, message.workspaceId);
      writeVarString(to, message.documentId);
      break;
    case 'update':
      writeVarString(to, message.row);
      writeVarUint8Array(to, message.bytes);
      break;
    case 'awareness':
      writeVarUint8Array(to, message.bytes);
      break;
    case 'others':
      writeVarUint(to, message.count);
  }
  return toUint8Array(to);
}

/** @returns null for anything that is no message */
export function decodeLive(frame: Uint8Array): LiveMessage | null {
  try {
    const from = createDecoder(frame);
    const kind = kinds[readUint8(from)];
    if (kind === undefined) return null;
    if (kind === 'beat') return { kind };
    const channel = readVarUint(from);
    switch (kind) {
      case 'join':
        return { kind, channel, workspaceId: readVarString(from), documentId: readVarString(from) };
      case 'update':
        return { kind, channel, row: readVarString(from), bytes: readVarUint8Array(from) };
      case 'awareness':
        return { kind, channel, bytes: readVarUint8Array(from) };
      case 'others':
        return { kind, channel, count: readVarUint(from) };
      default:
        return { kind, channel };
    }
  } catch {
    return null;
  }
}
