// Starts the API server: one port for the API, the shapes and the client's files.
import type { Server } from 'node:http';
import { type Http2Bindings, type HttpBindings, serve } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import { newest } from '../../db/sync/migrate';
import { schema } from '../../db/tables';
import type { Upstream } from '../../electric/proxy';
import { type Auth, addressHeader, createAuth } from '../account/auth';
import type { MailSettings } from '../account/mail';
import { createApp } from '../app';
import { DocumentKeeper } from '../page/keeper';
import { LiveDocuments } from '../page/live';
import { membershipsIn } from '../sync/memberships';
import { mountSync } from '../sync/mount';
import type { OpenReads } from '../sync/open-reads';
import { changesPool, readsPool, tendingPool } from '../sync/pools';
import type { Purge } from '../sync/purge';
import { clientAddress, trustedProxies } from './address';
import { defaultQuota } from './environment';
import { lightViews, writeFeatures } from './features';
import { answerWithHeaders } from './headers';
import { readMigrations } from './migrations';
import { outpostPurge } from './purge';

export interface ApiOptions {
  /** 0: any free port. */
  readonly port: number;
  /** 127.0.0.1 for this machine only, 0.0.0.0 for all. */
  readonly host: string;
  /** A migrated database. */
  readonly databaseUrl: string;
  readonly authSecret: string;
  readonly publicUrl: string | null;
  /** Of this program, for the health answer. */
  readonly version: string;
  /** Limit sign-in attempts. */
  readonly rateLimit: boolean;
  /** Addresses and CIDR blocks of proxies that are believed about the client's address; none when absent. */
  readonly trustedProxies?: readonly string[];
  readonly signUp?: 'open' | 'invite';
  readonly mail?: MailSettings | null;
  /** Passwords that everybody knows: nobody signs in with them. */
  readonly closedAccounts?: readonly { readonly email: string; readonly password: string }[];
  /** Bytes that each workspace may keep; absent: as the environment has it when it says nothing. */
  readonly workspaceQuota?: number;
  readonly upstream: Upstream;
  /** How long a live request waits when nothing happens, ms; 20 s when absent. */
  readonly liveWait?: number;
  readonly shapesReady: () => Promise<boolean>;
  readonly client: MiddlewareHandler;
  readonly log: (line: string) => void;
}

export interface RunningApi {
  /** The address for a browser on this machine, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly auth: Auth;
  readonly pool: Pool;
  readonly documents: DocumentKeeper;
  readonly live: LiveDocuments;
  readonly openReads: OpenReads;
  readonly purge: Purge;
  readonly server: Server;
  /** Of every route, as it was registered. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Answers what is under way, at most `patience` ms, then ends every connection. */
  close(patience?: number): Promise<void>;
}

/** @throws the listen error (EADDRINUSE, EACCES), or that the database is away */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const pool = changesPool(options.databaseUrl);
  const reads = readsPool(options.databaseUrl);
  const tending = tendingPool(options.databaseUrl);
  const sessionsEnded = () => {
    sync.sessionsEnded();
    void live.recheck();
  };
  const auth = createAuth({ ...options, secret: options.authSecret, sessionsEnded });
  const documents = new DocumentKeeper(tending, options.log);
  const person = async (request: Request) => (await auth.session(request)).person;
  const live = new LiveDocuments({ ...options, pool: reads, person });
  const migration = newest(readMigrations(), 'server');
  const sync = mountSync({
    pool,
    reads,
    schema,
    migration,
    sessions: auth,
    memberships: membershipsIn(reads),
    upstream: options.upstream,
    ...(options.liveWait === undefined ? {} : { liveWait: options.liveWait }),
    features: writeFeatures(documents),
    lightViews,
    thread: { entry: new URL('./write-thread.ts', import.meta.url), databaseUrl: options.databaseUrl },
    open: ['/api/auth/'],
    publicUrl: options.publicUrl,
    log: options.log,
  });
  const deps = {
    pool,
    reads,
    schema,
    migration,
    person: sync.person,
    membershipsChanged(userId: string, change: 'gained' | 'lost') {
      sync.membershipsChanged(userId, change);
      if (change === 'lost') void live.recheck();
    },
    sessionsEnded,
    workspaceQuota: options.workspaceQuota ?? defaultQuota,
    log: options.log,
  };
  const app = createApp({ ...options, deps, auth, sync });
  const proxies = trustedProxies(options.trustedProxies ?? []);
  const listen = (done: (server: Server) => void, fail: (error: Error) => void) => {
    const listening = serve(
      {
        fetch: (request: Request, env: HttpBindings | Http2Bindings) => {
          const forwarded = request.headers.get('x-forwarded-for');
          const peer = env.incoming.socket.remoteAddress;
          request.headers.set(addressHeader, clientAddress(peer, forwarded, proxies));
          return app.fetch(request, env);
        },
        port: options.port,
        hostname: options.host,
      },
      () => done(listening as Server),
    );
    listening.once('error', fail);
  };
  const server = await sync
    .begin()
    .then(() => new Promise<Server>(listen))
    .catch(async (error: unknown) => {
      live.close();
      sync.endPolls();
      await Promise.all([pool.end(), reads.end(), tending.end(), auth.close()]);
      throw error;
    });
  answerWithHeaders(server, options.publicUrl);
  live.attach(server);
  // What an earlier run left; it matters to nobody who waits.
  void documents.catchUp().catch((error: Error) => options.log(`documents: ${error.message}`));
  const purge = outpostPurge(tending, options.log);
  purge.start();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://localhost:${port}`,
    port,
    auth,
    pool,
    documents,
    live,
    openReads: sync.openReads,
    purge,
    server,
    routes: app.routes,
    async close(patience = 2_000) {
      const closed = new Promise<void>((done) => server.close(() => done()));
      live.close();
      sync.endPolls();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), patience);
      await closed;
      clearTimeout(timer);
      await Promise.all([documents.close(), sync.close(), purge.close()]);
      await Promise.all([pool.end(), reads.end(), tending.end(), auth.close()]);
    },
  };
}
