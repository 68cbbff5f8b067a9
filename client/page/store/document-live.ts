// The socket of a tab: cursors and typing of others at once, for every open document. Only ever a shortcut: what it
// carries is stored before, and comes as rows as well. Connects while a document is open; comes again by itself.
import {
  type Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import {
  decodeLive,
  encodeLive,
  LIVE_BEAT,
  LIVE_PATH,
  type LiveMessage,
  liveLimits,
} from '../../../db/page/live';

export type LiveState = 'off' | 'connecting' | 'on';

export interface LiveMember {
  readonly awareness: Awareness;
  /** @param row id of the row that holds the update */
  onUpdate(row: string, update: Uint8Array): void;
  /** @param others how many other tabs have the document open */
  onState(live: LiveState, others: number): void;
}

export interface LiveRoom {
  /** Passes a stored update on to the others; lost when there is no connection, because its row comes anyway. */
  send(row: string, update: Uint8Array): void;
  leave(): void;
}

/** What is used of a WebSocket. */
export interface LiveSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  send(frame: Uint8Array<ArrayBuffer>): void;
  close(): void;
  onopen: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
}

export interface LiveOptions {
  /** Origin of the API, http or https, without a trailing slash. */
  readonly baseUrl: string;
  readonly userId: string;
  readonly connect?: (url: string) => LiveSocket;
  /** Longest pause before a new attempt, ms. */
  readonly maxPause?: number;
}

/** First pause, ms. All that a server lost when it went come again spread over it, and over more each time. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** Cursors move with each key; the others see them this often, ms. */
const SHOW_EVERY = 60;
/** What cannot be sent now is not worth sending later: its rows are on the way. */
const BEHIND = 1_000_000;

interface Room {
  readonly channel: number;
  readonly workspaceId: string;
  readonly documentId: string;
  readonly member: LiveMember;
  state: LiveState;
  /** Set while what is to be shown is gathered. */
  showing: ReturnType<typeof setTimeout> | undefined;
}

export class LiveConnection {
  #socket: LiveSocket | null = null;
  #isOpen = false;
  #rooms = new Map<number, Room>();
  #channels = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #online = () => {
    if (this.#retry !== undefined) this.#pause(FIRST_PAUSE);
  };

  /** A browser may keep a line that leads nowhere any more, or that it should not use. */
  readonly #offline = () => this.#dead();

  constructor(private readonly options: LiveOptions) {
    if (typeof addEventListener !== 'function') return;
    addEventListener('online', this.#online);
    addEventListener('offline', this.#offline);
  }

  join(workspaceId: string, documentId: string, member: LiveMember): LiveRoom {
    const channel = ++this.#channels;
    const room: Room = {
      channel,
      workspaceId,
      documentId,
      member,
      state: 'connecting',
      showing: undefined,
    };
    this.#rooms.set(channel, room);
    const show = (_: unknown, origin: unknown) => {
      if (origin === 'local' && room.state === 'on') this.#show(room);
    };
    member.awareness.on('update', show);
    member.onState('connecting', 0);
    if (this.#isOpen) this.#send({ kind: 'join', channel, workspaceId, documentId });
    else this.#connect();
    return {
      send: (row, bytes) => {
        const isSmall = bytes.byteLength < liveLimits.frameBytes - 1_000;
        if (room.state === 'on' && isSmall) this.#send({ kind: 'update', channel, row, bytes });
      },
      leave: () => {
        member.awareness.off('update', show);
        clearTimeout(room.showing);
        if (!this.#rooms.delete(channel)) return;
        if (this.#isOpen) this.#send({ kind: 'leave', channel });
        if (this.#rooms.size === 0) this.#disconnect();
      },
    };
  }

  /** Hangs up for good. */
  close(): void {
    if (typeof removeEventListener === 'function') {
      removeEventListener('online', this.#online);
      removeEventListener('offline', this.#offline);
    }
    for (const room of this.#rooms.values()) this.#set(room, 'off', 0);
    this.#rooms.clear();
    this.#disconnect();
  }

  #connect(): void {
    if (this.#socket || this.#retry !== undefined || this.#rooms.size === 0) return;
    const { baseUrl, userId, connect = (url) => new WebSocket(url) } = this.options;
    if (isOffline()) {
      this.#pause(this.options.maxPause ?? LONGEST_PAUSE);
      return;
    }
    const address = `${baseUrl.replace(/^http/, 'ws')}${LIVE_PATH}?person=${encodeURIComponent(userId)}`;
    const socket: LiveSocket = connect(address);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#isOpen = true;
      this.#listen();
      for (const { channel, workspaceId, documentId } of this.#rooms.values()) {
        this.#send({ kind: 'join', channel, workspaceId, documentId });
      }
    };
    socket.onmessage = ({ data }: { readonly data: unknown }) => {
      if (this.#socket !== socket || !(data instanceof ArrayBuffer)) return;
      this.#listen();
      const message = decodeLive(new Uint8Array(data));
      if (message) this.#heard(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#lost();
      this.#failures++;
      this.#pause(FIRST_PAUSE * 2 ** Math.min(this.#failures, 6));
    };
  }

  /** A line on which nothing is heard for two beats is dead, whatever the browser thinks. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#dead(), 2 * LIVE_BEAT);
  }

  #dead(): void {
    const socket = this.#socket;
    socket?.onclose?.(undefined as never);
    socket?.close();
  }

  #heard(message: LiveMessage): void {
    if (message.kind === 'beat') return;
    const room = this.#rooms.get(message.channel);
    if (!room) return;
    const { awareness } = room.member;
    switch (message.kind) {
      case 'others': {
        this.#failures = 0;
        const isNew = room.state !== 'on';
        this.#set(room, 'on', message.count);
        // With a clock that rises: the others may remember this cursor as gone.
        if (isNew) awareness.setLocalState(awareness.getLocalState() ?? {});
        return;
      }
      case 'denied':
        this.#set(room, 'off', 0);
        return;
      case 'awareness':
        applyAwarenessUpdate(awareness, message.bytes, this);
        return;
      case 'update':
        room.member.onUpdate(message.row, message.bytes);
    }
  }

  #show(room: Room): void {
    room.showing ??= setTimeout(() => {
      room.showing = undefined;
      const { awareness } = room.member;
      if (room.state !== 'on') return;
      const bytes = encodeAwarenessUpdate(awareness, [awareness.clientID]);
      this.#send({ kind: 'awareness', channel: room.channel, bytes });
    }, SHOW_EVERY);
  }

  #send(message: LiveMessage): void {
    if (!this.#isOpen || !this.#socket) return;
    if (message.kind === 'update' && this.#socket.bufferedAmount > BEHIND) return;
    this.#socket.send(encodeLive(message) as Uint8Array<ArrayBuffer>);
  }

  #set(room: Room, state: LiveState, others: number): void {
    const { awareness } = room.member;
    if (state !== 'on') {
      const gone = [...awareness.getStates().keys()].filter((id) => id !== awareness.clientID);
      removeAwarenessStates(awareness, gone, this);
    }
    room.state = state;
    room.member.onState(state, others);
  }

  /** Waits before the next attempt: some part of `ms`, so that not all come at once. */
  #pause(ms: number): void {
    clearTimeout(this.#retry);
    const longest = this.options.maxPause ?? LONGEST_PAUSE;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#connect();
    }, Math.min(longest, ms) * Math.random());
  }

  #lost(): void {
    this.#socket = null;
    this.#isOpen = false;
    clearTimeout(this.#silence);
    for (const room of this.#rooms.values()) this.#set(room, 'connecting', 0);
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const socket = this.#socket;
    this.#lost();
    socket?.close();
  }
}

const shared = new Map<string, LiveConnection>();

/** @returns this tab's connection of a person; null where there are no sockets. */
export function sharedLive(userId: string): LiveConnection | null {
  if (typeof WebSocket !== 'function' || typeof location !== 'object') return null;
  const connection = shared.get(userId) ?? new LiveConnection({ baseUrl: location.origin, userId });
  shared.set(userId, connection);
  return connection;
}

/** Where nobody says so, there is a network. */
function isOffline(): boolean {
  return typeof navigator === 'object' && navigator.onLine === false;
}
