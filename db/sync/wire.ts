// What a client and the server say to each other: POST /api/write, GET /api/session, POST /api/shapes/live, and the
// limits of both sides.
// Change anything here and PROTOCOL must rise; wire.test.ts holds a hash of this file's schemas.
import { z } from 'zod';
import { uuid } from './uuid';

export const PROTOCOL = 3;

/** Names the person whose device asks. Another person's session is then no session (401 'signed-out'). */
export const PERSON_HEADER = 'sync-person';

/** Limits that both sides know: a client splits before it sends, the server refuses above. */
export const limits = {
  bodyBytes: 16_000_000,
  transactions: 500,
  operations: 50_000,
  /**
   * Arrays and objects within each other, in one value of an operation, which is refused by itself; in other requests,
   * in the whole of it.
   */
  depth: 32,
  /** Live polls in one POST /api/shapes/live, and bytes of that request. */
  livePolls: 256,
  liveBytes: 256_000,
} as const;

/** Hybrid logical clock, see clock.ts. */
const clock = z.string().regex(/^[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const fields = z.record(z.string().max(63), z.json());

export const operation = z.object({
  kind: z.enum(['insert', 'update', 'delete']),
  table: z.string().max(63),
  id: uuid,
  /** New values by column: all of them for an insert, the changed ones for an update, none for a delete. */
  set: fields,
  /** The values that the device saw before; tells a concurrent change from a later one. */
  was: fields,
  clock,
});

export const transaction = z.object({
  /** The client's counter: 1, 2, 3 without a gap (W2). */
  n: z.int().positive(),
  operations: z.array(operation).min(1).max(limits.operations),
});

/**
 * How far a server's database had come when it was last heard: its epoch, which no restored copy can repeat (see
 * sync.epoch), and the version that it had reached in it, decimal.
 */
export const mark = z.object({ epoch: uuid, version: z.string().regex(/^\d{1,19}$/) });

export const writeRequest = z.object({
  protocol: z.int(),
  clientId: uuid,
  /** The database that the client believes it talks to; null before it knows. */
  serverId: uuid.nullable(),
  /** The newest mark that the client was given; null or absent: none. */
  mark: mark.nullish(),
  /** Everything up to this counter is answered and stored on the client: the server may forget it. */
  acknowledged: z.int().nonnegative(),
  transactions: z.array(z.unknown()).max(limits.transactions),
});

/** Why an operation was refused. The sentence beside it is for people; code branches on the kind only. */
export const refusalKinds = [
  'forbidden',
  'invalid',
  'unknown-table',
  'unknown-column',
  'unknown-row',
  'duplicate',
  'parent-missing',
  'too-large',
] as const;
export type RefusalKind = (typeof refusalKinds)[number];

export const verdict = z.discriminatedUnion('status', [
  z.object({ status: z.literal('applied'), version: z.string() }),
  z.object({
    status: z.literal('merged'),
    version: z.string(),
    /** Fields of the operation that lost to newer ones; the values are in a notice row. */
    lost: z.array(z.string()),
    /** The row had been deleted meanwhile; the change is kept with it. */
    gone: z.boolean(),
  }),
  z.object({
    status: z.literal('flagged'),
    version: z.string(),
    violation: uuid,
  }),
  z.object({
    status: z.literal('refused'),
    kind: z.enum(refusalKinds),
    /** The rule that refused it (a constraint's name), where there is one. */
    rule: z.string().nullable(),
    sentence: z.string(),
  }),
]);

export const answer = z.object({ n: z.int(), verdicts: z.array(verdict) });

/** 200 of POST /api/write. Answers are in the order of the counters, for a prefix of what was sent. */
export const writeResponse = z.object({
  serverId: uuid,
  /** Milliseconds since 1970 on the server when it answered; the client corrects its clock by it. */
  now: z.number(),
  /** WAL position (decimal) that is not before any answered write: the read path has caught up when it is there. */
  lsn: z.string(),
  /** Not before any answered write. */
  mark,
  answers: z.array(answer),
});

export const roles = ['owner', 'member', 'guest'] as const;
export type Role = (typeof roles)[number];

export const membership = z.object({
  workspaceId: uuid,
  memberId: uuid,
  role: z.enum(roles),
  /** The workspace's. */
  name: z.string(),
});

/** 200 of GET /api/session?epoch=…&version=… (the newest mark that the client has, if any). */
export const sessionAnswer = z.object({
  user: z.object({ id: z.string().min(1), name: z.string(), email: z.string() }),
  memberships: z.array(membership),
  /** Names this list of memberships: it changes whenever they do. A live request says which one it knows. */
  membershipsTag: z.string(),
  /** The database's identity; another one means that a device's unsent counters start over (W2). */
  serverId: uuid,
  mark,
  /**
   * The database was restored from a copy that is older than the client's mark: what was written from this version on
   * (decimal) is not in it. null: nothing is missing.
   */
  lostFrom: z.string().nullable(),
  /** Milliseconds since 1970. */
  now: z.number(),
  /** Newest migration of the server's program. */
  migration: z.int(),
});

/** Body of POST /api/shapes/live: many long polls in one request. A poll says what GET /api/shapes/:table says. */
export const liveRequest = z.object({
  /** membershipsTag of the session that the client knows; when it is another one by now, the answer says so at once. */
  memberships: z.string().max(100),
  /** As the last answer named it. Of polls that were said in full, in a request that it answered, the id is enough. */
  line: z.string().max(36).optional(),
  polls: z
    .array(
      z.object({
        /** Comes back with the result; the client's own, never used for another poll. */
        id: z.string().max(100),
        table: z.string().max(63).optional(),
        workspace: z.string().max(36).optional(),
        params: z.record(z.string().max(63), z.string().max(200)).optional(),
      }),
    )
    .max(limits.livePolls),
});

/**
 * Body of POST /api/shapes/catch-up: what GET /api/shapes/:table would be asked, for many shapes. A server that does not
 * know it says 404: then each is asked for by itself. It came after protocol 3 and changes nothing of it.
 */
export const catchUpRequest = z.object({
  polls: z
    .array(
      z.object({
        id: z.string().max(100),
        table: z.string().max(63),
        workspace: z.string().max(36),
        params: z.record(z.string().max(63), z.string().max(200)),
      }),
    )
    .max(limits.livePolls),
});
export type CatchUpRequest = z.infer<typeof catchUpRequest>;

/** Before each part of its 200, as a line of JSON; the part's own bytes follow. */
export const catchUpHead = z.object({
  poll: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  bytes: z.int().min(0),
});
export type CatchUpHead = z.infer<typeof catchUpHead>;

/** 200 of it. Polls without a result are to be asked again. */
export const liveAnswer = z.object({
  /** The memberships that the request named are not the person's any more. */
  membershipsChanged: z.boolean(),
  /** The server does not know a poll that was only named: all are to be said in full. */
  forgotten: z.boolean().optional(),
  /** Names the device's live requests, for the next one; another name than before: nothing is known of before. */
  line: z.string().optional(),
  /** What each poll would have got as a request of its own. */
  results: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    }),
  ),
});

/** 200 of GET /api/workspaces/:id/size: rows that the person's shapes hold now, by table. */
export const workspaceSize = z.object({ rows: z.record(z.string(), z.int()), total: z.int() });
export type WorkspaceSize = z.infer<typeof workspaceSize>;

/** Any answer of the API that is not 2xx. `kind` is closed; the sentence can be shown. */
export const apiErrorKinds = [
  'signed-out', // 401: sign in again; nothing local is affected (A3)
  'forbidden', // 403
  'not-found', // 404
  'malformed', // 400: this request will never be accepted as it is
  'too-large', // 413
  'protocol', // 426: this client is too old or too new for the server
  'gap', // 409: counters are missing; detail.expected says the next one
  'fork', // 409: the counter was used for other content, or the server is another database (detail.serverId) or an
  // older copy of it (detail.lostFrom): take a new client id
  'busy', // 429 or 503: try again later
  'conflict', // 409 of the online-only actions
  'unreachable', // made by the client: no answer
] as const;
export type ApiErrorKind = (typeof apiErrorKinds)[number];
export const apiError = z.object({
  error: z.object({
    kind: z.enum(apiErrorKinds),
    sentence: z.string(),
    detail: z.record(z.string(), z.json()).optional(),
  }),
});

export type LiveRequest = z.infer<typeof liveRequest>;
export type LiveAnswer = z.infer<typeof liveAnswer>;
export type Mark = z.infer<typeof mark>;
export type Membership = z.infer<typeof membership>;
export type SessionAnswer = z.infer<typeof sessionAnswer>;
export type Operation = z.infer<typeof operation>;
export type Transaction = z.infer<typeof transaction>;
export type WriteRequest = z.infer<typeof writeRequest>;
export type WriteResponse = z.infer<typeof writeResponse>;
export type Verdict = z.infer<typeof verdict>;
export type Answer = z.infer<typeof answer>;
