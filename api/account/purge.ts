// What is purged of accounts (docs/purge.md).
import { daysAgo, msDaysAgo, type PurgeRule, purgeWhen } from '../sync/purge';

/** Days that things are kept. */
export const keptByAccount = {
  /** Invitations that were used or have run out. */
  invite: 30,
  /** Sessions, verifications and counted attempts that are over. */
  account: 1,
} as const;

export const accountPurge: readonly PurgeRule[] = [
  purgeWhen('auth.session', `"expiresAt" < ${daysAgo(keptByAccount.account)}`),
  purgeWhen('auth.verification', `"expiresAt" < ${daysAgo(keptByAccount.account)}`),
  purgeWhen('auth.password_link', `expires_at < ${daysAgo(keptByAccount.account)}`),
  purgeWhen('auth.rate_limit', `"lastRequest" < ${msDaysAgo(keptByAccount.account)}`),
  purgeWhen('auth.invite', `least(used_at, expires_at) < ${daysAgo(keptByAccount.invite)}`),
];
