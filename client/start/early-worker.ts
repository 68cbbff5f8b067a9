// The worker of this tab, begun before the interface has arrived when somebody is known on this device. It opens that
// person's database meanwhile.
import type { Start, ToTab } from '../sync/messages';
import type { StartedWorker } from '../sync/open';
import { markStart } from '../sync/start-marks';

interface Begun extends StartedWorker {
  readonly userId: string;
  /** Has it open the database, if it was not told before. */
  tell(): void;
}

let begun: Begun | null = null;

function begin(): Worker {
  markStart('worker');
  return new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'outpost' });
}

function started(start: Start): Begun {
  const worker = begin();
  let isTold = false;
  const tell = () => {
    if (!isTold) worker.postMessage(start);
    isTold = true;
  };
  const heard: ToTab[] = [];
  // Nobody listens yet: it would be lost.
  worker.onmessage = ({ data }: MessageEvent<ToTab>) => heard.push(data);
  return { worker, heard, userId: start.userId, tell };
}

/** A tab that nobody sees is not painted, and opens its database after this; ms. */
const PATIENCE = 300;

/**
 * Begins the worker for this person's database: its files are on their way at once. It is told to open the database after
 * the first paint, which would have to wait for a core else.
 */
export function beginWorker(userId: string): void {
  const one = started({ type: 'start', userId, baseUrl: location.origin });
  begun = one;
  requestAnimationFrame(() => setTimeout(one.tell));
  setTimeout(one.tell, PATIENCE);
  // One that failed is not handed on: the next one fails before the eyes of who can say so.
  one.worker.onerror = () => {
    if (begun === one) begun = null;
  };
}

/** @returns the worker that was begun for this person, once; a new one else */
export function takeWorker(start: Start): StartedWorker {
  const one = begun;
  begun = null;
  if (one?.userId === start.userId) {
    one.worker.onerror = null;
    one.tell();
    return one;
  }
  // Somebody else signed in meanwhile, in another tab.
  one?.worker.terminate();
  const another = started(start);
  another.tell();
  return another;
}
