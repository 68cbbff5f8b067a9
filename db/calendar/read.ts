// Reads an iCalendar file (RFC 5545) into the bookings that it stands for. ical.js parses; what is unusual is reported
// and left out, never guessed at; a broken file gives nothing.
import ICAL from 'ical.js';
import type { Span } from '../booking/range';
import { endOfTime, firstMoment } from '../bounds';
import { Clocks, endOf, instantOfMoment, type Length, type Moment } from './clock';
import { CalendarError, type CalendarProblem, LeftOut } from './problem';
import { keyOf, lengthOf, type Occurrences, occurrences } from './recurrence';

/** One occurrence of an event: one booking. */
export interface CalendarOccurrence {
  readonly uid: string;
  /** Which of a repetition it is; null: the event is a single one. */
  readonly key: string | null;
  readonly span: Span;
  readonly title: string;
  readonly notes: string;
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  readonly private: boolean;
}

/** An event that is here as a whole: what else there was of it is gone. */
export interface CompleteEvent {
  /** Only what begins in here is meant; null: all of it. */
  readonly window: Occurrences['window'];
  /** Keys of occurrences that are not gone, but could not be read. */
  readonly unread: ReadonlySet<string>;
}

export interface CalendarFile {
  readonly occurrences: readonly CalendarOccurrence[];
  /** By UID. */
  readonly complete: ReadonlyMap<string, CompleteEvent>;
  readonly problems: readonly CalendarProblem[];
}

export const calendarLimits = { bytes: 10_000_000, occurrences: 5_000, days: 60 } as const;

interface Found {
  readonly event: ICAL.Component;
  readonly clocks: Clocks;
  readonly line: number;
  readonly uid: string;
  /** All of the file's events are cancelled by its METHOD. */
  readonly cancels: boolean;
}

/**
 * @param options.zone of the resource: whole days, and times without a zone, are by its clocks
 * @param options.now ms since 1970: rules without an end are followed around it
 * @throws CalendarError
 */
export function readCalendar(text: string, options: { zone: string; now: number }): CalendarFile {
  if (text.length > calendarLimits.bytes) throw new CalendarError('This file is larger than 10 MB.');
  const calendars = parse(text);
  const lines = linesOf(text);
  const problems: CalendarProblem[] = [];
  const events = new Map<string, Found[]>();
  for (const calendar of calendars) {
    const clocks = new Clocks(calendar, options.zone);
    const cancels = calendar.getFirstPropertyValue('method') === 'CANCEL';
    for (const event of calendar.getAllSubcomponents('vevent')) {
      const line = lines.shift() ?? 0;
      const uid = event.getFirstPropertyValue('uid');
      if (typeof uid === 'string' && uid.trim() !== '' && uid.length <= 900) {
        const found = { event, clocks, line, uid, cancels };
        events.set(uid, [...(events.get(uid) ?? []), found]);
        continue;
      }
      const sentence = uid
        ? 'Its UID is too long.'
        : 'It has no UID, so a later version of it could not be known.';
      problems.push({ line, event: titleOf(event), sentence, leftOut: true });
    }
  }
  const out: CalendarOccurrence[] = [];
  const complete = new Map<string, CompleteEvent>();
  for (const [uid, versions] of events) {
    readEvent(uid, versions, options.now, { out, complete, problems });
  }
  if (out.length > calendarLimits.occurrences) {
    throw new CalendarError(
      `This file holds ${out.length.toLocaleString('en')} bookings; ${calendarLimits.occurrences.toLocaleString('en')} are the most at once.`,
    );
  }
  return { occurrences: out, complete, problems: problems.sort((a, b) => a.line - b.line) };
}

function parse(text: string): ICAL.Component[] {
  let parsed: unknown[];
  try {
    parsed = ICAL.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CalendarError(`This calendar file is broken, and nothing of it was used: ${why}.`);
  }
  const all = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  const calendars = all.filter((one) => one[0] === 'vcalendar').map((one) => new ICAL.Component(one));
  if (calendars.length === 0) throw new CalendarError('This is no calendar file: it holds no VCALENDAR.');
  return calendars;
}

/** Lines on which the events of the calendars begin, in their order. */
function linesOf(text: string): number[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) => (/^BEGIN:VEVENT\s*$/i.test(line) ? [i + 1] : []));
}

function titleOf(event: ICAL.Component): string {
  const title = event.getFirstPropertyValue('summary');
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : 'Untitled event';
}

interface Result {
  readonly out: CalendarOccurrence[];
  readonly complete: Map<string, CompleteEvent>;
  readonly problems: CalendarProblem[];
}

/** All that a file says of one UID: the event itself, and occurrences that differ from it. */
function readEvent(uid: string, versions: readonly Found[], now: number, result: Result): void {
  const report = (found: Found, sentence: string, leftOut = true) =>
    result.problems.push({ line: found.line, event: titleOf(found.event), sentence, leftOut });
  const masters = versions.filter(({ event }) => !event.hasProperty('recurrence-id'));
  const others = versions.filter(({ event }) => event.hasProperty('recurrence-id'));
  const [master] = newest(masters);
  if (masters.length > 1 && sequence(newest(masters)[0]!) === sequence(newest(masters)[1]!)) {
    for (const found of masters)
      report(found, 'It is in the file more than once, and neither is the newer one.');
    return;
  }
  const byKey = new Map<string, CalendarOccurrence>();
  const unread = new Set<string>();
  let window: Occurrences['window'] = null;
  if (master) {
    try {
      const read = readMaster(master, now);
      ({ window } = read);
      for (const one of read.all) byKey.set(one.key ?? '', one);
      if (window) {
        const day = (at: number) => new Date(at).toISOString().slice(0, 10);
        report(master, `It goes on and on: taken from ${day(window.from)} to ${day(window.to)}.`, false);
      }
    } catch (cause) {
      report(master, sentenceOf(cause));
      for (const other of others) report(other, 'The event that it belongs to is left out.');
      return;
    }
  }
  for (const other of others) {
    try {
      const { key, at, occurrence } = readOther(other, master);
      const outside = window !== null && (at < window.from || at >= window.to);
      if (outside) continue;
      if (master && !byKey.has(key))
        throw new LeftOut('It stands for an occurrence that its event does not have.');
      byKey.set(key, { ...occurrence, uid, key });
    } catch (cause) {
      // Where it was put is not where it is now, and where it is now is not known: neither is touched.
      const key = keyOrNone(other);
      byKey.delete(key);
      unread.add(key);
      report(other, sentenceOf(cause));
    }
  }
  result.out.push(...byKey.values());
  if (master) result.complete.set(uid, { window, unread });
}

/** By SEQUENCE, the newest first. */
function newest(versions: readonly Found[]): Found[] {
  return [...versions].sort((a, b) => sequence(b) - sequence(a));
}

const sequence = ({ event }: Found) => Number(event.getFirstPropertyValue('sequence') ?? 0);

function sentenceOf(cause: unknown): string {
  if (cause instanceof LeftOut) return cause.message;
  return `It cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`;
}

function readMaster(found: Found, now: number): { all: CalendarOccurrence[]; window: Occurrences['window'] } {
  const { event, clocks, uid } = found;
  const { start, length } = when(event, clocks);
  const facts = factsOf(found);
  const repeats = event.hasProperty('rrule') || event.hasProperty('rdate');
  const { all, window } = occurrences(event, clocks, start, length, now);
  return {
    window,
    all: all.map(({ key, start: from, end }) => ({
      ...facts,
      uid,
      key: repeats ? key : null,
      span: possible({ start: from, end }),
    })),
  };
}

function readOther(
  { event, clocks, ...found }: Found,
  master: Found | undefined,
): { key: string; at: number; occurrence: CalendarOccurrence } {
  const property = event.getFirstProperty('recurrence-id')!;
  if (property.getFirstParameter('range'))
    throw new LeftOut('It changes all later occurrences, too (RANGE).');
  const id = clocks.moment(property, property.jCal[3]);
  const dtstart = master?.event.getFirstProperty('dtstart');
  if (dtstart && (dtstart.type === 'date') !== id.isDay) {
    throw new LeftOut('Its RECURRENCE-ID is of another sort than the beginning of its event.');
  }
  const { start, length } = when(event, clocks);
  const from = instantOfMoment(start);
  const span = possible({ start: from, end: endOf(start.wall, start.clock, length) });
  const facts = factsOf({ event, clocks, ...found });
  const key = keyOf(id);
  return { key, at: instantOfMoment(id), occurrence: { ...facts, uid: found.uid, key, span } };
}

function keyOrNone({ event, clocks }: Found): string {
  try {
    const property = event.getFirstProperty('recurrence-id')!;
    return keyOf(clocks.moment(property, property.jCal[3]));
  } catch {
    return '';
  }
}

/** @throws LeftOut */
function when(event: ICAL.Component, clocks: Clocks): { start: Moment; length: Length } {
  const dtstart = event.getFirstProperty('dtstart');
  if (!dtstart) throw new LeftOut('It has no beginning (DTSTART).');
  const start = clocks.moment(dtstart, dtstart.jCal[3]);
  const dtend = event.getFirstProperty('dtend');
  const duration = event.getFirstProperty('duration');
  if (dtend && duration) throw new LeftOut('It has both an end (DTEND) and a length (DURATION).');
  if (duration) return { start, length: lengthOf(String(duration.jCal[3])) };
  if (!dtend) {
    if (!start.isDay) throw new LeftOut('It has no end, so it takes no time.');
    return { start, length: { days: 1, ms: 0 } };
  }
  const end = clocks.moment(dtend, dtend.jCal[3]);
  if (end.isDay !== start.isDay)
    throw new LeftOut('It begins with a day and ends at a time, or the reverse.');
  const ms =
    Date.UTC(end.wall.year, end.wall.month - 1, end.wall.day) -
    Date.UTC(start.wall.year, start.wall.month - 1, start.wall.day);
  if (start.isDay) return { start, length: { days: ms / 86_400_000, ms: 0 } };
  return { start, length: { days: 0, ms: instantOfMoment(end) - instantOfMoment(start) } };
}

function possible(span: Span): Span {
  if (span.end <= span.start) throw new LeftOut('It ends before it begins, or as it begins.');
  if (span.end - span.start > calendarLimits.days * 86_400_000) {
    throw new LeftOut(`It takes more than ${calendarLimits.days} days.`);
  }
  if (span.start < firstMoment || span.end > endOfTime) {
    throw new LeftOut('It lies before the year 1900 or after the year 2199.');
  }
  return span;
}

function factsOf({
  event,
  cancels,
}: Found): Pick<CalendarOccurrence, 'title' | 'notes' | 'status' | 'private'> {
  const text = (name: string, most = 1000) => {
    const value = event.getFirstPropertyValue(name);
    // Without what Postgres cannot store: NUL, and halves of surrogate pairs.
    return typeof value === 'string'
      ? value
          .trim()
          .slice(0, most)
          .replace(/\p{Cs}/gu, '')
          .replaceAll('\0', '')
      : '';
  };
  const status = text('status').toUpperCase();
  if (text('transp').toUpperCase() === 'TRANSPARENT' && status !== 'CANCELLED') {
    throw new LeftOut('It does not take the time (TRANSP:TRANSPARENT).');
  }
  return {
    title: text('summary', 300) || 'Untitled event',
    notes: text('description', 20_000),
    status:
      cancels || status === 'CANCELLED' ? 'cancelled' : status === 'TENTATIVE' ? 'tentative' : 'confirmed',
    private: ['PRIVATE', 'CONFIDENTIAL'].includes(text('class').toUpperCase()),
  };
}
