// The first thing a thread of words-thread-node.ts runs: how this process came to run TypeScript does not reach into its
// threads.
import { register } from 'tsx/esm/api';

register();
const { work } = await import('./words-thread-node.ts');
work();
