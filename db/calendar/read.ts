// Reads an iCalendar file (RFC 5545) into the bookings that it stands for. What is unusual is reported and left out,
// never guessed at; one bad event costs itself only; a file that is cut off gives nothing.
import type { Span } from '../booking';
import { Budget } from './budget';
import { readCalendarText } from './bytes';
import { Clocks, type Moment } from './clock';
import { type Component, parseComponents } from './component';
import { type EventFacts, factsOf, faultOf, longestDays, possible, spanOf, titleOf, when } from './event';
import { CalendarError, type CalendarProblem, type EventProblemKind, LeftOut, sentenceFor } from './problem';
import { keyOf, type Occurrences, occurrences, ofSort, onDay } from './recurrence';
import { type Found, newest } from './version';

/** One occurrence of an event: one booking. */
export interface CalendarOccurrence extends EventFacts {
  readonly uid: string;
  /** Which of a repetition it is; null: the event is a single one. */
  readonly key: string | null;
  readonly span: Span;
}

/** An event that is here as a whole: what else there was of it is gone. */
export interface CompleteEvent {
  /** Only what begins in here is meant; null: all of it. */
  readonly window: Occurrences['window'];
  /** Keys of occurrences that are not gone, but could not be read; '' for an event that does not repeat. */
  readonly unread: ReadonlySet<string>;
}

export interface CalendarFile {
  readonly occurrences: readonly CalendarOccurrence[];
  /** By UID. */
  readonly complete: ReadonlyMap<string, CompleteEvent>;
  readonly problems: readonly CalendarProblem[];
}

export const calendarLimits = { bytes: 10_000_000, occurrences: 5_000, days: longestDays } as const;

/**
 * @param file its bytes, or its text where that is known
 * @param options.zone of the resource: whole days, and times without a zone, are by its clocks
 * @param options.now ms since 1970: rules without an end are followed around it
 * @throws CalendarError
 */
export function readCalendar(
  file: string | Uint8Array,
  options: { zone: string; now: number },
): CalendarFile {
  // UTF-16 has two bytes for each letter.
  const most = typeof file === 'string' ? calendarLimits.bytes : 2 * calendarLimits.bytes;
  if (file.length > most) throw new CalendarError('too-large');
  const { text, encoding, guessed } =
    typeof file === 'string' ? { text: file, encoding: '', guessed: false } : readCalendarText(file);
  if (text.length > calendarLimits.bytes) throw new CalendarError('too-large');
  const { calendars, stray } = parseComponents(text);
  const reading = new Reading(options);
  if (guessed) reading.remark(1, 'encoding', encoding);
  if (stray !== null) reading.remark(stray, 'after-end');
  const budget = new Budget();
  for (const calendar of calendars) reading.take(calendar, budget);
  return reading.result();
}

class Reading {
  readonly #out: CalendarOccurrence[] = [];
  readonly #complete = new Map<string, CompleteEvent>();
  readonly #problems: CalendarProblem[] = [];
  readonly #events = new Map<string, Found[]>();

  constructor(readonly options: { readonly zone: string; readonly now: number }) {}

  /** Something about the file as a whole. */
  remark(line: number, kind: EventProblemKind, ...details: string[]): void {
    const sentence = sentenceFor(kind, ...details);
    this.#problems.push({ line, event: 'The file', kind, sentence, leftOut: false });
  }

  #report(event: Component, kind: EventProblemKind, details: readonly string[] = [], leftOut = true): void {
    const sentence = sentenceFor(kind, ...details);
    this.#problems.push({ line: event.line, event: titleOf(event), kind, sentence, leftOut });
  }

  #failed(event: Component, cause: unknown): void {
    if (cause instanceof LeftOut) this.#report(event, cause.kind, cause.details);
    else this.#report(event, 'internal');
  }

  take(calendar: Component, budget: Budget): void {
    const clocks = new Clocks(calendar, this.options.zone, budget);
    const method = calendar.first('METHOD')?.value.trim().toUpperCase();
    for (const event of calendar.childrenOf('VEVENT')) {
      const fault = faultOf(event);
      const uid = event.first('UID')?.value.trim() ?? '';
      if (uid === '' || uid.length > 900) {
        if (fault) this.#failed(event, fault);
        else this.#report(event, uid === '' ? 'no-uid' : 'long-uid');
        continue;
      }
      if (!fault) this.#remarks(event);
      const found = { event, clocks, uid, cancels: method === 'CANCEL', fault };
      const versions = this.#events.get(uid);
      if (versions) versions.push(found);
      else this.#events.set(uid, [found]);
    }
  }

  /** What was passed over in an event that is used. */
  #remarks(event: Component): void {
    const [bad] = event.bad;
    if (bad) {
      const kind = bad.encoded ? 'bad-text' : 'bad-line-skipped';
      const sentence = sentenceFor(kind, String(bad.line));
      this.#problems.push({ line: bad.line, event: titleOf(event), kind, sentence, leftOut: false });
    }
    const lost = ['SUMMARY', 'DESCRIPTION'].some((name) => event.first(name)?.value.includes('\ufffd'));
    if (lost) this.#report(event, 'lost-characters', [], false);
  }

  result(): CalendarFile {
    for (const [uid, versions] of this.#events) {
      this.#readEvent(uid, versions);
      if (this.#out.length > calendarLimits.occurrences) {
        throw new CalendarError('too-many', calendarLimits.occurrences.toLocaleString('en'));
      }
    }
    const problems = this.#problems.sort((a, b) => a.line - b.line);
    return { occurrences: this.#out, complete: this.#complete, problems };
  }

  /** All that a file says of one UID: the event itself, and occurrences that differ from it. */
  #readEvent(uid: string, versions: readonly Found[]): void {
    const isOther = ({ event }: Found) =>
      event.has('RECURRENCE-ID') || event.bad.some(({ name }) => name === 'RECURRENCE-ID');
    const masters = versions.filter((found) => !isOther(found));
    const others = versions.filter(isOther);
    const [master, ...rivals] = masters.length > 0 ? newest(masters) : [];
    if (master && rivals.length > 0) {
      for (const { event } of [master, ...rivals]) this.#report(event, 'twice-differently');
      for (const { event } of others) this.#report(event, 'event-left-out');
      return;
    }
    let series: Series | null = null;
    if (master) {
      try {
        series = readMaster(master, this.options.now);
      } catch (cause) {
        this.#failed(master.event, cause);
        for (const { event } of others) this.#report(event, 'event-left-out');
        return;
      }
    }
    const dates = new Map<string, Found[]>();
    for (const other of others) {
      try {
        const key = dateOf(other, series);
        const known = dates.get(key);
        if (known) known.push(other);
        else dates.set(key, [other]);
      } catch (cause) {
        this.#failed(other.event, cause);
        // Which date is changed is not known, so none of them is.
        if (!master) continue;
        this.#report(master.event, 'override-unknown', [String(other.event.line)]);
        return;
      }
    }
    if (master && series?.window) {
      const day = (at: number) => new Date(at).toISOString().slice(0, 10);
      this.#report(master.event, 'endless', [day(series.window.from), day(series.window.to)], false);
    }
    this.#put(uid, series, dates);
  }

  /** The dates of an event, some of them replaced. */
  #put(uid: string, series: Series | null, dates: ReadonlyMap<string, readonly Found[]>): void {
    const byKey = new Map<string, CalendarOccurrence>(series?.all.map((one) => [one.key ?? single, one]));
    const inSeries = new Set(byKey.keys());
    const unread = new Set<string>();
    const window = series?.window ?? null;
    for (const [key, versions] of dates) {
      const at = Date.parse(key);
      const [other, ...rivals] = newest(versions);
      // Ranges reach further than their own date.
      const range = versions.find(({ event }) => event.first('RECURRENCE-ID')?.parameters.has('RANGE'));
      if (window && !range && (at < window.from || at >= window.to)) continue;
      try {
        if (range) throw new LeftOut(isBefore(range) ? 'range-before' : 'range');
        if (rivals.length > 0) throw new LeftOut('twice-differently');
        if (series && !inSeries.has(key)) throw new LeftOut('no-such-date');
        byKey.set(key, { ...readOther(other!), uid, key: key === single ? null : key });
      } catch (cause) {
        // Where it was put is not where it is now, and where it is now is not known: neither is touched.
        const reached = range
          ? [...inSeries].filter((one) => (isBefore(range) ? one <= key : one >= key))
          : [];
        for (const one of [key, ...reached]) {
          byKey.delete(one);
          unread.add(one);
        }
        for (const { event } of rivals.length > 0 && !range ? [other!, ...rivals] : [range ?? other!]) {
          this.#failed(event, cause);
        }
      }
    }
    for (const key of unread) byKey.delete(key);
    this.#out.push(...byKey.values());
    if (series) this.#complete.set(uid, { window, unread });
  }
}

const isBefore = ({ event }: Found) =>
  event.first('RECURRENCE-ID')?.parameters.get('RANGE')?.toUpperCase() === 'THISANDPRIOR';

/** Stands for the key of an event that does not repeat. */
const single = '';

interface Series {
  readonly start: Moment;
  /** The date that a key stands for. */
  named(key: string): string;
  readonly all: readonly CalendarOccurrence[];
  readonly window: Occurrences['window'];
}

/** @throws LeftOut */
function readMaster(found: Found, now: number): Series {
  const { event, clocks, uid, fault } = found;
  if (fault) throw fault;
  const { start, length } = when(event, clocks);
  const facts = factsOf(found);
  const repeats = event.has('RRULE') || event.has('RDATE');
  const { all, window } = occurrences(event, clocks, start, length, now);
  return {
    start,
    window,
    named: (key) => (!repeats && key === keyOf(start) ? single : key),
    all: all.map(({ key, start: from, end }) => ({
      ...facts,
      uid,
      key: repeats ? key : null,
      span: possible({ start: from, end }),
    })),
  };
}

/** @returns the key of the date that it stands for. @throws LeftOut where that is not known */
function dateOf({ event, clocks }: Found, series: Series | null): string {
  const property = event.first('RECURRENCE-ID');
  if (!property) throw new LeftOut('bad-line', String(event.bad[0]?.line ?? event.line));
  const id = clocks.moment(property);
  if (series) {
    if (!id.isDay || series.start.isDay)
      return series.named(keyOf(ofSort(id, series.start, 'RECURRENCE-ID')));
    const dates = series.all.map(({ key, span }) => ({ key, start: key ? Date.parse(key) : span.start }));
    const [meant, ...more] = onDay(id, series.start, dates);
    if (more.length > 0) throw new LeftOut('day-for-time', 'RECURRENCE-ID');
    return meant ? (meant.key ?? single) : keyOf(id);
  }
  // Without its event: of the sort that it is itself, or as Exchange writes it.
  const dtstart = event.first('DTSTART');
  const isDay = dtstart ? clocks.moment(dtstart).isDay : id.isDay;
  if (id.isDay && !isDay) throw new LeftOut('day-for-time', 'RECURRENCE-ID');
  if (id.isDay || !isDay) return keyOf(id);
  const { hour, minute, second } = id.wall;
  return keyOf(hour + minute + second === 0 ? { ...id, isDay: true } : id);
}

/** @throws LeftOut */
function readOther(found: Found): EventFacts & { readonly span: Span } {
  if (found.fault) throw found.fault;
  const { start, length } = when(found.event, found.clocks);
  return { ...factsOf(found), span: spanOf(start, length) };
}
