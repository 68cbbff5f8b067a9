// Whether updates that people send are sound. Small ones are read at once; what takes time to read is read in a thread,
// so that nobody else waits.
import { TooCostly } from '../../db/page/bounded';
import { type UpdateFault, updateFault } from '../../db/page/update';
import { Turns } from '../sync/turns';
import { checkingThread, type DocumentThread, largeCheckingThread } from './thread';

/** Bytes together that are read at once: some milliseconds at the worst. */
const AT_ONCE = 2_000;
/** Bytes that are one job for the thread, as long as there is more than one update: 25 ms at the worst. */
const JOB = 64_000;
/** Bytes that one person may have waiting to be checked: of what they sent at once, and twice that. */
const WAITING = 24_000_000;

/** A thread, and whose turn it is. */
export class Checks {
  readonly #turns = new Turns({ atOnce: 1, perPerson: 1, waiting: WAITING });

  constructor(private readonly thread: DocumentThread) {}

  /** @throws ApiFailure 'busy' with a time to come again */
  async of(person: string, job: readonly Uint8Array[]): Promise<(UpdateFault | null)[]> {
    return await this.#turns.run(person, sizeOf(job), async () => {
      try {
        return await this.thread.faults(job);
      } catch (error) {
        if (!(error instanceof TooCostly)) throw error;
        return job.map(() => 'too-large' as const);
      }
    });
  }
}

/** What people type never waits for a whole document that somebody brings: that is another thread's. */
const small = new Checks(checkingThread);
const large = new Checks(largeCheckingThread);

/**
 * @param person who sent them: each has their turn, whatever others have sent
 * @returns for each update what is wrong with it, or null; 'too-large' also where reading takes too long
 * @throws ApiFailure 'busy' with a time to come again: too much of this person's waits
 */
export async function faultsOf(
  updates: readonly Uint8Array[],
  person: string,
  checks: { readonly small: Checks; readonly large: Checks } = { small, large },
): Promise<(UpdateFault | null)[]> {
  if (sizeOf(updates) <= AT_ONCE) return updates.map(updateFault);
  const jobs = jobsOf(updates).map((job) =>
    (sizeOf(job) <= JOB ? checks.small : checks.large).of(person, job),
  );
  return (await Promise.all(jobs)).flat();
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
