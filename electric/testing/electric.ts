// A shape server in memory that does what Electric does to whoever polls, and fails when it is told to. Time is the test's.
import type { Upstream } from '../proxy';

/** How long a live request waits, unless it is said otherwise, ms. */
export const longPoll = 20_000;

export interface Shape {
  readonly key: string;
  handle: number;
  /** Positions in the database's log; a message's place in this list is its offset. */
  log: number[];
  readonly waiting: Set<() => void>;
  /** What the next request gets instead of an answer. */
  fails: ('busy' | 'malformed' | 'broken' | 'cut')[];
  /** When requests failed, by handle and offset. */
  readonly failed: { readonly place: string; readonly at: number }[];
}

/** Shapes as Electric serves them, in parts of at most `part` messages. */
export class Electric {
  readonly shapes = new Map<string, Shape>();
  lsn = 0;
  asked = 0;
  open = 0;

  /** @param ends ms after which it answers that nothing has happened, of one request after the other */
  constructor(
    private readonly part: number,
    private readonly ends: readonly number[] = [longPoll],
  ) {}

  shape(table: string, workspace: string, person: string): Shape {
    const key = table === 'notice' ? `${table}/${workspace}/${person}` : `${table}/${workspace}`;
    const made = { key, handle: 1, log: [], waiting: new Set<() => void>(), fails: [], failed: [] };
    const shape: Shape = this.shapes.get(key) ?? made;
    this.shapes.set(key, shape);
    return shape;
  }

  write(shape: Shape): void {
    shape.log.push(++this.lsn);
    this.wake(shape);
  }

  wake(shape: Shape): void {
    for (const go of [...shape.waiting]) go();
  }

  readonly upstream: Upstream = async (params, signal) => {
    this.asked++;
    this.open++;
    try {
      return await this.#answer(params, signal);
    } finally {
      this.open--;
    }
  };

  async #answer(params: URLSearchParams, signal: AbortSignal): Promise<Response> {
    const table = params.get('table')!.replace('public.', '');
    const shape = this.shape(table, params.get('params[1]')!, params.get('params[2]') ?? '');
    const [handle, offset] = [Number(params.get('handle')), Number.parseInt(params.get('offset')!, 10)];
    const until = performance.now() + this.ends[this.asked % this.ends.length]!;
    const fails = () => shape.fails.length > 0;
    while (!fails() && handle === shape.handle && offset >= shape.log.length && performance.now() < until) {
      let wake = () => {};
      await new Promise<void>((go) => {
        wake = go;
        setTimeout(go, until - performance.now());
        shape.waiting.add(go);
        signal.addEventListener('abort', wake);
      });
      signal.removeEventListener('abort', wake);
      shape.waiting.delete(wake);
      signal.throwIfAborted();
    }
    const fault = shape.fails.shift();
    if (fault) shape.failed.push({ place: `${handle}/${offset}`, at: performance.now() });
    if (fault === 'broken') throw new Error('The connection broke.');
    if (fault === 'busy') return new Response('{}', { status: 503 });
    if (fault === 'malformed') return new Response('{}', { status: 400 });
    if (fault === 'cut') return new Response(new ReadableStream({ start: (c) => c.error(new Error('cut')) }));
    if (handle !== shape.handle) return Response.json([], { status: 409 });
    return this.#rows(shape, offset, Number(params.get('cursor') ?? 0));
  }

  #rows(shape: Shape, offset: number, cursor: number): Response {
    const rows = shape.log.slice(offset, offset + this.part);
    const end = offset + rows.length;
    const messages: object[] = rows.map((lsn) => ({ key: shape.key, headers: { operation: 'insert', lsn } }));
    const headers: Record<string, string> = {
      'electric-handle': String(shape.handle),
      'electric-offset': `${end}_0`,
      'electric-cursor': String(cursor + 1),
    };
    if (end >= shape.log.length) {
      headers['electric-up-to-date'] = '';
      messages.push({ headers: { control: 'up-to-date', global_last_seen_lsn: String(this.lsn) } });
    }
    return Response.json(messages, { headers });
  }
}
