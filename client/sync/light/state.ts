// What light mode keeps of a person's writes on this device, as one value, and each step from one value to the next. Pure:
// who stores it is files.ts. The operations, counters and clocks are the protocol's (db/sync/wire.ts), under a client id of
// its own, so that the server applies each transaction at most once whoever sends it (W2).
import { type ClockState, formatClock, tick } from '../../../db/sync/clock';
import { newId } from '../../../db/sync/ids';
import { refusalSentence } from '../../../db/sync/rules';
import type {
  Mark,
  Operation,
  RefusalKind,
  SessionAnswer,
  Verdict,
  WriteResponse,
} from '../../../db/sync/wire';
import { clockOffset, type Exchange } from '../start-over';

export type Values = Operation['set'];

/** What a screen asks for. */
export interface NewOperation {
  readonly kind: Operation['kind'];
  readonly table: string;
  readonly id: string;
  /** As for Operation. */
  readonly set: Values;
  /** The values that the screen showed; only for an update. */
  readonly was?: Values;
}

/** A local transaction that the server has not answered. */
export interface Waiting {
  readonly n: number;
  readonly workspaceId: string;
  /** ms since 1970, by this device's clock. */
  readonly at: number;
  readonly operations: readonly Operation[];
}

/** One that it has answered: laid over views that were asked for before. */
export interface Answered extends Waiting {
  readonly verdicts: readonly Verdict[];
  /** The turn in which it was answered (LightState.turn). */
  readonly turn: number;
}

/** An operation that was not stored, kept until the person discards it or the full app takes it over (W1). */
export interface RefusedHere {
  readonly id: string;
  readonly workspaceId: string;
  /** ms since 1970, when it was refused. */
  readonly at: number;
  readonly operation: Operation;
  readonly kind: RefusalKind;
  readonly rule: string | null;
  readonly sentence: string;
}

export interface LightState {
  readonly clientId: string;
  readonly serverId: string | null;
  readonly mark: Mark | null;
  readonly acknowledged: number;
  readonly nextN: number;
  readonly clock: ClockState;
  /** Server time minus device time, ms. */
  readonly offset: number;
  /** Rises with each answer. A view that was asked for in this turn or later contains what was answered in it. */
  readonly turn: number;
  /** In order. */
  readonly waiting: readonly Waiting[];
  readonly answered: readonly Answered[];
  readonly refused: readonly RefusedHere[];
}

/** How many answered transactions are kept at the most, for views that were asked for long ago. */
const ANSWERED_KEPT = 300;

export const newState = (): LightState => ({
  ...{ clientId: newId(), serverId: null, mark: null, acknowledged: 0, nextN: 1 },
  ...{ clock: { ms: 0, counter: 0 }, offset: 0, turn: 1, waiting: [], answered: [], refused: [] },
});

/**
 * One local transaction.
 * @param now ms since 1970, by this device's clock
 */
export function written(
  state: LightState,
  workspaceId: string,
  operations: readonly NewOperation[],
  now: number,
): LightState {
  let { clock } = state;
  const stamped = operations.map(({ was = {}, ...operation }): Operation => {
    clock = tick(clock, now + state.offset);
    return { ...operation, was, clock: formatClock(clock.ms, clock.counter, state.clientId.slice(-12)) };
  });
  const transaction: Waiting = { n: state.nextN, workspaceId, at: now, operations: stamped };
  return { ...state, clock, nextN: state.nextN + 1, waiting: [...state.waiting, transaction] };
}

/** What an answer says of the server. @param now of the server, ms */
function heard(
  state: LightState,
  { serverId, mark, now }: Pick<WriteResponse, 'serverId' | 'mark' | 'now'>,
  exchange: Exchange,
): LightState {
  const offset = clockOffset(now, exchange);
  // A clock that had run ahead is set right, so that it does not stay ahead for ever (M2).
  const ms = Math.min(state.clock.ms, exchange.heardAt + offset + 60_000);
  return { ...state, serverId, mark, offset, clock: { ...state.clock, ms } };
}

/** The server has answered what this client sent. An answer to an earlier client id says nothing. */
export function answered(
  state: LightState,
  clientId: string,
  response: WriteResponse,
  exchange: Exchange,
): LightState {
  if (state.clientId !== clientId) return state;
  let next = heard({ ...state, turn: state.turn + 1 }, response, exchange);
  for (const { n, verdicts } of response.answers) {
    const transaction = next.waiting.find((waiting) => waiting.n === n);
    if (transaction) next = taken(next, transaction, verdicts, exchange.heardAt);
    next = { ...next, acknowledged: Math.max(next.acknowledged, n) };
  }
  return next;
}

function taken(
  state: LightState,
  transaction: Waiting,
  verdicts: readonly Verdict[],
  at: number,
): LightState {
  const refused = transaction.operations.flatMap((operation, i): RefusedHere[] => {
    const verdict = verdicts[i];
    if (verdict?.status !== 'refused') return [];
    const { kind, rule, sentence } = verdict;
    const { workspaceId } = transaction;
    return [{ id: newId(), workspaceId, at, operation, kind, rule, sentence }];
  });
  return {
    ...state,
    waiting: state.waiting.filter((waiting) => waiting !== transaction),
    answered: [...state.answered, { ...transaction, verdicts, turn: state.turn }].slice(-ANSWERED_KEPT),
    refused: [...state.refused, ...refused],
  };
}

/** The device's own verdict on a transaction that cannot be sent. Its counter is taken by the ones behind it. */
export function refusedHere(
  state: LightState,
  clientId: string,
  n: number,
  kind: RefusalKind,
  now: number,
): LightState {
  const transaction = state.waiting.find((waiting) => waiting.n === n);
  if (state.clientId !== clientId || !transaction) return state;
  const verdict = { status: 'refused', kind, rule: null, sentence: refusalSentence(kind, null, {}) } as const;
  const next = taken(
    { ...state, turn: state.turn + 1 },
    transaction,
    transaction.operations.map(() => verdict),
    now,
  );
  return {
    ...next,
    acknowledged: n - 1,
    nextN: state.nextN - 1,
    waiting: next.waiting.map((waiting) => (waiting.n > n ? { ...waiting, n: waiting.n - 1 } : waiting)),
  };
}

/**
 * A new client id and new counters for what waits. That one of them took effect before is harmless: the same clock merges
 * to the same row.
 */
function renumbered(state: LightState, waiting: readonly Waiting[]): LightState {
  return {
    ...state,
    clientId: newId(),
    acknowledged: 0,
    nextN: waiting.length + 1,
    waiting: waiting.map((transaction, i) => ({ ...transaction, n: i + 1 })),
  };
}

/** The server does not know this client's counter, or knows it for other content. */
export function startedOver(state: LightState, clientId: string): LightState {
  return state.clientId === clientId ? renumbered(state, state.waiting) : state;
}

/**
 * Takes in what a server says of itself. What another database had answered, or one that was restored from an older copy
 * lacks, waits again.
 */
export function met(
  state: LightState,
  server: Pick<SessionAnswer, 'serverId' | 'mark' | 'lostFrom' | 'now'>,
  exchange: Exchange,
): LightState {
  const isOther = state.serverId !== null && state.serverId !== server.serverId;
  const lostFrom = server.lostFrom === null ? null : BigInt(server.lostFrom);
  const isLost = (verdict: Verdict) =>
    isOther || (lostFrom !== null && verdict.status !== 'refused' && BigInt(verdict.version) >= lostFrom);
  const back = state.answered.filter(({ verdicts }) => verdicts.some(isLost));
  let next = state;
  if (isOther || lostFrom !== null) {
    const again = back.map(({ verdicts, turn: _, ...transaction }) => ({
      ...transaction,
      // What was refused is kept as refused.
      operations: transaction.operations.filter((_, i) => verdicts[i]?.status !== 'refused'),
    }));
    next = renumbered(state, [...again.filter((one) => one.operations.length > 0), ...state.waiting]);
    next = { ...next, answered: state.answered.filter((one) => !back.includes(one)) };
  }
  return heard(next, server, exchange);
}

/** Forgets a refused operation for good: the person has discarded it, or the full app has it. */
export function withoutRefused(state: LightState, ids: readonly string[]): LightState {
  return { ...state, refused: state.refused.filter(({ id }) => !ids.includes(id)) };
}
