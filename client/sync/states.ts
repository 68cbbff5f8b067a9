// What sending and loading can be in, and what each event makes of it: total tables, so that a state or an event without
// its cell does not compile. Where an event means nothing in a state, its cell is that state. What is to be done at a
// step stands with whoever takes it (outbox.ts, subscription.ts).

type Table<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State>>>
>;

export type SendingState =
  | 'unmet' // the server has not said which database it is and what time it is there: nothing is sent before (M4)
  | 'idle' // there is nothing to send
  | 'sending' // what waits is sent, one request at a time
  | 'again' // the same, and something may have come since the last look
  | 'resting' // a request was not answered as it should be; a look follows the pause
  | 'closed';

export type SendingEvent =
  | 'met' // the server has said what it is
  | 'stranger' // it is another database than this device knew, or an older copy of it
  | 'woken' // there may be something to send
  | 'emptied' // a look found nothing
  | 'unanswered' // a request was not answered as it should be
  | 'rested' // the pause after it is over
  | 'broke' // the device's own database failed: the next wake-up tries again
  | 'close';

const closedSending = {
  met: 'closed',
  stranger: 'closed',
  woken: 'closed',
  emptied: 'closed',
  unanswered: 'closed',
  rested: 'closed',
  broke: 'closed',
  close: 'closed',
} as const;

export const sendingTable = {
  unmet: {
    met: 'sending',
    stranger: 'unmet',
    woken: 'unmet',
    emptied: 'unmet',
    unanswered: 'unmet',
    rested: 'unmet',
    broke: 'unmet',
    close: 'closed',
  },
  idle: {
    met: 'sending',
    stranger: 'unmet',
    woken: 'sending',
    emptied: 'idle',
    unanswered: 'idle',
    rested: 'idle',
    broke: 'idle',
    close: 'closed',
  },
  sending: {
    met: 'again',
    stranger: 'unmet',
    woken: 'again',
    emptied: 'idle',
    unanswered: 'resting',
    rested: 'sending',
    broke: 'idle',
    close: 'closed',
  },
  again: {
    met: 'again',
    stranger: 'unmet',
    woken: 'again',
    emptied: 'sending',
    unanswered: 'resting',
    rested: 'again',
    broke: 'sending',
    close: 'closed',
  },
  resting: {
    met: 'resting',
    stranger: 'unmet',
    woken: 'resting',
    emptied: 'resting',
    unanswered: 'resting',
    rested: 'sending',
    broke: 'idle',
    close: 'closed',
  },
  closed: closedSending,
} as const satisfies Table<SendingState, SendingEvent>;

/** Requests are being made, or will be without anything else happening. */
export function isUnderWay(state: SendingState): boolean {
  return state === 'sending' || state === 'again' || state === 'resting';
}

/** Of one shape of one workspace. */
export type LoadingState =
  | 'starting' // nothing is asked yet: what is stored is looked up
  | 'loading' // the first load
  | 'loading-cut' // the same, and there is no answer worth having
  | 'behind' // its rows are here; what came since is fetched
  | 'behind-cut' // the same, and there is no answer worth having
  | 'live' // everything that the server had is stored, and the next request waits for more
  | 'closed';

export type LoadingEvent =
  | 'first' // it is asked for, and no row of it is here
  | 'more' // it is asked for, and rows of it are here
  | 'current' // everything that the server had is stored
  | 'cut' // the server does not answer, something else does in its place, or what it sent was not stored
  | 'answered' // the server has answered
  | 'ended' // following it ended, for whatever reason; it starts again from what is stored
  | 'close';

export const loadingTable = {
  starting: {
    first: 'loading',
    more: 'behind',
    current: 'starting',
    cut: 'starting',
    answered: 'starting',
    ended: 'starting',
    close: 'closed',
  },
  loading: {
    first: 'loading',
    more: 'loading',
    current: 'live',
    cut: 'loading-cut',
    answered: 'loading',
    ended: 'starting',
    close: 'closed',
  },
  'loading-cut': {
    first: 'loading-cut',
    more: 'loading-cut',
    current: 'live',
    cut: 'loading-cut',
    answered: 'loading',
    ended: 'starting',
    close: 'closed',
  },
  behind: {
    first: 'behind',
    more: 'behind',
    current: 'live',
    cut: 'behind-cut',
    answered: 'behind',
    ended: 'starting',
    close: 'closed',
  },
  'behind-cut': {
    first: 'behind-cut',
    more: 'behind-cut',
    current: 'live',
    cut: 'behind-cut',
    answered: 'behind',
    ended: 'starting',
    close: 'closed',
  },
  live: {
    first: 'live',
    more: 'live',
    current: 'live',
    cut: 'behind-cut',
    answered: 'live',
    ended: 'starting',
    close: 'closed',
  },
  closed: {
    first: 'closed',
    more: 'closed',
    current: 'closed',
    cut: 'closed',
    answered: 'closed',
    ended: 'closed',
    close: 'closed',
  },
} as const satisfies Table<LoadingState, LoadingEvent>;

/** No answer worth having: until there is one, nothing is known to be up to date. */
export function isCut(state: LoadingState): boolean {
  return state === 'loading-cut' || state === 'behind-cut';
}

/** The first load is under way. */
export function isFirstLoad(state: LoadingState): boolean {
  return state === 'loading' || state === 'loading-cut';
}
