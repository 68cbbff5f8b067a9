// What is wrong with a calendar file: with all of it, or with one event of it. Every sentence that a person sees is here.

/** A piece of the file as it is shown in a sentence: one line, at most 60 characters. */
function shown(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59).replace(/\p{Cs}$/u, '')}…` : line;
}

const eventSentences = {
  'no-uid': () => 'It has no UID, so a later version of it could not be known.',
  'long-uid': () => 'Its UID is too long.',
  'not-closed': () => 'It has no end in the file (END:VEVENT is missing), so parts of it may be lost.',
  'bad-line': (line) => `Line ${line} of the file is broken, and the event depends on it.`,
  'bad-line-skipped': (line) => `Line ${line} of the file is broken and was passed over.`,
  'bad-text': (line) => `The text in line ${line} of the file could not be decoded and was passed over.`,
  'lost-characters': () =>
    'Some of its characters were lost before the file came here; they show as “\ufffd”. Export it again as UTF-8.',
  'twice-differently': () => 'It is in the file more than once, and neither is the newer one.',
  'event-left-out': () => 'The event that it belongs to is left out.',
  'override-unknown': (line) =>
    `One of its dates was changed, but which one cannot be read (line ${line}), so none is sure.`,
  'no-such-date': () => 'It stands for an occurrence that its event does not have.',
  range: () => 'It changes all later occurrences, too (RANGE).',
  'range-before': () => 'It changes all earlier occurrences, too (RANGE).',
  endless: (from, to) => `It goes on and on: taken from ${from} to ${to}.`,
  zone: (name) => `The time zone “${name}” is not in the file and not a known one.`,
  'no-time': (name, text) => `${name} “${text}” is no date and no time.`,
  'not-in-calendar': (name, text) => `${name} “${text}” does not exist in the calendar.`,
  'no-start': () => 'It has no beginning (DTSTART).',
  'two-of-one': (name) => `It has more than one ${name}.`,
  'two-ends': () => 'It has both an end (DTEND) and a length (DURATION).',
  'no-end': () => 'It has no end, so it takes no time.',
  'ends-otherwise': () => 'It begins with a day and ends at a time, or the reverse.',
  'ends-before': () => 'It ends before it begins, or as it begins.',
  'too-long': (days) => `It takes more than ${days} days.`,
  length: (text) => `“${text}” is no length of time.`,
  'negative-length': (text) => `The length “${text}” is negative.`,
  'out-of-time': () => 'It lies before the year 1900 or after the year 2199.',
  transparent: () => 'It does not take the time (TRANSP:TRANSPARENT).',
  'day-for-time': (name) => `${name} names a day, but the event begins at a time.`,
  'time-for-day': (name) => `${name} names a time, but the event takes whole days.`,
  exrule: () => 'It has an EXRULE, which calendars no longer agree on.',
  'two-rules': () => 'It has more than one RRULE, which calendars do not agree on.',
  'rule-part': (part) => `Its rule says “${part}”, which is not understood.`,
  'rule-unclear': (what) => `Its rule is not clear: calendars do not agree on ${what}.`,
  'rule-often': () => 'It repeats more than once a day.',
  'rule-start': () => 'It begins at a time that its own rule does not name.',
  'rule-over': () => 'Its rule ends before the event begins.',
  'rule-far': () => 'Its rule would have to be followed too far to find its dates.',
  'file-far': () =>
    'The rules before it in the file took too long to follow. Split the file and import the parts.',
  'after-end': () => 'What stands outside of the calendar in the file was passed over.',
  encoding: (name) =>
    `The file does not say how its letters are written; it was read as ${name}. If letters look wrong, export it as UTF-8.`,
  internal: () => 'It could not be read.',
} satisfies Record<string, (...details: string[]) => string>;

export type EventProblemKind = keyof typeof eventSentences;

const fileSentences = {
  'too-large': () => 'This file is larger than 10 MB.',
  'too-many': (most) =>
    `This file holds more than ${most} bookings, the most at once. Split it and import the parts.`,
  'no-calendar': () => 'This is no calendar file: it holds no VCALENDAR.',
  'cut-off': (line) =>
    `This calendar file is broken, and nothing of it was used: it stops before the end of what begins in line ${line}. Export or download it again.`,
  nested: (line) =>
    `This calendar file is broken, and nothing of it was used: in line ${line} too many parts stand in one another.`,
  'too-slow': () =>
    'This file takes too long to read, and nothing of it was used. Split it and import the parts.',
  encoding: (sentence) => sentence,
  internal: () => 'This file could not be read.',
} satisfies Record<string, (...details: string[]) => string>;

export type FileProblemKind = keyof typeof fileSentences;

type Sentences = Record<string, (...details: string[]) => string>;

/** The file is none, or is broken: nothing of it is used. `message` is a sentence a person can act on. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  readonly details: readonly string[];

  constructor(
    readonly kind: FileProblemKind,
    ...details: string[]
  ) {
    super((fileSentences as Sentences)[kind]!(...details));
    this.details = details;
  }
}

/** One thing that a file says and that is not guessed at, or that is worth knowing. */
export interface CalendarProblem {
  /** Line of the file (from 1) where the event begins; for a broken line, that line. */
  readonly line: number;
  /** The event's title, or what names it. */
  readonly event: string;
  readonly kind: EventProblemKind;
  readonly sentence: string;
  /** The event, or this occurrence of it, is left out because of it. */
  readonly leftOut: boolean;
}

/** @param details pieces of the file that the sentence shows */
export function sentenceFor(kind: EventProblemKind, ...details: string[]): string {
  return (eventSentences as Sentences)[kind]!(...details.map(shown));
}

/** What an event is called in a report: its title on one line. */
export const shownTitle = (title: string): string => shown(title) || 'Untitled event';

/** Thrown inside the reader: this event is left out. */
export class LeftOut extends Error {
  readonly details: readonly string[];

  constructor(
    readonly kind: EventProblemKind,
    ...details: string[]
  ) {
    super(sentenceFor(kind, ...details));
    this.details = details;
  }
}
