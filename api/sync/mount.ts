// The core as one thing that an app mounts, over the app's own tables and its own sessions: POST /api/write, what lies
// below /api/shapes, GET /api/session, and below GET /api/workspaces/:id the routes size and light.
import { Hono, type MiddlewareHandler } from 'hono';
import type { Pool } from 'pg';
import type { Schema } from '../../db/sync/schema';
import { KnownPolls } from '../../electric/known-polls';
import { LiveHub } from '../../electric/live-hub';
import type { Upstream } from '../../electric/proxy';
import { entrance, remembering } from './entrance';
import { errorHandler } from './errors';
import { KnownReaders } from './known-readers';
import { lightRoutes } from './light';
import type { LightView } from './light-view';
import { Lineage } from './lineage';
import { MembershipChanges } from './membership-changes';
import { OpenReads } from './open-reads';
import { sameOrigin } from './origin';
import { sessionRoutes } from './session';
import { type Memberships, type Person, requireOwner, type Sessions } from './sessions';
import { shapeRoutes } from './shapes';
import { sizeRoutes } from './size';
import { writeRoutes } from './write';
import { WriteDoor, type WriteThread } from './write-door';
import type { WriteFeature } from './write-feature';

export interface SyncOptions {
  /** For what changes something; changesPool (pools.ts) has the timeouts that the write path counts on. */
  readonly pool: Pool;
  /** For what only reads: no write takes one of its connections. */
  readonly reads: Pool;
  /** The app's synced tables. The database was migrated with its machinery (db/sync/migrate.ts). */
  readonly schema: Schema;
  /** Number of the newest migration of this program; GET /api/session tells it. */
  readonly migration: number;
  /** Whose request it is. */
  readonly sessions: Sessions;
  /** Which workspaces are whose. */
  readonly memberships: Memberships;
  /** Where shapes come from: embeddedUpstream or electricUpstream (electric/proxy.ts). */
  readonly upstream: Upstream;
  /** How long a live request waits when nothing happens, ms; 20 s when absent. */
  readonly liveWait?: number;
  /** What the app's features have a say in when rows are written; absent: the tables' own rules are all. */
  readonly features?: readonly WriteFeature[];
  /** What the app's features give light mode to read; absent: nothing. */
  readonly lightViews?: readonly LightView[];
  /** Answers large requests to write, so that they hold up nobody; absent: they are answered in this thread. */
  readonly thread?: WriteThread;
  /** Beginnings of paths that change something and need no session, such as the app's sign-in; absent: none. */
  readonly open?: readonly string[];
  /** The origin that pages are served from; null: the Host that was asked. Writes from other origins are refused. */
  readonly publicUrl: string | null;
  /** One line for the operator. */
  log(line: string): void;
}

export interface Sync {
  /**
   * The routes, with their paths: `app.route('/', sync.routes)`, or its `fetch` as a handler. To be served by
   * @hono/node-server: bodies are read off its sockets.
   */
  readonly routes: Hono;
  /** For the app's own routes that change something, too: a person's turns are counted over all of them (entrance.ts). */
  readonly entrance: MiddlewareHandler;
  /** Whose session the request carries, asked once for each request. @throws ApiFailure 'signed-out' */
  person(request: Request): Promise<Person>;
  /** Polls and streams that are open. */
  readonly openReads: OpenReads;
  /** To be called once, after the migration and before the first request. @throws that the database is away */
  begin(): Promise<void>;
  /** The app changed a person's memberships: they hear of it; whoever may have lost one is cut off at once. */
  membershipsChanged(userId: string, change: 'gained' | 'lost'): void;
  /** The app ended sessions: whoever reads by one is cut off at once. */
  sessionsEnded(): void;
  /** Polls that wait are told to come again later. To be called before the server closes. */
  endPolls(): void;
  /** To be called when the last request is answered; the pools stay open. */
  close(): Promise<void>;
}

/** Makes the core of an app. It asks nothing of the database before `begin`. */
export function mountSync(options: SyncOptions): Sync {
  const { pool, reads, schema, sessions, memberships, upstream, features = [] } = options;
  const lineage = new Lineage(reads);
  const membershipChanges = new MembershipChanges();
  const readers = new KnownReaders({
    sessions,
    memberships,
    changed(userId) {
      membershipChanges.tell(userId);
      void openReads.recheck();
    },
  });
  const openReads = new OpenReads({ memberships, readers, log: options.log });
  const hub = new LiveHub(upstream, options.liveWait === undefined ? {} : { patienceMs: options.liveWait });
  const door = { schema, hub, known: new KnownPolls() };
  const writes = new WriteDoor({ pool, lineage, schema, features }, options.thread ?? null);
  const person = remembering(async (request) => {
    const found = await sessions.session(request);
    requireOwner(request, found.person.id);
    return found.person;
  });
  const enter = entrance(person, options.open ?? []);
  const sessionsEnded = () => {
    readers.forget();
    void openReads.recheck();
  };
  const routes = new Hono();
  routes.onError(errorHandler(options.log));
  const ofWorkspaces = ['/api/workspaces/:id/size', '/api/workspaces/:id/light/*'];
  for (const path of ['/api/write', '/api/shapes/*', '/api/session', ...ofWorkspaces]) {
    routes.use(path, sameOrigin(options.publicUrl), enter);
  }
  routes.route(
    '/api/session',
    sessionRoutes({ sessions, memberships, lineage, migration: options.migration }),
  );
  routes.route(
    '/api/shapes',
    shapeRoutes({ person, memberships, membershipChanges, readers, openReads, upstream, door }),
  );
  routes.route('/api/workspaces', sizeRoutes({ person, memberships, reads, schema }));
  const views = options.lightViews ?? [];
  routes.route('/api/workspaces', lightRoutes({ person, memberships, reads, schema, views }));
  routes.route('/api/write', writeRoutes({ person, writes }));
  return {
    routes,
    entrance: enter,
    person,
    openReads,
    begin: () => lineage.begin(),
    membershipsChanged(userId, change) {
      readers.forget();
      membershipChanges.tell(userId);
      if (change === 'lost') sessionsEnded();
    },
    sessionsEnded,
    endPolls() {
      openReads.close();
      hub.close();
    },
    close: () => writes.close(),
  };
}
