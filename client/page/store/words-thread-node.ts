// Both ends of the thread for the words of bodies in a Node process.
import { parentPort, Worker } from 'node:worker_threads';
import { answering, type ThreadAnswer } from '../../../db/page/bounded';
import { type StartWordsThread, words } from './document-words';

export const startWordsThread: StartWordsThread = (events) => {
  const worker = new Worker(new URL('./words-start-node.mjs', import.meta.url), { execArgv: [] });
  worker.unref();
  worker.on('message', (answer: ThreadAnswer<string>) => events.answered(answer));
  worker.on('error', (error) => events.died(error.message));
  worker.on('exit', (code) => events.died(`the thread ended with code ${code}`));
  return { post: (updates) => worker.postMessage(updates), end: () => void worker.terminate() };
};

/** In the thread: takes jobs from now on. */
export function work(): void {
  const port = parentPort!;
  port.on(
    'message',
    answering(words, (answer) => port.postMessage(answer)),
  );
}
