// The first thing the thread of write-door.ts runs. How this process came to run TypeScript does not reach into its threads
// (`--import tsx` does not, and a test runner has a way of its own), so the thread sees to it itself.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
