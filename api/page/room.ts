// Who has one document open now, and what they show of themselves. Nothing of it is stored.
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import * as Y from 'yjs';
import { type LiveMessage, liveLimits } from '../../db/page/live';

/** A tab in a room. */
export interface Member {
  readonly channel: number;
  /** Guests look on. */
  mayWrite: boolean;
  send(message: LiveMessage): void;
}

/** Cursors that one tab may show: its own, and those of the editor that it replaced. */
const CURSORS = 8;

export class Room {
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  /** The tabs, each with the Yjs clients that are its. */
  #members = new Map<Member, Set<number>>();

  constructor() {
    this.#awareness.setLocalState(null);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  enter(member: Member): void {
    this.#members.set(member, new Set());
    const shown = [...this.#awareness.getStates().keys()];
    this.#count();
    if (shown.length > 0) {
      const bytes = encodeAwarenessUpdate(this.#awareness, shown);
      member.send({ kind: 'awareness', channel: member.channel, bytes });
    }
  }

  /** The cursors of a tab that leaves go with it. */
  leave(member: Member): void {
    const clients = [...(this.#members.get(member) ?? [])].filter((id) => this.#awareness.states.has(id));
    this.#members.delete(member);
    if (clients.length > 0) {
      removeAwarenessStates(this.#awareness, clients, 'left');
      const bytes = encodeAwarenessUpdate(this.#awareness, clients);
      this.#pass(member, (channel) => ({ kind: 'awareness', channel, bytes }));
    }
    this.#count();
    if (this.isEmpty) {
      this.#awareness.destroy();
      this.#doc.destroy();
    }
  }

  /** @returns false for what is no awareness update, or speaks for somebody else. */
  show(member: Member, bytes: Uint8Array): boolean {
    const own = this.#members.get(member);
    const clients = clientsIn(bytes);
    if (!own || !clients) return false;
    for (const id of clients) {
      if ([...this.#members].some(([other, theirs]) => other !== member && theirs.has(id))) return false;
      own.add(id);
    }
    if (own.size > CURSORS) return false;
    applyAwarenessUpdate(this.#awareness, bytes, member);
    this.#pass(member, (channel) => ({ kind: 'awareness', channel, bytes }));
    return true;
  }

  pass(member: Member, row: string, bytes: Uint8Array): void {
    this.#pass(member, (channel) => ({ kind: 'update', channel, row, bytes }));
  }

  #pass(from: Member, message: (channel: number) => LiveMessage): void {
    for (const member of this.#members.keys()) {
      if (member !== from) member.send(message(member.channel));
    }
  }

  #count(): void {
    const count = this.#members.size - 1;
    for (const member of this.#members.keys())
      member.send({ kind: 'others', channel: member.channel, count });
  }
}

/** @returns the Yjs clients that an awareness update speaks for; null: it is none. */
function clientsIn(bytes: Uint8Array): number[] | null {
  if (bytes.byteLength > liveLimits.awarenessBytes) return null;
  try {
    const from = createDecoder(bytes);
    const count = readVarUint(from);
    if (count > CURSORS) return null;
    return Array.from({ length: count }, () => {
      const client = readVarUint(from);
      readVarUint(from);
      const state: unknown = JSON.parse(readVarString(from));
      if (typeof state !== 'object') throw new TypeError('a state is an object');
      return client;
    });
  } catch {
    return null;
  }
}
