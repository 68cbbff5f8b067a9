// All that is purged, by the rules of each room (docs/purge.md).
import type { Pool } from 'pg';
import { accountPurge, keptByAccount } from '../account/purge';
import { filePurge, keptByFile } from '../file/purge';
import { keptBySync, Purge, syncPurge } from '../sync/purge';

/** Days that things are kept. */
export const kept = { ...keptBySync, ...keptByAccount, ...keptByFile } as const;

/** @param log one line for the operator */
export function outpostPurge(pool: Pool, log: (line: string) => void): Purge {
  return new Purge(pool, log, [...accountPurge, ...syncPurge, ...filePurge]);
}
