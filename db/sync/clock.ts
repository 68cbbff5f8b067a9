// Hybrid logical clocks: wall time that never goes backwards, with a counter and the client for ties.
// Text of fixed width (mmmmmmmmmmmm-cccc-nnnnnnnnnnnn, hex), so that byte order is clock order everywhere.

/** A clock in its text form; compare with < and >. */
export type Clock = string;

/** How far ahead of the server a clock may be before it is pulled back (M2), in ms. */
export const MAX_AHEAD_MS = 60_000;

const COUNTER_LIMIT = 0xffff;

/** @param node 12 hex digits that are the client's own: the last ones of its client id. */
export function formatClock(ms: number, counter: number, node: string): Clock {
  return `${ms.toString(16).padStart(12, '0')}-${counter.toString(16).padStart(4, '0')}-${node}`;
}

/** Milliseconds since 1970 of a clock's wall part. */
export function clockMs(clock: Clock): number {
  return Number.parseInt(clock.slice(0, 12), 16);
}

/** The part of a clock that names the client. */
export function clockNode(clock: Clock): string {
  return clock.slice(18);
}

export interface ClockState {
  readonly ms: number;
  readonly counter: number;
}

/**
 * The state for the next event at wall time `now` (ms): later than every state before it. sync.tick of the device is its
 * twin; that of the server promises the same with microseconds and without a row that is locked (migrations/sync/server.sql).
 */
export function tick(state: ClockState, now: number): ClockState {
  if (now > state.ms) return { ms: now, counter: 0 };
  if (state.counter < COUNTER_LIMIT) return { ms: state.ms, counter: state.counter + 1 };
  return { ms: state.ms + 1, counter: 0 };
}

/** The state after seeing a time (ms) that another node wrote: the next tick comes after anything in that ms. */
export function observe(state: ClockState, seenMs: number): ClockState {
  return seenMs < state.ms ? state : { ms: seenMs + 1, counter: 0 };
}

/**
 * The clock with which the server admits an operation (M2): one that is too far ahead becomes the server's own
 * time, with the client's node, so that a wrong wall clock cannot win for ever.
 */
export function admit(clock: Clock, server: ClockState, now: number): { clock: Clock; server: ClockState } {
  if (clockMs(clock) <= now + MAX_AHEAD_MS) return { clock, server };
  const next = tick(server, now);
  return { clock: formatClock(next.ms, next.counter, clockNode(clock)), server: next };
}
