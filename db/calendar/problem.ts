// What is wrong with a calendar file: with all of it, or with one event of it.

/** The file is none, or is broken: nothing of it is used. `message` is a sentence a person can act on. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

/** One thing that a file says and that is not guessed at, or that is worth knowing. */
export interface CalendarProblem {
  /** Line of the file (from 1) where the event begins. */
  readonly line: number;
  /** The event's title, or what names it. */
  readonly event: string;
  readonly sentence: string;
  /** The event, or this occurrence of it, is left out because of it. */
  readonly leftOut: boolean;
}

/** Thrown inside the reader: this event is left out. */
export class LeftOut extends Error {}
