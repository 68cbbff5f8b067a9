// A person at the server, over HTTP: makes accounts, workspaces and rows for a test to begin with, and reads the rows
// that the server holds, to compare them with what the interface shows.
import { randomUUID } from 'node:crypto';
import type { Server } from './server';

export type Row = Record<string, string | null>;

export interface WriteOperation {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly id: string;
  readonly set?: Record<string, unknown>;
}

let people = 0;
/** Bytes of a request stay well below what the server takes. */
const OPERATIONS_PER_WRITE = 2_000;

export class Person {
  readonly email: string;
  readonly password = 'a long enough password';
  #cookie = '';
  readonly #clientId = randomUUID();
  #n = 0;

  private constructor(
    readonly server: Server,
    readonly name: string,
  ) {
    this.email = `${name.toLowerCase()}.${process.pid}.${++people}@example.org`;
  }

  /** A name and an address that nobody has yet. */
  static unknown(server: Server, name: string): Person {
    return new Person(server, name);
  }

  static async signUp(server: Server, name: string): Promise<Person> {
    const person = new Person(server, name);
    const { email, password } = person;
    await person.#send('POST', '/api/auth/sign-up/email', { name, email, password });
    return person;
  }

  async signIn(): Promise<void> {
    await this.#send('POST', '/api/auth/sign-in/email', { email: this.email, password: this.password });
  }

  /** Ends all sessions of this person on every device; each hears of it at its next request. */
  async endAllSessions(): Promise<void> {
    await this.signIn();
    await this.#send('POST', '/api/auth/revoke-sessions', {});
  }

  /** @returns the workspace's id */
  async createWorkspace(name: string): Promise<string> {
    const made = await this.#send<{ workspaceId: string }>('POST', '/api/workspaces', { name });
    return made.workspaceId;
  }

  /** Invites the other one and accepts in their name. */
  async invite(workspaceId: string, other: Person, role: 'owner' | 'member' | 'guest'): Promise<void> {
    const { url } = await this.#send<{ url: string }>('POST', `/api/workspaces/${workspaceId}/invites`, {
      role,
    });
    const token = new URL(url).pathname.split('/').at(-1);
    await other.#send('POST', `/api/invites/${token}/accept`, {});
  }

  /**
   * Writes as another device of this person would, and fails if the server refuses any of it.
   * @param accepted the verdicts that the test reckons with
   */
  async write(
    operations: readonly WriteOperation[],
    accepted: readonly string[] = ['applied'],
  ): Promise<void> {
    for (let from = 0; from < operations.length; from += OPERATIONS_PER_WRITE) {
      const part = operations.slice(from, from + OPERATIONS_PER_WRITE);
      const clock = `${Date.now().toString(16).padStart(12, '0')}-0000-${this.#clientId.slice(-12)}`;
      const sent = part.map((op) => ({ set: {}, ...op, was: {}, clock }));
      const { answers } = await this.#send<{ answers: { verdicts: { status: string }[] }[] }>(
        'POST',
        '/api/write',
        {
          protocol: 3,
          clientId: this.#clientId,
          serverId: null,
          acknowledged: 0,
          transactions: [{ n: ++this.#n, operations: sent }],
        },
      );
      const bad = answers.flatMap((a) => a.verdicts).find((v) => !accepted.includes(v.status));
      if (bad || answers.length !== 1) throw new Error(`the server did not apply it: ${JSON.stringify(bad)}`);
    }
  }

  /** Takes (fromId), adds (toId) or moves stock. @throws when the server does not */
  async moveStock(movement: {
    workspaceId: string;
    itemId: string;
    fromId?: string;
    toId?: string;
    quantity: number;
  }): Promise<void> {
    await this.#send('POST', '/api/stock/movements', { id: randomUUID(), ...movement });
  }

  /** The rows of a synced table that the server holds for this person, by id. */
  async rows(workspaceId: string, table: string): Promise<Map<string, Row>> {
    const rows = new Map<string, Row>();
    for (let resume: Record<string, string> = { offset: '-1' }; ; ) {
      const query = new URLSearchParams({ workspace: workspaceId, ...resume });
      const response = await this.#fetch('GET', `/api/shapes/${table}?${query}`);
      const messages = (await response.json()) as {
        value?: Row;
        headers: { operation?: string; control?: string };
      }[];
      for (const { value, headers } of messages) {
        if (!value?.id) continue;
        if (headers.operation === 'delete') rows.delete(value.id);
        else rows.set(value.id, { ...rows.get(value.id), ...value });
      }
      if (messages.some((m) => m.headers.control === 'up-to-date')) return rows;
      resume = {
        offset: response.headers.get('electric-offset') ?? '',
        handle: response.headers.get('electric-handle') ?? '',
      };
    }
  }

  async #send<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.#fetch(method, path, body);
    return (await response.json()) as T;
  }

  async #fetch(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        cookie: this.#cookie,
        origin: this.server.url,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (cookies.length > 0) this.#cookie = cookies.join('; ');
    return response;
  }
}
