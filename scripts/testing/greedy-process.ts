// Starts ./greedy.ts and hears its answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GreedyAnswer, GreedyOptions } from './greedy';

export interface Greedy {
  /** What was answered until now. */
  readonly answers: readonly GreedyAnswer[];
  /** Resolves when all requests were answered. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export function startGreedy(options: GreedyOptions): Greedy {
  const program = fileURLToPath(new URL('./greedy.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answers: GreedyAnswer[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => answers.push(JSON.parse(line)));
  // 'close' comes after the last line was read.
  const ended = once(child, 'close').then(() => {});
  return {
    answers,
    done: ended,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
