// The socket of documents that are open: passes cursors and updates between the tabs in a room, and stores nothing.
// Who may be in a room is asked of the database when they come, when memberships change, and every RECHECK ms (A1).
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pool } from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import { LIVE_BEAT, LIVE_PATH, liveClose, liveLimits } from '../../db/page/live';
import { PERSON_HEADER } from '../../db/sync/wire';
import type { Role } from '../account';
import { ApiFailure } from '../sync/errors';
import { isOwnOrigin } from '../sync/origin';
import { Connection } from './connection';
import { Room } from './room';

/** Also without being told of a change, a person who is no member any more is out after this, ms. */
const RECHECK = 15_000;

export interface LiveOptions {
  readonly pool: Pool;
  /** @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<{ readonly id: string }>;
  readonly publicUrl: string | null;
  log(line: string): void;
}

export class LiveDocuments {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: liveLimits.frameBytes,
    perMessageDeflate: false,
  });
  readonly #rooms = new Map<string, Room>();
  readonly #connections = new Set<Connection>();
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  #checking: Promise<void> | null = null;
  #again = false;

  constructor(private readonly options: LiveOptions) {
    this.#timers = [
      setInterval(() => void this.recheck(), RECHECK),
      setInterval(() => {
        for (const connection of this.#connections) connection.beat();
      }, LIVE_BEAT),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Takes the upgrades of this server that are for it; others are left to whoever else listens. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (new URL(request.url ?? '/', 'http://x').pathname !== LIVE_PATH) {
        if (server.listenerCount('upgrade') === 1) socket.destroy();
        return;
      }
      void this.#upgrade(request, socket, head).catch((error: Error) => {
        this.options.log(`${LIVE_PATH}: ${error.message}`);
        socket.destroy();
      });
    });
  }

  /** Memberships or sessions may have changed: whoever has lost theirs is cut off. */
  recheck(): Promise<void> {
    if (this.#checking) {
      this.#again = true;
      return this.#checking;
    }
    this.#checking = this.#recheck()
      .catch((error: Error) => this.options.log(`${LIVE_PATH}: ${error.message}`))
      .finally(() => {
        this.#checking = null;
        if (this.#again) {
          this.#again = false;
          void this.recheck();
        }
      });
    return this.#checking;
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of [...this.#connections]) connection.end();
    this.#sockets.close();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A caller that is gone before it was answered.
    socket.on('error', () => {});
    const asked = requestOf(request);
    if (!isOwnOrigin(asked.headers, this.options.publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const person = await this.options.person(asked).catch((error: unknown) => {
      if (isSignedOut(error)) return null;
      throw error;
    });
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      // A browser does not tell a page the status of a refused upgrade; a close code it does.
      const own = [...this.#connections].filter((c) => c.userId === person?.id);
      if (!person) ws.close(liveClose.signedOut);
      else if (own.length >= liveLimits.connections) ws.close(liveClose.tooMuch);
      else this.#connect(ws, person.id, asked);
    });
  }

  #connect(ws: WebSocket, userId: string, request: Request): void {
    const connection = new Connection(ws, userId, request, {
      roleIn: async (workspaceId) =>
        (await this.#roles([{ userId, workspaceId }])).get(`${userId}/${workspaceId}`),
      room: (key) => {
        const room = this.#rooms.get(key) ?? new Room();
        this.#rooms.set(key, room);
        return room;
      },
      left: (key, room) => {
        if (room.isEmpty && this.#rooms.get(key) === room) this.#rooms.delete(key);
      },
      ended: () => this.#connections.delete(connection),
      log: this.options.log,
    });
    this.#connections.add(connection);
  }

  async #recheck(): Promise<void> {
    const connections = [...this.#connections];
    if (connections.length === 0) return;
    const roles = await this.#roles(
      connections.flatMap((c) =>
        [...c.workspaces()].map((workspaceId) => ({ userId: c.userId, workspaceId })),
      ),
    );
    await Promise.all(
      connections.map(async (connection) => {
        const { userId } = connection;
        connection.allow((workspaceId) => roles.get(`${userId}/${workspaceId}`));
        const person = await this.options.person(connection.request).catch((error: unknown) => {
          // Only a session that is known to be over ends it: the database may be away for a moment.
          if (isSignedOut(error)) return null;
          return { id: userId };
        });
        if (person?.id !== userId) connection.end(liveClose.signedOut);
      }),
    );
  }

  async #roles(
    asked: readonly { readonly userId: string; readonly workspaceId: string }[],
  ): Promise<Map<string, Role>> {
    const { rows } = await this.options.pool.query<{ key: string; role: Role }>(
      `select distinct m.user_id || '/' || m.workspace_id as key, m.role from member m
         join unnest($1::text[], $2::uuid[]) as a (user_id, workspace_id) using (user_id, workspace_id)`,
      [asked.map((a) => a.userId), asked.map((a) => a.workspaceId)],
    );
    return new Map(rows.map((row) => [row.key, row.role]));
  }
}

const isSignedOut = (error: unknown) => error instanceof ApiFailure && error.kind === 'signed-out';

/** A socket's request as the routes see theirs; the person is named in the address, as a page sets no headers. */
function requestOf(incoming: IncomingMessage): Request {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`);
  const headers = new Headers();
  for (const name of ['cookie', 'origin', 'host', 'sec-fetch-site'] as const) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const person = url.searchParams.get('person');
  if (person) headers.set(PERSON_HEADER, person);
  return new Request(url, { headers });
}
