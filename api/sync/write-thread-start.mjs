// The first thing the thread of write-door.ts runs; see documents/thread-start.mjs.
import { register } from 'tsx/esm/api';

register();
await import('./write-thread-work.ts');
