// Starts the API server: one port for the API, the shapes and the client's files.
import type { Server } from 'node:http';
import { type Http2Bindings, type HttpBindings, serve } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import { newest } from '../../db/sync/migrate';
import { KnownPolls } from '../../electric/known-polls';
import { LiveHub } from '../../electric/live-hub';
import type { Upstream } from '../../electric/proxy';
import { type Auth, addressHeader, createAuth } from '../account/auth';
import { MembershipChanges } from '../account/membership-changes';
import { clientAddress, trustedProxies } from '../address';
import { createApp } from '../app';
import type { ApiDeps } from '../deps';
import { DocumentKeeper } from '../page/keeper';
import { LiveDocuments } from '../page/live';
import { KnownReaders } from '../sync/known-readers';
import { Lineage } from '../sync/lineage';
import { OpenReads } from '../sync/open-reads';
import { WriteDoor } from '../sync/write-door';
import { defaultQuota, type MailSettings } from './environment';
import { answerWithHeaders } from './headers';
import { readMigrations } from './migrations';
import { changesPool, readsPool, tendingPool } from './pools';
import { Purge } from './purge';

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
    readers.forget();
    void live.recheck();
    void openReads.recheck();
  };
  const auth = createAuth({ ...options, secret: options.authSecret, sessionsEnded });
  const documents = new DocumentKeeper(tending, options.log);
  const person = async (request: Request) => (await auth.session(request)).person;
  const live = new LiveDocuments({ ...options, pool: reads, person });
  const lineage = new Lineage(reads);
  const membershipChanges = new MembershipChanges();
  const readers = new KnownReaders({
    pool: reads,
    auth,
    changed(userId) {
      membershipChanges.tell(userId);
      void openReads.recheck();
    },
  });
  const openReads = new OpenReads({ ...options, pool: reads, readers });
  const hub = new LiveHub(options.upstream);
  const writes = new WriteDoor(pool, lineage, options.databaseUrl);
  const deps: ApiDeps = {
    pool,
    reads,
    writes,
    openReads,
    readers,
    lineage,
    documents,
    person,
    membershipChanges,
    membershipsChanged(userId, change) {
      readers.forget();
      membershipChanges.tell(userId);
      if (change === 'lost') sessionsEnded();
    },
    sessionsEnded,
    migration: newest(readMigrations(), 'server'),
    workspaceQuota: options.workspaceQuota ?? defaultQuota,
    log: options.log,
  };
  const app = createApp({ ...options, deps, auth, door: { hub, known: new KnownPolls() } });
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
  const server = await lineage
    .begin()
    .then(() => new Promise<Server>(listen))
    .catch(async (error: unknown) => {
      live.close();
      openReads.close();
      hub.close();
      await Promise.all([pool.end(), reads.end(), tending.end(), auth.close()]);
      throw error;
    });
  answerWithHeaders(server, options.publicUrl);
  live.attach(server);
  // What an earlier run left; it matters to nobody who waits.
  void documents.catchUp().catch((error: Error) => options.log(`documents: ${error.message}`));
  const purge = new Purge(tending, options.log);
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
    openReads,
    purge,
    server,
    routes: app.routes,
    async close(patience = 2_000) {
      const closed = new Promise<void>((done) => server.close(() => done()));
      live.close();
      openReads.close();
      hub.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), patience);
      await closed;
      clearTimeout(timer);
      await Promise.all([documents.close(), writes.close(), purge.close()]);
      await Promise.all([pool.end(), reads.end(), tending.end(), auth.close()]);
    },
  };
}
