// Sockets of open documents in tests: the client's connection with a person's session, and raw ones that misbehave.
import { WebSocket } from 'ws';
import { LiveConnection } from '../../client/page/store/document-live';
import { decodeLive, encodeLive, LIVE_PATH, type LiveMessage } from '../../db/page/live';
import type { TestPerson } from './api';

export interface TestLive extends LiveConnection {
  /** Breaks the line, as a lost network does. */
  cut(): void;
}

/** The client's connection, in the name of a person. */
export function liveOf(url: string, person: TestPerson, userId: string): TestLive {
  let last: WebSocket | null = null;
  const connect = (address: string) => {
    last = new WebSocket(address, { headers: { cookie: person.cookie, origin: url } });
    last.on('error', () => {});
    return last as unknown as globalThis.WebSocket;
  };
  const connection = new LiveConnection({ baseUrl: url, userId, connect, maxPause: 200 });
  return Object.assign(connection, { cut: () => last?.terminate() });
}

export interface RawLive {
  send(frame: LiveMessage | Uint8Array | string): void;
  /** What the server said, without its beats. */
  readonly heard: readonly LiveMessage[];
  /** The close code, once it was closed. */
  closed(): number | null;
  close(): void;
}

/** A socket that sends whatever it is told to. Resolves when it is open or refused. */
export async function rawLive(
  url: string,
  headers: Readonly<Record<string, string>>,
  query = '',
): Promise<RawLive> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${LIVE_PATH}${query}`, { headers });
  const heard: LiveMessage[] = [];
  let code: number | null = null;
  socket.on('message', (data: Buffer) => {
    const message = decodeLive(data);
    if (message && message.kind !== 'beat') heard.push(message);
  });
  socket.on('close', (reason) => {
    code = reason;
  });
  await new Promise<void>((resolve) => {
    socket.on('open', resolve);
    socket.on('error', () => resolve());
  });
  return {
    heard,
    closed: () => code,
    close: () => socket.close(),
    send: (frame) => {
      const isMessage = typeof frame === 'object' && !(frame instanceof Uint8Array);
      socket.send(isMessage ? encodeLive(frame) : frame);
    },
  };
}
