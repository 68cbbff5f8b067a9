// The tables of sending and loading: every cell is walked, and what must hold of all of them is checked.
import { expect, test } from 'vitest';
import {
  isCut,
  isFirstLoad,
  isUnderWay,
  type LoadingEvent,
  type LoadingState,
  loadingTable,
  type SendingEvent,
  type SendingState,
  sendingTable,
} from './states';

type Cells<State, Event> = readonly (readonly [state: State, event: Event, next: State])[];

function cellsOf<State extends string, Event extends string>(
  table: Readonly<Record<State, Readonly<Record<Event, State>>>>,
): Cells<State, Event> {
  return (Object.keys(table) as State[]).flatMap((state) =>
    (Object.keys(table[state]) as Event[]).map((event) => [state, event, table[state][event]] as const),
  );
}

const sending: Cells<SendingState, SendingEvent> = cellsOf<SendingState, SendingEvent>(sendingTable);
const loading: Cells<LoadingState, LoadingEvent> = cellsOf<LoadingState, LoadingEvent>(loadingTable);

/** All states that some events lead to. */
function reached<State, Event>(cells: Cells<State, Event>, start: State): Set<State> {
  const found = new Set([start]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const [state, , next] of cells) if (found.has(state)) found.add(next);
  }
  return found;
}

test('every state is reached from the first, and what is closed stays so', () => {
  expect([...reached(sending, 'unmet')].sort()).toEqual(Object.keys(sendingTable).sort());
  expect([...reached(loading, 'starting')].sort()).toEqual(Object.keys(loadingTable).sort());
  for (const [state, event, next] of [...sending, ...loading]) {
    expect([state, event, next === 'closed']).toEqual([
      state,
      event,
      state === 'closed' || event === 'close',
    ]);
  }
});

test('M4: nothing is sent before the server has said what it is, and nothing more to one that is a stranger', () => {
  for (const [state, event, next] of sending) {
    if (state === 'unmet' && event !== 'met') expect([event, isUnderWay(next)]).toEqual([event, false]);
    if (event === 'stranger') expect([state, isUnderWay(next)]).toEqual([state, false]);
  }
});

test('W1: whatever happens while something is sent, a later wake-up leads to another look', () => {
  for (const [state, event, next] of sending) {
    if (state === 'closed' || next === 'closed' || next === 'unmet') continue;
    const woken = sendingTable[next].woken;
    expect([state, event, isUnderWay(woken)]).toEqual([state, event, true]);
    // A wake-up during a look that found nothing is not lost.
    expect([state, event, isUnderWay(sendingTable[woken].emptied)]).toEqual([state, event, next !== 'idle']);
  }
  // The look of an idle one begins after the wake-up, and has everything.
  expect(sendingTable[sendingTable.idle.woken].emptied).toBe('idle');
});

test('R6: only what is stored makes a shape live, and a cut or an end takes it back', () => {
  for (const [state, event, next] of loading) {
    if (next === 'live' && state !== 'live') expect([state, event]).toEqual([state, 'current']);
    if (state === 'live' && ['cut', 'ended', 'close'].includes(event)) {
      expect([event, next === 'live']).toEqual([event, false]);
    }
    if (event === 'answered') expect([state, isCut(next)]).toEqual([state, false]);
  }
});

test('a cut in the middle of the first load leaves it the first load', () => {
  for (const [state, event, next] of loading) {
    if (event !== 'cut' && event !== 'answered') continue;
    expect([state, event, isFirstLoad(next)]).toEqual([state, event, isFirstLoad(state)]);
  }
});
