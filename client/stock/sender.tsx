// Sends what was asked for offline as soon as there is a connection and the person is signed in, from one tab only.
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { currentSession } from '../account';
import { useIsOffline, useLive, useStatusOf, useStore } from '../sync/react/store-context';
import { stockApi } from './api';
import { sendable } from './queries';
import { type Outcome, sendWaiting } from './requests';

/** Between tries when the server does not answer, ms. */
const pause = 5_000;

/** Held while requests are sent or given up, by one tab of this person at a time. */
export const requestLock = (userId: string) => `outpost stock ${userId}`;

function tell(outcomes: readonly Outcome[]): void {
  const done = outcomes.filter((outcome) => outcome.kind === 'done').length;
  if (done > 0) {
    toast(
      done === 1
        ? 'What you asked for in stock was carried out'
        : `${done} requests of stock were carried out`,
    );
  }
  for (const outcome of outcomes) {
    if (outcome.kind === 'ask') {
      const { request } = outcome;
      toast.warning(
        `Stock: there were ${request.seen} when you asked, now ${request.found}. Decide on the page of stock.`,
      );
    } else if (outcome.kind === 'failed') toast.error(`Stock: ${outcome.sentence}`);
  }
}

export function StockSender() {
  const store = useStore();
  const { userId } = store;
  const isSignedIn = useStatusOf((status) => status.session === 'signed-in');
  const isOffline = useIsOffline();
  const waiting = useLive((db) => sendable(db).select('r.id'), []);
  const [tries, setTries] = useState(0);
  const online = !isOffline && isSignedIn;
  const ids = waiting?.map((request) => `${request.id} ${request.quantity}`).join() ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try, and other requests, are reasons to send
  useEffect(() => {
    if (!online || ids === '') return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const mayGoOn = () => !stopped && currentSession()?.user.id === userId;
    const again = () => {
      timer = setTimeout(() => setTries((n) => n + 1), pause);
    };
    void navigator.locks.request(requestLock(userId), async () => {
      try {
        const outcomes = await sendWaiting(
          store,
          (movement) => stockApi.moveStock(userId, movement),
          mayGoOn,
        );
        tell(outcomes);
        if (outcomes.some((outcome) => outcome.kind === 'later') && !stopped) again();
      } catch {
        // The store was closed, or could not write: nothing is lost, the next try is as good.
        if (!stopped) again();
      }
    });
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [store, userId, online, ids, tries]);
  return null;
}
