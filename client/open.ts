// Opens Outpost's store in a tab: the core's, with this app's worker and what pages keep for a tab that was closed.
import { tellCalm } from './kit/calm';
import { forgetAllWords, recoverWords } from './page/store/last-words';
import { takeWorker } from './start/early-worker';
import { openStore } from './sync/open';
import type { Store } from './sync/store';

/** Returns at once; see openStore(). */
export function openOutpost(userId: string): Store {
  const store = openStore({
    userId,
    startWorker: takeWorker,
    removed: () => forgetAllWords(userId),
  });
  void recoverWords(store);
  const listen = store.onStatus(() => {
    const { upToDate, database, session } = store.status();
    const isHopeless = database === 'failed' || session === 'expired' || !navigator.onLine;
    if (!upToDate && !(isHopeless && database !== 'opening')) return;
    listen();
    tellCalm();
  });
  return store;
}
