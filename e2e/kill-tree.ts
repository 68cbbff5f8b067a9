// Ends a browser as a power cut would.
import { execFileSync } from 'node:child_process';
import { expect } from '@playwright/test';

/** kill -9 of the browser that has this profile, with all its processes at once. */
export function killTree(profile: string): void {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const processes = lines.flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), args }] : [];
  });
  const doomed = new Set(processes.filter((p) => p.args.includes(profile)).map((p) => p.pid));
  expect(doomed.size).toBeGreaterThan(0);
  for (let before = 0; before < doomed.size; ) {
    before = doomed.size;
    for (const { pid, parent } of processes) if (doomed.has(parent)) doomed.add(pid);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It went with its parent.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
