// Readers that wait: long polls and server-sent events. Each reads the shape's log at its own pace; a slow one
// holds nothing but its place.
import { comparePositions, type Position } from './position';
import type { Registry } from './registry';
import { upToDateMessage } from './respond';
import type { Shape } from './shape';
import type { WaitResult } from './waiters';

/**
 * Waits until the log has something after the position.
 * @param timeout ms
 * @param signal aborted when the client has gone away
 */
export async function waitForMessages(
  shape: Shape,
  after: Position,
  timeout: number,
  signal: AbortSignal,
): Promise<WaitResult> {
  const deadline = performance.now() + timeout;
  for (;;) {
    if (shape.state === 'dropped') return 'dropped';
    if (signal.aborted) return 'aborted';
    if (comparePositions(shape.log.last, after) > 0) return 'changed';
    const left = deadline - performance.now();
    if (left <= 0) return 'timeout';
    const result = await shape.wait(left, signal);
    if (result !== 'changed') return result;
  }
}

export interface EventStreamOptions {
  /** The stream is closed after this many ms; the client connects again. */
  readonly sseMs: number;
  /** A comment is sent when nothing else was for this many ms. */
  readonly keepAliveMs: number;
}

const encoder = new TextEncoder();

/**
 * The log after a position as server-sent events, one message each, with an up-to-date message after each batch.
 * Nothing is read ahead of the client: a batch is taken from the log when the socket has room.
 */
export function eventStream(
  registry: Registry,
  shape: Shape,
  from: Position,
  signal: AbortSignal,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const closeAt = performance.now() + options.sseMs;
  let position = from;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const left = closeAt - performance.now();
        const result = await waitForMessages(shape, position, Math.min(left, options.keepAliveMs), either);
        if (result === 'changed') {
          const { messages, end, complete } = shape.log.readMessages(position);
          position = end;
          const lines = messages.map((message) => `data: ${message}\n\n`);
          if (complete) lines.push(`data: ${upToDateMessage(registry.lsnOf(shape))}\n\n`);
          controller.enqueue(encoder.encode(lines.join('')));
        } else if (result === 'timeout' && closeAt - performance.now() > 1) {
          controller.enqueue(encoder.encode(': keep-alive\n\n'));
        } else controller.close();
      },
      cancel() {
        ended.abort();
      },
    },
    { highWaterMark: 0 },
  );
}
