// Reads a calendar file beside the page's own thread.
import { CalendarError } from '../../db/calendar/problem';
import { readCalendar } from '../../db/calendar/read';
import type { ReadAnswer, ReadRequest } from './read-messages';

const worker = self as unknown as DedicatedWorkerGlobalScope;

function answer({ bytes, options }: ReadRequest): ReadAnswer {
  try {
    return { file: readCalendar(bytes, options) };
  } catch (error) {
    return error instanceof CalendarError
      ? { kind: error.kind, details: error.details }
      : { kind: 'internal', details: [] };
  }
}

worker.onmessage = ({ data }: MessageEvent<ReadRequest>) => worker.postMessage(answer(data));
