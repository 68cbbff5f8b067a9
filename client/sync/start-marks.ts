// When each step of this start was reached, in the page and in its worker, on one clock. It imports nothing: the page's own
// script and the worker's entry use it too.

/** The steps, in the order in which a first start usually takes them. */
export const startSteps = [
  'navigation', // the browser began to load the page
  'worker', // the page began the worker
  'interface', // the interface runs
  'entry', // the worker's entry runs
  'module', // Postgres is loaded and compiled
  'image', // the prepared database is written; of a first start only
  'postgres', // Postgres runs
  'migrations', // the migrations were compared, and applied where there were new ones
  'writable', // the database can be read and written
  'session', // the server has said who this is
  'catch-up', // the first rows or words of a shape have come
  'rows', // the first rows that came are stored
  'up-to-date', // everything is here
] as const;

export type StartStep = (typeof startSteps)[number];

export interface StartMark {
  readonly step: StartStep;
  /** ms since 1970, with fractions */
  readonly at: number;
}

const prefix = 'start:';

/** The step is reached now; the first time counts. */
export function markStart(step: StartStep): void {
  if (performance.getEntriesByName(prefix + step).length === 0) performance.mark(prefix + step);
}

/** @returns the steps that were reached in this thread, in the order of time */
export function startMarks(): StartMark[] {
  return startSteps
    .flatMap((step) => {
      const [mark] = performance.getEntriesByName(prefix + step);
      return mark ? [{ step, at: performance.timeOrigin + mark.startTime }] : [];
    })
    .sort((a, b) => a.at - b.at);
}
