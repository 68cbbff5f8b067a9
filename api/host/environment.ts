// The one file that reads the environment. Every variable is checked; each bad one gets its own sentence.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { MailSettings } from '../account/mail';
import { isLoopback, trustedProxies } from './address';

export interface Environment {
  /** TCP port of the one address that everything is behind. */
  readonly port: number;
  /** The address to listen on: this machine only, unless others are to reach it. */
  readonly host: string;
  /**
   * Whether anything but this machine can reach the server: it listens on more than loopback, PUBLIC_URL names more than
   * loopback (a proxy passes others on to it), or it is said to be in production. Limits and the demonstration follow.
   */
  readonly reachable: boolean;
  /** Absolute path of the folder for the embedded Postgres, secrets and locks. */
  readonly dataDir: string;
  /** A Postgres 18 with wal_level=logical; null: the embedded one. */
  readonly databaseUrl: string | null;
  /** A real Electric; null: the embedded shape server. */
  readonly electricUrl: string | null;
  readonly electricSecret: string | null;
  /** Signs session cookies; null: made at the first start and kept in the data folder. */
  readonly authSecret: string | null;
  /** The address that browsers use, without a trailing slash; null: whatever the request's Host says. */
  readonly publicUrl: string | null;
  /** Bytes of files and page bodies that each workspace may keep on the server. */
  readonly workspaceQuota: number;
  /** Seed a demonstration workspace with two accounts whose passwords are printed. */
  readonly demo: boolean;
  /** Addresses and CIDR blocks of the proxies that are believed about the client's address. */
  readonly trustedProxies: readonly string[];
  /** Who may make an account: anybody, or only whoever has an invitation link. */
  readonly signUp: 'open' | 'invite';
  /** Folder of a built client, of another version perhaps; null: the one that this program builds. */
  readonly clientDist: string | null;
  /** How to send e-mail; null: it cannot. */
  readonly mail: MailSettings | null;
}

/** 5 GB. */
export const defaultQuota = 5_000_000_000;

/** `problems` has one sentence per bad variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const url = (name: string, protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
  });

function areProxies(list: readonly string[]): boolean {
  try {
    trustedProxies(list);
    return true;
  } catch {
    return false;
  }
}

const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'PORT must be a number from 0 to 65535.')
    .refine((value) => Number(value) <= 65535, 'PORT must be a number from 0 to 65535.')
    .optional(),
  DATA_DIR: z.string().optional(),
  CLIENT_DIST: z.string().optional(),
  DATABASE_URL: url('DATABASE_URL', ['postgres:', 'postgresql:']).optional(),
  ELECTRIC_URL: url('ELECTRIC_URL', ['http:', 'https:']).optional(),
  ELECTRIC_SECRET: z.string().optional(),
  AUTH_SECRET: z.string().min(32, 'AUTH_SECRET must have at least 32 characters.').optional(),
  PUBLIC_URL: url('PUBLIC_URL', ['http:', 'https:'])
    .refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', {
      error: 'PUBLIC_URL must have no path: Outpost is served from the root of its address.',
    })
    .optional(),
  LISTEN: z
    .string()
    .refine((value) => isIP(value) !== 0 || value === 'localhost', {
      error: 'LISTEN must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them.',
    })
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .transform((list) => list.filter((entry) => entry !== ''))
    .refine(areProxies, {
      error: 'TRUSTED_PROXIES must be addresses or blocks like 10.0.0.0/8, with commas between them.',
    })
    .optional(),
  SIGN_UP: z.enum(['open', 'invite'], 'SIGN_UP must be open or invite.').optional(),
  SMTP_URL: url('SMTP_URL', ['smtp:', 'smtps:']).optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[^\r\n]*$/, 'MAIL_FROM must be an e-mail address, like Outpost <outpost@example.org>.')
    .optional(),
  WORKSPACE_QUOTA: z
    .string()
    .regex(/^\d{1,9}$/, 'WORKSPACE_QUOTA must be a number of megabytes.')
    .optional(),
  DEMO: z.enum(['0', '1', 'false', 'true'], 'DEMO must be 0 or 1.').optional(),
  NODE_ENV: z.string().optional(),
});

/**
 * @param variables process.env, or another set in tests. An empty variable counts as absent.
 * @throws EnvironmentError
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const read = schema.safeParse(present);
  if (!read.success) throw new EnvironmentError([...new Set(read.error.issues.map((i) => i.message))]);
  const v = read.data;
  const production = v.NODE_ENV === 'production';
  const problems: string[] = [];
  if (production && v.DATABASE_URL && !v.AUTH_SECRET) {
    problems.push('AUTH_SECRET must be set (32 characters or more) when NODE_ENV is production.');
  }
  if (v.ELECTRIC_URL && !v.DATABASE_URL) {
    problems.push('ELECTRIC_URL needs DATABASE_URL: both must be about the same database.');
  }
  if (v.SMTP_URL && !(v.MAIL_FROM && v.PUBLIC_URL)) {
    problems.push(
      'SMTP_URL needs MAIL_FROM, the sender, and PUBLIC_URL, which the links in e-mails begin with.',
    );
  }
  if (problems.length > 0) throw new EnvironmentError(problems);
  const publicUrl = v.PUBLIC_URL ? new URL(v.PUBLIC_URL) : null;
  const elsewhere = publicUrl !== null && !isLoopback(publicUrl.hostname);
  const host = v.LISTEN ?? (elsewhere ? '0.0.0.0' : '127.0.0.1');
  const reachable = elsewhere || production || !isLoopback(host);
  return {
    port: Number(v.PORT ?? 3000),
    host,
    reachable,
    dataDir: resolve(v.DATA_DIR ?? '.data'),
    clientDist: v.CLIENT_DIST === undefined ? null : resolve(v.CLIENT_DIST),
    databaseUrl: v.DATABASE_URL ?? null,
    electricUrl: v.ELECTRIC_URL?.replace(/\/+$/, '') ?? null,
    electricSecret: v.ELECTRIC_SECRET ?? null,
    authSecret: v.AUTH_SECRET ?? null,
    publicUrl: publicUrl?.origin ?? null,
    demo: v.DEMO === undefined ? !v.DATABASE_URL && !reachable : v.DEMO === '1' || v.DEMO === 'true',
    trustedProxies: v.TRUSTED_PROXIES ?? [],
    signUp: v.SIGN_UP ?? 'open',
    mail: v.SMTP_URL && v.MAIL_FROM ? { url: v.SMTP_URL, from: v.MAIL_FROM } : null,
    workspaceQuota: v.WORKSPACE_QUOTA === undefined ? defaultQuota : Number(v.WORKSPACE_QUOTA) * 1_000_000,
  };
}
