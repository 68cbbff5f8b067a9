// The whole server in one process: database, migrations, shapes, API, demonstration data. `npm start`, `npm run
// dev` and the end-to-end tests differ only in what serves the client.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import { MigrationError } from '../../db/sync/migrate';
import { createShapeServer } from '../../electric/embedded/server';
import { electricUpstream, embeddedUpstream, type Upstream } from '../../electric/proxy';
import type { Auth } from '../account/auth';
import { isDatabaseAway } from '../sync/errors';
import { type Environment, readEnvironment } from './environment';
import { isCode, type Lock, takeLock } from './lock';
import { type RunningApi, startApi } from './main';
import { migrateServer } from './migrations';
import { PostgresError } from './postgres-error';
import { keptSecret } from './secret';
import { type Supervised, supervisePostgres } from './supervise';

/** The host cannot start or go on; `message` is one sentence that a person can act on. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

export interface DemoAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** A workspace to look at, and the people in it. */
export interface Demonstration {
  /** Their passwords are known to everybody: nobody signs in with them where there is no demonstration. */
  readonly accounts: readonly DemoAccount[];
  /** Makes what is missing, and changes nothing that is there. Called at each start. */
  seed(auth: Auth, pool: Pool): Promise<void>;
}

export interface HostOptions {
  /** Made where the environment has a demonstration. */
  readonly demonstration: Demonstration;
  readonly environment?: Environment;
  readonly client: MiddlewareHandler;
  readonly log: (line: string) => void;
  /** It cannot go on; the caller stops it and ends the process. */
  readonly onFatal: (error: HostError) => void;
}

export interface Host {
  readonly url: string;
  readonly api: RunningApi;
  readonly databaseUrl: string;
  /** The embedded Postgres; null with DATABASE_URL. */
  readonly postgres: Supervised | null;
  /** Whom one can sign in as; empty without demonstration data. */
  readonly demo: readonly DemoAccount[];
  stop(): Promise<void>;
}

/** Starts everything and resolves when a person can sign in. @throws HostError, EnvironmentError */
export async function startHost(options: HostOptions): Promise<Host> {
  const environment = options.environment ?? readEnvironment();
  // Undone in the opposite order, also when a later step fails.
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return await start(environment, options, undo, stop);
  } catch (error) {
    await stop();
    throw sentenceFor(error, environment);
  }
}

async function start(
  environment: Environment,
  options: HostOptions,
  undo: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Host> {
  const lock = holdDataDir(environment.dataDir);
  undo.push(() => lock.release());
  let postgres: Supervised | null = null;
  if (!environment.databaseUrl) {
    const folder = join(environment.dataDir, 'postgres');
    postgres = await supervisePostgres({ folder }, options.log, (error) =>
      options.onFatal(sentenceFor(error, environment)),
    );
    undo.push(() => postgres?.stop());
  }
  const databaseUrl = environment.databaseUrl ?? postgres!.url;
  await migrateServer(databaseUrl);
  const shapes = await openShapes(environment, databaseUrl, options.log);
  undo.push(shapes.close);
  const api = await startApi({
    port: environment.port,
    host: environment.host,
    databaseUrl,
    authSecret: environment.authSecret ?? keptSecret(environment.dataDir),
    publicUrl: environment.publicUrl,
    version: programVersion(),
    rateLimit: environment.reachable,
    trustedProxies: environment.trustedProxies,
    signUp: environment.signUp,
    mail: environment.mail,
    closedAccounts: environment.demo ? [] : options.demonstration.accounts,
    workspaceQuota: environment.workspaceQuota,
    upstream: shapes.upstream,
    shapesReady: shapes.ready,
    client: options.client,
    log: options.log,
  });
  undo.push(async () => {
    const closed = api.close();
    // Long polls that wait in there end now, instead of holding up the end.
    await shapes.close();
    await closed;
  });
  if (!environment.electricUrl) await untilReady(shapes);
  if (environment.demo) await options.demonstration.seed(api.auth, api.pool);
  const demo = environment.demo ? options.demonstration.accounts : [];
  const url = environment.publicUrl ?? api.url;
  return { url, api, databaseUrl, postgres, demo, stop };
}

interface Shapes {
  readonly upstream: Upstream;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

async function openShapes(
  environment: Environment,
  databaseUrl: string,
  log: (line: string) => void,
): Promise<Shapes> {
  const electric = environment.electricUrl;
  if (electric) {
    return {
      upstream: electricUpstream(electric, environment.electricSecret),
      ready: async () => (await fetch(`${electric}/v1/health`, { redirect: 'error' })).status === 200,
      close: async () => {},
    };
  }
  const server = await createShapeServer({
    databaseUrl,
    logger: (level, line, error) => {
      if (level === 'warn' || level === 'error')
        log(error instanceof Error ? `${line} ${error.message}` : line);
    },
  });
  let closing: Promise<void> | undefined;
  return {
    upstream: embeddedUpstream((request) => server.handle(request)),
    ready: async () => (await server.handle(new Request('http://embedded/v1/health'))).status === 200,
    close: () => {
      closing ??= server.close();
      return closing;
    },
  };
}

/** The embedded shape server opens its replication slot; a real Electric may come later than this server. */
async function untilReady(shapes: Shapes): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await shapes.ready()); ) {
    if (Date.now() > deadline) {
      throw new HostError(
        'The database gives no replication slot; it needs wal_level=logical and a free slot.',
      );
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function holdDataDir(dataDir: string): Lock {
  try {
    mkdirSync(dataDir, { recursive: true });
    // The embedded Postgres may run as another user, who must get to its folder in here.
    if (process.getuid?.() === 0) chmodSync(dataDir, 0o755);
    const lock = takeLock(join(dataDir, 'lock'));
    if ('release' in lock) return lock;
    throw new HostError(`Another Outpost (process ${lock.heldBy}) is running on the data folder ${dataDir}.`);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError(`Cannot write to the data folder ${dataDir}; choose another with DATA_DIR.`);
  }
}

/** Turns what may go wrong at a start into a sentence; anything else is a fault of ours and stays as it is. */
function sentenceFor(error: unknown, environment: Environment): HostError {
  if (error instanceof HostError) return error;
  if (error instanceof PostgresError || error instanceof MigrationError) {
    return new HostError(error.message, { cause: error });
  }
  if (isCode(error, 'EADDRINUSE')) {
    return new HostError(`Port ${environment.port} is in use; choose another with PORT.`, { cause: error });
  }
  if (isCode(error, 'EACCES')) {
    return new HostError(`Not allowed to listen on port ${environment.port}; choose another with PORT.`, {
      cause: error,
    });
  }
  if (isDatabaseAway(error)) {
    const where = environment.databaseUrl ? new URL(environment.databaseUrl).host : 'the embedded Postgres';
    return new HostError(`The database at ${where} cannot be reached.`, { cause: error });
  }
  if (environment.databaseUrl && error instanceof Error && 'code' in error) {
    const where = new URL(environment.databaseUrl).host;
    return new HostError(`The database at ${where} refused: ${error.message}.`, { cause: error });
  }
  throw error;
}
