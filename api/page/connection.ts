// One tab's socket on the server: its rooms, its limits, its end.
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { decodeLive, encodeLive, type LiveMessage, liveClose, liveLimits } from '../../db/page/live';
import type { UpdateFault } from '../../db/page/update';
import { uuid } from '../../db/sync/uuid';
import type { Role } from '../account';
import { Allowance } from '../sync/allowance';
import { ApiFailure } from '../sync/errors';
import { faultsOf } from './faults';
import type { Member, Room } from './room';

/** A reader this far behind is cut off, bytes: it comes again, and the rows have everything. */
const BEHIND = 4_000_000;

export interface ConnectionPlace {
  roleIn(workspaceId: string): Promise<Role | undefined>;
  /** The room of this key, made if need be. */
  room(key: string): Room;
  left(key: string, room: Room): void;
  ended(): void;
  log(line: string): void;
}

interface Seat {
  readonly workspaceId: string;
  readonly key: string;
  readonly room: Room;
  readonly member: Member;
}

const ids = z.object({ workspaceId: uuid, documentId: uuid });

export class Connection {
  readonly #seats = new Map<number, Seat>();
  readonly #messages = new Allowance(liveLimits.messages, liveLimits.burst);
  readonly #bytes = new Allowance(liveLimits.bytes, liveLimits.burst);
  /** Messages are handled in their order, also across the question to the database. */
  #queue: Promise<void> = Promise.resolve();
  #heard = true;
  #over = false;

  constructor(
    private readonly socket: WebSocket,
    readonly userId: string,
    readonly request: Request,
    private readonly place: ConnectionPlace,
  ) {
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => this.#take(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.#heard = true;
    });
    // A frame that is too large, or no WebSocket: ws closes it, and 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#ended());
  }

  workspaces(): Set<string> {
    return new Set([...this.#seats.values()].map((seat) => seat.workspaceId));
  }

  /** Takes away the rooms of workspaces without a role, and what the role does not allow. */
  allow(roleIn: (workspaceId: string) => Role | undefined): void {
    for (const [channel, { workspaceId, member }] of [...this.#seats]) {
      const role = roleIn(workspaceId);
      if (role === undefined) {
        this.#leave(channel);
        this.#send({ kind: 'denied', channel });
      } else member.mayWrite = role !== 'guest';
    }
  }

  /** Tells the tab that the line is alive, and finds out whether the tab is. */
  beat(): void {
    if (!this.#heard) {
      this.socket.terminate();
      return;
    }
    this.#heard = false;
    this.socket.ping();
    this.#send({ kind: 'beat' });
  }

  /** @param code absent: at once, without a word */
  end(code?: number): void {
    this.#ended();
    if (code === undefined) this.socket.terminate();
    else this.socket.close(code);
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#over) return;
    const message = isBinary ? decodeLive(data) : null;
    if (!this.#messages.take(1) || !this.#bytes.take(data.byteLength)) this.end(liveClose.tooMuch);
    else if (!message) this.end(liveClose.malformed);
    else this.#enqueue(message);
  }

  #enqueue(message: LiveMessage): void {
    this.#queue = this.#queue
      .then(() => this.#handle(message))
      .catch((error: Error) => {
        this.place.log(`a live document: ${error.message}`);
        this.end();
      });
  }

  async #handle(message: LiveMessage): Promise<void> {
    if (this.#over) return;
    switch (message.kind) {
      case 'join':
        await this.#join(message);
        return;
      case 'leave':
        this.#leave(message.channel);
        return;
      case 'awareness': {
        const seat = this.#seats.get(message.channel);
        if (seat && !seat.room.show(seat.member, message.bytes)) this.end(liveClose.malformed);
        return;
      }
      case 'update': {
        // A room that was taken away a moment ago is no fault of the tab.
        const seat = this.#seats.get(message.channel);
        if (!seat?.member.mayWrite) return;
        const row = uuid.safeParse(message.row).data;
        const [fault] = row === undefined ? [] : await this.#faults(message.bytes);
        if (this.#over || !seat.member.mayWrite || this.#seats.get(message.channel) !== seat) return;
        if (row !== undefined && fault === null) seat.room.pass(seat.member, row, message.bytes);
        else this.end(liveClose.malformed);
        return;
      }
      default:
        this.end(liveClose.malformed);
    }
  }

  /** @returns what is wrong with it; nothing at all when this person has too much waiting */
  async #faults(bytes: Uint8Array): Promise<(UpdateFault | null)[]> {
    return await faultsOf([bytes], this.userId).catch((error: unknown) => {
      if (!(error instanceof ApiFailure)) throw error;
      this.end(liveClose.tooMuch);
      return [];
    });
  }

  async #join(message: Extract<LiveMessage, { kind: 'join' }>): Promise<void> {
    const { channel } = message;
    const named = ids.safeParse(message);
    if (!named.success || this.#seats.has(channel)) {
      this.end(liveClose.malformed);
      return;
    }
    if (this.#seats.size >= liveLimits.rooms) {
      this.end(liveClose.tooMuch);
      return;
    }
    const { workspaceId, documentId } = named.data;
    const role = await this.place.roleIn(workspaceId);
    if (this.#over) return;
    if (role === undefined) {
      this.#send({ kind: 'denied', channel });
      return;
    }
    // The workspace is part of the room: a document of another one is another document.
    const key = `${workspaceId}/${documentId}`;
    const room = this.place.room(key);
    const member: Member = { channel, mayWrite: role !== 'guest', send: (m) => this.#send(m) };
    this.#seats.set(channel, { workspaceId, key, room, member });
    room.enter(member);
  }

  #leave(channel: number): void {
    const seat = this.#seats.get(channel);
    if (!seat) return;
    this.#seats.delete(channel);
    seat.room.leave(seat.member);
    this.place.left(seat.key, seat.room);
  }

  #send(message: LiveMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > BEHIND) this.socket.terminate();
    else this.socket.send(encodeLive(message));
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    for (const channel of [...this.#seats.keys()]) this.#leave(channel);
    this.place.ended();
  }
}
