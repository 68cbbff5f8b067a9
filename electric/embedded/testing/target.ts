// What the contract suite runs against: the embedded server always, and another one, real Electric as a rule, when
// ELECTRIC_URL is given together with DATABASE_URL, the database that it serves.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createTestDatabase } from '../../../scripts/testing/postgres';
import { createShapeServer } from '../server';
import type { Message } from './reader';

export interface Target {
  readonly sql: Client;
  /** To be given to clients together with `fetch`. */
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Makes a table of its own for a test; the text follows the name. */
  table(definition: string): Promise<string>;
  close(): Promise<void>;
}

export interface TargetKind {
  readonly name: string;
  readonly embedded: boolean;
  open(): Promise<Target>;
}

/** What a real Electric (as of 1.7.12) does otherwise. Tests of it are skipped there, by name and with this reason. */
export const electricDiffers = {
  interval:
    'Electric 1.7.12 takes timestamptz + interval in a where clause, and has no case for it when a row changes.',
  partition:
    'In the log of Electric 1.7.12 the key of a row names its partition, not the table that was asked for.',
  resume:
    'Electric issue 4755, mended by its pull request 4767: an answer outside of the live phase can carry the position of a transaction whose rows it does not have, and pglite-sync passes over them.',
} as const;

/** @param context of the running test, which is skipped where the target is not the embedded server */
export function skipOnElectric(
  embedded: boolean,
  context: { skip(reason: string): void },
  difference: keyof typeof electricDiffers,
): void {
  if (!embedded) context.skip(electricDiffers[difference]);
}

export const targets: readonly TargetKind[] = [
  { name: 'embedded', embedded: true, open: openEmbedded },
  ...givenElectric(),
];

/** The server that the environment names: it must permit DELETE, as Electric does with ELECTRIC_ENABLE_INTEGRATION_TESTING. */
function givenElectric(): TargetKind[] {
  const url = process.env.ELECTRIC_URL;
  if (!url) return [];
  const databaseUrl = process.env.ELECTRIC_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!databaseUrl)
    throw new Error('ELECTRIC_URL needs DATABASE_URL beside it: the database that it serves.');
  const secret = process.env.ELECTRIC_SECRET;
  return [{ name: new URL(url).host, embedded: false, open: () => openElectric(url, databaseUrl, secret) }];
}

async function openEmbedded(): Promise<Target> {
  const database = await createTestDatabase({ migrated: false });
  const server = await createShapeServer({
    databaseUrl: database.url,
    longPollMs: 1_000,
    allowDelete: true,
    catalogEveryMs: 100,
  });
  const direct = (input: RequestInfo | URL, init?: RequestInit) => server.handle(new Request(input, init));
  return open(database.url, 'http://embedded', direct, async () => {
    await server.close();
    await database.drop();
  });
}

/** @param url with or without `/v1/shape` at its end */
function openElectric(url: string, databaseUrl: string, secret: string | undefined): Promise<Target> {
  const send: typeof fetch = (input, init) => {
    if (!secret) return fetch(input, init);
    const request = new Request(input, init);
    const withSecret = new URL(request.url);
    withSecret.searchParams.set('secret', secret);
    return fetch(new Request(withSecret, request));
  };
  return open(databaseUrl, url.replace(/(\/v1\/shape)?\/*$/, ''), send, async () => {});
}

async function open(
  databaseUrl: string,
  origin: string,
  fetchFrom: typeof fetch,
  close: () => Promise<void>,
): Promise<Target> {
  const sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  await sql.query('set synchronous_commit = on');
  const tables: string[] = [];
  return {
    sql,
    url: `${origin}/v1/shape`,
    fetch: fetchFrom,
    async table(definition) {
      const name = `t_${randomBytes(6).toString('hex')}`;
      await sql.query(`create table ${name} ${definition}`);
      tables.push(name);
      return name;
    },
    async close() {
      for (const name of tables) await sql.query(`drop table if exists ${name} cascade`);
      await sql.end();
      await close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as messages; what it is when it is something else. */
  readonly messages: Message[];
  readonly handle: string;
  readonly offset: string;
}

export type Query = Readonly<Record<string, string>>;

/** One request for a shape. */
export async function ask(target: Target, query: Query, init?: RequestInit): Promise<Answer> {
  const url = new URL(target.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await target.fetch(url, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    messages: /^[[{]/.test(text) ? (JSON.parse(text) as Message[]) : [],
    handle: response.headers.get('electric-handle') ?? '',
    offset: response.headers.get('electric-offset') ?? '',
  };
}

/** Reads a shape from the beginning until it is up to date. */
export async function catchUp(target: Target, query: Query): Promise<Answer & { readonly all: Message[] }> {
  let answer = await ask(target, { ...query, offset: '-1' });
  const all = [...answer.messages];
  while (answer.status === 200 && !answer.headers.has('electric-up-to-date')) {
    answer = await ask(target, { ...query, offset: answer.offset, handle: answer.handle });
    all.push(...answer.messages);
  }
  return { ...answer, all };
}

/** Waits for what comes after an answer, as a client does: an empty answer is asked for again. */
export async function follow(target: Target, query: Query, from: Answer): Promise<Answer> {
  let answer = from;
  do {
    const { offset, handle } = answer;
    answer = await ask(target, { ...query, offset, handle, live: 'true' });
  } while (answer.status === 200 && changes(answer.messages).length === 0);
  return answer;
}

/** The messages that are row changes. */
export function changes(messages: readonly Message[]): Message[] {
  return messages.filter((message) => message.headers.operation !== undefined);
}
