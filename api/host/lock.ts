// A lock file: one living process at a time may use a folder. It holds the process id and when that process
// began, so that a lock whose holder was killed is taken over, also after its id was given to another process.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Lock {
  release(): void;
}

/** Takes the lock; the file goes away by itself when this process ends in an orderly way.
 * @returns the lock, or the id of the living process that holds it.
 * @throws the file system's error when the folder cannot be written. */
export function takeLock(file: string): Lock | { heldBy: number } {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${process.pid} ${beginning(process.pid)}\n`;
  const draft = `${file}.${process.pid}`;
  for (;;) {
    writeFileSync(draft, mine, { mode: 0o600 });
    try {
      // link() fails when the name exists, and shows no half-written file to anybody.
      linkSync(draft, file);
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const holder = read(file);
    if (holder) {
      const [pid = '', began = ''] = holder.trim().split(' ');
      if (began !== '' && beginning(Number(pid)) === began) return { heldBy: Number(pid) };
    }
    rmSync(file, { force: true });
  }
  const release = () => {
    process.off('exit', release);
    if (read(file) === mine) rmSync(file, { force: true });
  };
  process.on('exit', release);
  return { release };
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** @returns something that names this run of the process for good, or '' when no such process lives. */
function beginning(pid: number): string {
  if (!Number.isInteger(pid) || pid <= 0) return '';
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Field 3 is the state, field 22 the start time in ticks since boot.
      if (fields[0] === 'Z' || fields[0] === 'X') return '';
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
    } catch {
      return '';
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .replace(/\s+/g, '_');
  } catch {
    return '';
  }
}

/** @returns whether a caught error is the system error of this code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
