// The socket of a tab: cursors and typing of others at once, for every open document. Only ever a shortcut: what it
// carries is stored before, and comes as rows as well.
import type { Awareness } from 'y-protocols/awareness';

export interface LiveMember {
  readonly awareness: Awareness;
  /** @param row id of the row that holds, or will hold, the update */
  onUpdate(row: string, update: Uint8Array): void;
  /** @param others how many other tabs have the document open */
  onState(live: 'off' | 'connecting' | 'on', others: number): void;
}

export interface LiveRoom {
  /** Passes a stored update on to the others; lost when there is no connection, because its row comes anyway. */
  send(row: string, update: Uint8Array): void;
  leave(): void;
}

export interface LiveConnection {
  join(workspaceId: string, documentId: string, member: LiveMember): LiveRoom;
  close(): void;
}
