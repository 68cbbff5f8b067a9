// Which user runs the embedded Postgres. It refuses to be root, so as root it becomes `nobody`, who must still reach
// the programs and the data.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PostgresError } from './postgres-error';

export const nobody = 65534;

export interface ServerUser {
  /** Run as `nobody`: Postgres refuses to be root. */
  readonly switch: boolean;
  /** Put before the command: keeps, of root's rights, only that of reaching files behind closed folders. */
  readonly prefix: readonly string[];
}

/**
 * As root: who runs Postgres, and how it gets to its files when a folder above is closed to others, as root's home is.
 * @param paths what it must execute and write
 * @throws PostgresError 'no-permission'
 */
export function serverUser(paths: readonly string[]): ServerUser {
  if (process.getuid?.() !== 0) return { switch: false, prefix: [] };
  const closed = paths.flatMap(ancestors).find((path) => {
    const at = statSync(path);
    return at.uid !== nobody && (at.mode & 0o001) === 0;
  });
  if (closed === undefined) return { switch: true, prefix: [] };
  const prefix = throughClosedFolders();
  // Tried, because not every container gives root these rights.
  const reached = spawnSync(prefix[0], [
    ...prefix.slice(1),
    'sh',
    '-c',
    'test -x "$1" && test -w "$2"',
    ...['', ...paths],
  ]);
  if (reached.status === 0) return { switch: true, prefix };
  throw new PostgresError(
    'no-permission',
    `Postgres cannot run as root, and the user nobody cannot reach ${closed}; run chmod o+x on it, or start Outpost as another user.`,
  );
}

/** Becomes nobody, but keeps of root's rights the one to pass closed folders, also when asked by access(2). */
function throughClosedFolders(): [string, ...string[]] {
  const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const kept = '-all,+dac_override';
  const rights = ['--securebits=+no_setuid_fixup', `--inh-caps=${kept}`, `--ambient-caps=${kept}`];
  return ['setpriv', ...identity, ...rights];
}

function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    above.push(at);
    if (at === dirname(at)) return above;
  }
}
