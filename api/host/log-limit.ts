// Keeps the log file of another program small: what is too much goes, its end is kept beside it.
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

/** Bytes that a log may have, and bytes of its end that are kept when it has more. */
export const logLimits = { most: 10_000_000, kept: 1_000_000 } as const;
const every = 30_000;

/** The log of an earlier run is kept as `<file>.1`. @returns a descriptor for the program to append to */
export function beginLog(file: string): number {
  if (existsSync(file)) renameSync(file, `${file}.1`);
  // Appending: after a cut the program goes on at the new end, and not where it was.
  return openSync(file, 'a', 0o600);
}

/** Cuts the file when it is too long. What the program writes in that very moment may be lost. @returns whether it was */
export function cutLog(file: string, limits: { most: number; kept: number } = logLimits): boolean {
  const { size } = statSync(file);
  if (size <= limits.most) return false;
  const end = Buffer.alloc(Math.min(limits.kept, size));
  const log = openSync(file, 'r');
  try {
    readSync(log, end, 0, end.length, size - end.length);
  } finally {
    closeSync(log);
  }
  writeFileSync(`${file}.1`, end, { mode: 0o600 });
  truncateSync(file, 0);
  return true;
}

/** Looks at the file now and then. @returns how to end it */
export function limitLog(file: string): () => void {
  const timer = setInterval(() => {
    try {
      cutLog(file);
    } catch {
      // It is away or full: the program that writes it has the same trouble and says so.
    }
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}
