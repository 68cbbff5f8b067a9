// Somebody who sends as much as they can, as a program of its own, so that making the load is no load of the server's
// event loop. Arguments: JSON of GreedyOptions. Writes one line for each answer, and goes on until it is killed or done.
import { formatClock } from '../../db/sync/clock';
import { PROTOCOL } from '../../db/sync/wire';

export interface GreedyOptions {
  readonly url: string;
  /** The session, as a Cookie header; absent: nobody's. */
  readonly cookie?: string;
  readonly workspaceId: string;
  readonly projectId: string;
  /** Requests under way at once. */
  readonly atOnce: number;
  /** Of each write. */
  readonly operations: number;
  /** Of each operation. */
  readonly bytes: number;
  /** Requests altogether; absent: without an end. */
  readonly requests?: number;
  /** Says no length before it sends. */
  readonly chunked?: boolean;
}

/** One line of output. */
export interface GreedyAnswer {
  readonly status: number;
  /** Of the error; null: it was applied. */
  readonly kind: string | null;
  readonly retryAfter: string | null;
  /** Since 1970. */
  readonly at: number;
}

const node = crypto.randomUUID().slice(-12);
let counter = 0;

function writeOf(options: GreedyOptions): Uint8Array {
  const description = 'x'.repeat(Math.max(0, options.bytes - 420));
  const operations = Array.from({ length: options.operations }, (_, i) => ({
    kind: 'insert',
    table: 'task',
    id: crypto.randomUUID(),
    set: {
      workspace_id: options.workspaceId,
      project_id: options.projectId,
      title: `Task ${i}`,
      description,
      position: 'a0',
    },
    was: {},
    clock: formatClock(Date.now(), counter++ & 0xffff, node),
  }));
  const request = {
    protocol: PROTOCOL,
    clientId: crypto.randomUUID(),
    serverId: null,
    mark: null,
    acknowledged: 0,
    transactions: [{ n: 1, operations }],
  };
  return new TextEncoder().encode(JSON.stringify(request));
}

async function send(options: GreedyOptions, body: Uint8Array): Promise<GreedyAnswer> {
  const parts = new Blob([body as Uint8Array<ArrayBuffer>]).stream();
  const response = await fetch(`${options.url}/api/write`, {
    method: 'POST',
    headers: {
      origin: options.url,
      'content-type': 'application/json',
      ...(options.cookie ? { cookie: options.cookie } : {}),
    },
    ...(options.chunked ? { body: parts, duplex: 'half' } : { body: body as Uint8Array<ArrayBuffer> }),
  } as RequestInit);
  const answer = (await response.json().catch(() => null)) as { error?: { kind: string } } | null;
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, kind: answer?.error?.kind ?? null, retryAfter, at: Date.now() };
}

const options = JSON.parse(process.argv[2]!) as GreedyOptions;
let left = options.requests ?? Number.POSITIVE_INFINITY;
async function lane(): Promise<void> {
  while (left-- > 0) {
    const body = writeOf(options);
    // A server that cuts the line has answered, too.
    const nothing = { status: 0, kind: 'cut', retryAfter: null };
    const answer = await send(options, body).catch(() => ({ ...nothing, at: Date.now() }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    // Rude, but not a storm of refusals: that would measure how fast refusals are.
    if (answer.status !== 200) await new Promise((done) => setTimeout(done, 250));
  }
}
await Promise.all(Array.from({ length: options.atOnce }, lane));
