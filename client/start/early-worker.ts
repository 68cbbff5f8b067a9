// The worker of this tab, begun before the interface has arrived when somebody is known on this device.
import { markStart } from '../sync/start-marks';

let begun: Worker | null = null;

function begin(): Worker {
  markStart('worker');
  return new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'outpost' });
}

/** The worker fetches and compiles Postgres; whose database it opens it is told by who takes it. */
export function beginWorker(): void {
  const worker = begin();
  begun = worker;
  // One that failed is not handed on: the next one fails before the eyes of who can say so.
  worker.onerror = () => {
    if (begun === worker) begun = null;
  };
}

/** @returns the worker that was begun, once; a new one else */
export function takeWorker(): Worker {
  const worker = begun ?? begin();
  worker.onerror = null;
  begun = null;
  return worker;
}
