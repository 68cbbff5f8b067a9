// Runs in the thread of write-door.ts: answers large requests to write, each with a connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import type { Schema } from '../../db/sync/schema';
import { ApiFailure } from './errors';
import { Lineage } from './lineage';
import { changesPool } from './pools';
import type { Person } from './sessions';
import type { WriteFeature } from './write-feature';
import { answerWrite, type WritePlace } from './write-request';

export interface ThreadJob {
  readonly id: number;
  readonly person: Person;
  readonly body: Uint8Array;
}

export type ThreadAnswer = { readonly id: number } & (
  | {
      readonly done: {
        /** Of the response. */
        readonly json: Uint8Array<ArrayBuffer>;
        /** What each feature notes of it, in the order of the features. */
        readonly notes: readonly (readonly unknown[])[];
        readonly operations: number;
      };
    }
  | { readonly failure: Pick<ApiFailure, 'kind' | 'detail' | 'retryAfter'> & { readonly sentence: string } }
  | { readonly error: { readonly message: string; readonly stack?: string; readonly code?: unknown } }
);

/**
 * Answers what the door sends to this thread; to be called once, by the file that the door was given as its thread.
 * @param app the same schema, and the same features in the same order, as the door has
 */
export function answerLargeWrites(app: {
  readonly schema: Schema;
  readonly features: readonly WriteFeature[];
}): void {
  const port = parentPort;
  if (!port) throw new Error('answerLargeWrites runs in the thread of a WriteDoor');
  const pool = changesPool((workerData as { databaseUrl: string }).databaseUrl, 4);
  const place = { ...app, pool, lineage: new Lineage(pool) };
  port.on('message', (job: ThreadJob) => {
    void answered(job, place).then((answer) =>
      port.postMessage(answer, 'done' in answer ? [answer.done.json.buffer] : []),
    );
  });
}

async function answered(job: ThreadJob, place: WritePlace): Promise<ThreadAnswer> {
  const { id } = job;
  try {
    const { buffer, byteOffset, byteLength } = job.body;
    const body = Buffer.from(buffer, byteOffset, byteLength);
    const { response, notes } = await answerWrite(place, job.person, body);
    const operations = response.answers.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
    return { id, done: { json: new TextEncoder().encode(JSON.stringify(response)), notes, operations } };
  } catch (error) {
    if (error instanceof ApiFailure) {
      const { kind, message, detail, retryAfter } = error;
      return { id, failure: { kind, sentence: message, detail, retryAfter } };
    }
    const { message, stack, code } = error as Error & { code?: unknown };
    return { id, error: { message, ...(stack ? { stack } : {}), code } };
  }
}
