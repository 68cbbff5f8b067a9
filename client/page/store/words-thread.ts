// Starts the worker of words-worker.ts from the leader's worker.
import type { ThreadAnswer } from '../../../db/page/bounded';
import type { StartWordsThread } from './document-words';

export const startWordsWorker: StartWordsThread = (events) => {
  const worker = new Worker(new URL('./words-worker.ts', import.meta.url), {
    type: 'module',
    name: 'outpost-words',
  });
  worker.onmessage = ({ data }: MessageEvent<ThreadAnswer<string>>) => events.answered(data);
  worker.onerror = (event) => {
    // Else it would be the leader's failure.
    event.preventDefault();
    events.died(event.message || 'the worker failed');
  };
  return { post: (updates) => worker.postMessage(updates), end: () => worker.terminate() };
};
