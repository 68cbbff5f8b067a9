// Runs in the thread of write-door.ts: answers large requests to write, each with a connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import type { Person } from '../deps';
import { ApiFailure } from '../errors';
import { changesPool } from '../host/pools';
import type { DocumentName } from '../page/keeper';
import { Lineage } from './lineage';
import { answerWrite, type WritePlace } from './write-request';

export interface ThreadJob {
  readonly id: number;
  readonly person: Person;
  readonly body: Uint8Array;
}

export type ThreadAnswer = { readonly id: number } & (
  | {
      readonly done: {
        readonly json: Uint8Array<ArrayBuffer>;
        readonly written: readonly DocumentName[];
        readonly operations: number;
      };
    }
  | { readonly failure: Pick<ApiFailure, 'kind' | 'detail' | 'retryAfter'> & { readonly sentence: string } }
  | { readonly error: { readonly message: string; readonly stack?: string; readonly code?: unknown } }
);

async function answered(job: ThreadJob, place: WritePlace): Promise<ThreadAnswer> {
  const { id } = job;
  try {
    const { buffer, byteOffset, byteLength } = job.body;
    const body = Buffer.from(buffer, byteOffset, byteLength);
    const { response, written } = await answerWrite(place, job.person, body);
    const operations = response.answers.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
    return { id, done: { json: new TextEncoder().encode(JSON.stringify(response)), written, operations } };
  } catch (error) {
    if (error instanceof ApiFailure) {
      const { kind, message, detail, retryAfter } = error;
      return { id, failure: { kind, sentence: message, detail, retryAfter } };
    }
    const { message, stack, code } = error as Error & { code?: unknown };
    return { id, error: { message, ...(stack ? { stack } : {}), code } };
  }
}

if (parentPort) {
  const port = parentPort;
  const pool = changesPool((workerData as { databaseUrl: string }).databaseUrl, 4);
  const place = { pool, lineage: new Lineage(pool) };
  port.on('message', (job: ThreadJob) => {
    void answered(job, place).then((answer) =>
      port.postMessage(answer, 'done' in answer ? [answer.done.json.buffer] : []),
    );
  });
}
