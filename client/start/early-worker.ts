// The worker of this tab, begun before the interface has arrived when somebody is known on this device. It opens that
// person's database meanwhile.
import type { Start, ToTab } from '../sync/messages';
import type { StartedWorker } from '../sync/open';

interface Begun extends StartedWorker {
  readonly userId: string;
}

let begun: Begun | null = null;

const begin = () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'outpost' });

function started(start: Start): Begun {
  const worker = begin();
  worker.postMessage(start);
  const heard: ToTab[] = [];
  // Nobody listens yet: it would be lost.
  worker.onmessage = ({ data }: MessageEvent<ToTab>) => heard.push(data);
  return { worker, heard, userId: start.userId };
}

/** Begins the worker for this person's database. */
export function beginWorker(userId: string): void {
  const one = started({ type: 'start', userId, baseUrl: location.origin });
  begun = one;
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
    return one;
  }
  // Somebody else signed in meanwhile, in another tab.
  one?.worker.terminate();
  return started(start);
}
