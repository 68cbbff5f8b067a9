// One answer of the upstream to a live poll, as JSON for whoever waits for it: made once, however many they are.
import type { z } from 'zod';
import type { ApiErrorKind, apiError, LiveAnswer } from '../db/sync/wire';
import type { ShapeRefused } from './proxy';

export type LiveResult = LiveAnswer['results'][number];

/** Status of a refusal, as a request of its own would get it. */
const refusalStatus = {
  malformed: 400,
  'not-found': 404,
  forbidden: 403,
  busy: 503,
} as const satisfies Partial<Record<ApiErrorKind, number>>;

const CURSOR = 'electric-cursor';

export class SharedAnswer {
  /** Before and after the cursor, which may be another one for each. */
  #pieces: readonly [string, string] | null = null;

  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
  ) {}

  /** @throws when the body breaks off */
  static async of(response: Response): Promise<SharedAnswer> {
    const body = await response.text();
    return new SharedAnswer(response.status, Object.fromEntries(response.headers), body);
  }

  static refusal(error: ShapeRefused): SharedAnswer {
    const body: z.infer<typeof apiError> = { error: { kind: error.kind, sentence: error.message } };
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    };
    if (error.kind === 'busy') headers['retry-after'] = '1';
    return new SharedAnswer(refusalStatus[error.kind], headers, JSON.stringify(body));
  }

  get cursor(): string | undefined {
    return this.headers[CURSOR];
  }

  /** Nothing has happened at this place of the shape; the log ends there. */
  isNothing(handle: string | undefined, offset: string | undefined): boolean {
    const { headers, status, body } = this;
    if (status !== 200 || headers['electric-offset'] !== offset || headers['electric-handle'] !== handle) {
      return false;
    }
    return headers['electric-up-to-date'] !== undefined && isOnlyUpToDate(body);
  }

  /**
   * The result as JSON.
   * @param cursor the client's own; it gets one that is above it, as it would from the upstream
   */
  text(id: string, cursor: string | undefined): string {
    this.#pieces ??= piecesOf(this);
    const [before, after] = this.#pieces;
    return `{"id":${JSON.stringify(id)},${before}${above(this.cursor, cursor)}${after}`;
  }
}

function piecesOf({ status, headers, body }: SharedAnswer): readonly [string, string] {
  const { [CURSOR]: cursor, ...others } = headers;
  const named = Object.entries(others).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  const end = `},"body":${JSON.stringify(body)}}`;
  if (cursor === undefined) return [`"status":${status},"headers":{${named.join()}`, end];
  return [`"status":${status},"headers":{${[...named, `"${CURSOR}":"`].join()}`, `"${end}`];
}

/** Electric's cursors are numbers that grow, so that no cache answers the same request twice. */
function above(cursor: string | undefined, own: string | undefined): string {
  if (cursor === undefined) return '';
  const [next, last] = [Number(cursor), Number(own)];
  return Number.isSafeInteger(last) && last >= next ? String(last + 1) : JSON.stringify(cursor).slice(1, -1);
}

function isOnlyUpToDate(body: string): boolean {
  // Rows are longer, or there is more than one message.
  if (body.length > 300) return false;
  try {
    const messages = JSON.parse(body) as { headers?: { control?: unknown } }[];
    return messages.length === 1 && messages[0]?.headers?.control === 'up-to-date';
  } catch {
    return false;
  }
}
