// Opens Outpost's store in a tab: the core's, with this app's worker and what pages keep for a tab that was closed.
import { tellCalm } from './kit/calm';
import { forgetAllWords, recoverWords } from './page/store/last-words';
import { takeWorker } from './start/early-worker';
import {
  beginsStart,
  hasBegunStart,
  lightPath,
  lightReason,
  startFailed,
  startSucceeded,
} from './start/mode';
import { openStore } from './sync/open';
import type { Store } from './sync/store';

/** Returns at once; see openStore(). Where the database cannot run or does not start, it leads to light mode. */
export function openOutpost(userId: string): Store {
  // After signing in: the page began before anybody was known.
  if (lightReason({ pathname: '/', search: location.search }) !== null) location.replace(lightPath);
  const store = openStore({
    userId,
    startWorker: takeWorker,
    removed: () => forgetAllWords(userId),
  });
  noticeStarts(store);
  void recoverWords(store);
  const look = () => {
    const { upToDate, database, session } = store.status();
    const isHopeless = database === 'failed' || session === 'expired' || !navigator.onLine;
    if (!upToDate && !(isHopeless && database !== 'opening')) return;
    stop();
    tellCalm();
  };
  const stop = store.onStatus(look);
  // The database was begun before the interface: it may have said all that it has to say.
  look();
  return store;
}

/** A database that failed is tried again after 5 s (sync/relay.ts). ms */
const BETWEEN_TRIES = 4_000;

/** Keeps how this start ends, for the next one. One that failed several times in a row goes on in light mode. */
function noticeStarts(store: Store): void {
  if (!hasBegunStart()) beginsStart();
  let hasBegun = false;
  let countedAt = 0;
  const look = () => {
    const { database, problem } = store.status();
    if (database === 'ready') {
      hasBegun = true;
      startSucceeded();
    }
    // One that stops while it is used is opened anew by itself, and one that has no room would have none in light mode
    // either: light mode is offered then, not forced.
    if (database !== 'failed' || hasBegun || problem?.kind === 'device-full') return;
    // The same failure may be told more than once; the next try is later.
    if (Date.now() - countedAt < BETWEEN_TRIES) return;
    countedAt = Date.now();
    if (startFailed()) location.replace(lightPath);
  };
  store.onStatus(look);
  look();
}
