// Whether updates that people send are sound. Small ones are read at once; what takes time to read is read in a thread,
// so that nobody else waits.
import { z } from 'zod';
import { TooCostly } from '../../db/document/bounded';
import { bytesOfText, type UpdateFault, updateFault } from '../../db/document/update';
import { checkingThread, type DocumentThread } from './thread';

/** Bytes together that are read at once: some milliseconds at the worst. */
const AT_ONCE = 2_000;
/** Bytes that are one job for the thread, as long as there is more than one update. */
const JOB = 256_000;

/**
 * @returns for each update what is wrong with it, or null; 'too-large' also where reading takes too long
 */
export async function faultsOf(
  updates: readonly Uint8Array[],
  thread: DocumentThread = checkingThread,
): Promise<(UpdateFault | null)[]> {
  if (sizeOf(updates) <= AT_ONCE) return updates.map(updateFault);
  const faults: (UpdateFault | null)[] = [];
  for (const job of jobsOf(updates)) {
    try {
      faults.push(...(await thread.faults(job)));
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error;
      faults.push(...job.map(() => 'too-large' as const));
    }
  }
  return faults;
}

function jobsOf(updates: readonly Uint8Array[]): Uint8Array[][] {
  const jobs: Uint8Array[][] = [];
  let room = 0;
  for (const update of updates) {
    room -= update.byteLength;
    if (room < 0) {
      jobs.push([]);
      room = JOB - update.byteLength;
    }
    jobs.at(-1)!.push(update);
  }
  return jobs;
}

function sizeOf(updates: readonly Uint8Array[]): number {
  return updates.reduce((sum, update) => sum + update.byteLength, 0);
}

/** Columns that hold Yjs updates: nobody is given one that cannot be read. */
export const bodyColumns: Readonly<Record<string, string>> = {
  document_update: 'update',
  document_version: 'state',
};

const bodyInsert = z.object({
  kind: z.literal('insert'),
  table: z.string(),
  set: z.record(z.string(), z.unknown()),
});

/**
 * Reads every update in a local transaction, before anything is locked for it.
 * @param raw the transaction as it was sent
 * @returns by the operation's place, what is wrong with its update, or null
 */
export async function bodyFaults(raw: unknown): Promise<ReadonlyMap<number, UpdateFault | null>> {
  const { operations } = raw as { operations?: unknown };
  const faults = new Map<number, UpdateFault | null>();
  const updates = new Map<number, Uint8Array>();
  for (const [i, op] of Array.isArray(operations) ? operations.entries() : []) {
    const read = bodyInsert.safeParse(op);
    const column = read.success ? bodyColumns[read.data.table] : undefined;
    if (column === undefined) continue;
    const bytes = bytesOfText(read.data!.set[column]);
    if (bytes === null) faults.set(i, 'malformed');
    else updates.set(i, bytes);
  }
  const found = await faultsOf([...updates.values()]);
  for (const [k, i] of [...updates.keys()].entries()) faults.set(i, found[k]!);
  return faults;
}
