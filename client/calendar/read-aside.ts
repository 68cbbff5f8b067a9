// Reads a calendar file in a worker, with a bound on the time that it may take, so that no file makes a tab stand still.
// Where there are no workers (Node) it is read in place, with the bound on steps that the reader itself has.
import { CalendarError, type FileProblemKind } from '../../db/calendar/problem';
import { type CalendarFile, readCalendar } from '../../db/calendar/read';
import type { ReadAnswer, ReadOptions, ReadRequest } from './read-messages';

/** ms. The steps of the reader are used up long before, save on a very slow device. */
const longest = 30_000;

/** @throws CalendarError */
export async function readAside(bytes: Uint8Array, options: ReadOptions): Promise<CalendarFile> {
  if (typeof Worker === 'undefined') return readCalendar(bytes, options);
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
    type: 'module',
    name: 'calendar',
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = await new Promise<ReadAnswer>((resolve) => {
      const failed = (kind: FileProblemKind) => resolve({ kind, details: [] });
      timer = setTimeout(() => failed('too-slow'), longest);
      worker.onmessage = ({ data }: MessageEvent<ReadAnswer>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        failed('internal');
      };
      worker.postMessage({ bytes, options } satisfies ReadRequest);
    });
    if ('kind' in answer) throw new CalendarError(answer.kind, ...answer.details);
    return answer.file;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
