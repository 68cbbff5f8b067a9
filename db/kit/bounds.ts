// The times that the schema admits (constraints that end in _range): what lies outside breaks calendars, formats and views.

/** First and last day that a date may name, YYYY-MM-DD. */
export const firstDay = '1900-01-01';
export const lastDay = '2199-12-31';

/** Milliseconds since 1970: a moment is not before the first and is before the second. */
export const firstMoment = Date.UTC(1900, 0, 1);
export const endOfTime = Date.UTC(2200, 0, 1);

/** The nearest moment between both, where something may end as well; what is no number is the first one. */
export function withinTime(at: number): number {
  return Math.min(Math.max(Number.isNaN(at) ? firstMoment : at, firstMoment), endOfTime);
}
