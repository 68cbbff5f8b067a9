// A Postgres that a killed process left running in a cluster folder: find it, make sure it is one, stop it.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCode } from './lock';

/**
 * Ends a server that still runs in the cluster, and removes its pid file. The caller holds the folder's lock, so
 * nobody alive owns that server. A process that only happens to have the recorded id is left alone.
 * @throws Error when it does not end
 */
export async function stopLeftBehind(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const deadline = Date.now() + 20_000;
  for (let signal: NodeJS.Signals = 'SIGINT'; isPostmaster(pid, cluster); ) {
    if (Date.now() > deadline) throw new Error(`Postgres (process ${pid}) in ${cluster} does not stop.`);
    if (Date.now() > deadline - 10_000) signal = 'SIGQUIT';
    process.kill(pid, signal);
    await new Promise((done) => setTimeout(done, 100));
  }
  rmSync(pidFile, { force: true });
}

/** @returns whether this living process is a postmaster of this cluster, going by its command line. */
function isPostmaster(pid: number, cluster: string): boolean {
  const words = commandLine(pid);
  return words.some((word) => /(^|\/)postgres$/.test(word)) && words.includes(cluster);
}

/** @returns the words of a living process's command line; none for one that has ended. */
export function commandLine(pid: number): string[] {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ');
  } catch {
    return [];
  }
}
