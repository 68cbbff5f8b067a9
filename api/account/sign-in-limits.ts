// How often a password may be wrong: per account and per address. Whoever signs in rightly is not counted, and where a
// person has signed in before, the guesses of others do not lock them out.
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { ApiFailure } from '../sync/errors';
import { Turns } from '../sync/turns';

interface Limit {
  readonly failures: number;
  readonly seconds: number;
}

export const signInLimits = {
  /** An account that is tried from addresses where its person never signed in; and each where they have. */
  account: { failures: 15, seconds: 15 * 60 },
  /** One address that tries accounts which never signed in from it. */
  address: { failures: 10, seconds: 60 },
  /** E-mails with a link to a new password, to one account. */
  mail: { failures: 3, seconds: 60 * 60 },
} as const satisfies Record<string, Limit>;

/** How an attempt ended: 'wrong' counts, 'neither' (malformed, server busy) does not. */
export type Outcome = 'right' | 'wrong' | 'neither';

export interface SignInLimits {
  /**
   * Runs an attempt, or does not.
   * @param email as it is in the account, whether there is one or not
   * @returns what `run` returned, or the seconds until the next attempt is looked at
   */
  attempt<T extends { readonly outcome: Outcome }>(
    email: string,
    address: string,
    run: () => Promise<T>,
  ): Promise<T | { readonly wait: number; readonly whose: 'account' | 'address' }>;
  /** Counts one e-mail to the account. @returns whether it may be sent */
  maySend(email: string): Promise<boolean>;
}

/** No limits: a server that only this machine reaches. */
export const unlimited: SignInLimits = {
  attempt: (_email, _address, run) => run(),
  maySend: async () => true,
};

interface Bucket {
  readonly whose: 'account' | 'address';
  readonly key: Buffer;
  readonly limit: Limit;
}

/** @param pool the server's database */
export function createSignInLimits(pool: Pool): SignInLimits {
  // One account's attempts are judged one after the other, so that many at once are not more than the limit. A few of one
  // address may be: checking a password costs a twentieth of a second of one core.
  const ofAccount = new Turns({ perPerson: 1, waiting: 50 });
  const ofAddress = new Turns({ perPerson: 4, waiting: 200 });
  return {
    async attempt(email, address, run) {
      const account = email.toLowerCase();
      const judge = async () => {
        const known = await isKnown(pool, account, address);
        const buckets = known
          ? [bucket('account', ['account', account, address])]
          : [bucket('account', ['account', account]), bucket('address', ['address', address])];
        const full = await firstFull(pool, buckets);
        if (full) return full;
        const result = await run();
        if (result.outcome === 'wrong') {
          for (const { key, limit } of buckets) await count(pool, key, limit);
        }
        if (result.outcome === 'right') await signedIn(pool, account, address, buckets[0]!.key);
        return result;
      };
      try {
        return await ofAccount.run(account, 1, () => ofAddress.run(address, 1, judge));
      } catch (error) {
        if (error instanceof ApiFailure && error.kind === 'busy') return { wait: 5, whose: 'account' };
        throw error;
      }
    },
    async maySend(email) {
      const { limit, key } = {
        limit: signInLimits.mail,
        key: bucket('account', ['mail', email.toLowerCase()]).key,
      };
      return (await count(pool, key, limit)) <= limit.failures;
    },
  };
}

function bucket(whose: 'account' | 'address', parts: readonly string[]): Bucket {
  return { whose, key: hash(parts), limit: signInLimits[whose] };
}

function hash(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

async function isKnown(pool: Pool, email: string, address: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select 1 from auth.known_address k join auth."user" u on u.id = k.user_id
      where u.email = $1 and k.address = $2`,
    [email, hash([address])],
  );
  return rowCount === 1;
}

async function firstFull(pool: Pool, buckets: readonly Bucket[]) {
  for (const { whose, key, limit } of buckets) {
    const { rows } = await pool.query<{ wait: number }>(
      `select ceil(extract(epoch from since + $3 * interval '1 second' - now()))::integer as wait
         from auth.sign_in_failure where key = $1 and count >= $2`,
      [key, limit.failures, limit.seconds],
    );
    const wait = rows[0]?.wait ?? 0;
    if (wait > 0) return { wait, whose };
  }
  return null;
}

/** @returns how many there are now within the limit's time */
async function count(pool: Pool, key: Buffer, limit: Limit): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `insert into auth.sign_in_failure as f (key, count) values ($1, 1)
       on conflict (key) do update set
         count = case when f.since < now() - $2 * interval '1 second' then 1 else f.count + 1 end,
         since = case when f.since < now() - $2 * interval '1 second' then now() else f.since end
       returning f.count`,
    [key, limit.seconds],
  );
  await pool.query("delete from auth.sign_in_failure where since < now() - interval '1 day'");
  return rows[0]!.count;
}

async function signedIn(pool: Pool, email: string, address: string, key: Buffer): Promise<void> {
  await pool.query('delete from auth.sign_in_failure where key = $1', [key]);
  await pool.query(
    `insert into auth.known_address as k (user_id, address) select id, $2 from auth."user" where email = $1
       on conflict (user_id, address) do update set seen_at = now()`,
    [email, hash([address])],
  );
  await pool.query("delete from auth.known_address where seen_at < now() - interval '180 days'");
}
