// Calendar files in and out: recurrence, zones, exceptions, what is reported and what is refused.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfTime, firstMoment } from '../kit/bounds';
import { CalendarError } from './problem';
import { type CalendarFile, readCalendar } from './read';
import { bookingOf, uidOf, type WrittenBooking, writeCalendar } from './write';

const now = Date.parse('2026-11-23T12:00:00Z');
const options = { zone: 'Europe/Berlin', now };

const vevent = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:one', 'SUMMARY:Survey', ...lines, 'END:VEVENT'];
const file = (...lines: (string | string[])[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines.flat(), 'END:VCALENDAR', ''].join('\r\n');
const read = (...lines: (string | string[])[]) => readCalendar(file(...lines), options);
const starts = ({ occurrences }: CalendarFile) =>
  occurrences.map(({ span }) => new Date(span.start).toISOString().replace('.000', ''));
const ends = ({ occurrences }: CalendarFile) =>
  occurrences.map(({ span }) => new Date(span.end).toISOString().replace('.000', ''));
const sentences = ({ problems }: CalendarFile) => problems.map(({ sentence }) => sentence);

/** A made-up zone with the daylight-saving time of Berlin, an hour and a half to the west. */
const zone = [
  'BEGIN:VTIMEZONE',
  'TZID:Station time',
  ...['BEGIN:DAYLIGHT', 'DTSTART:19700329T020000', 'TZOFFSETFROM:-0030', 'TZOFFSETTO:+0030'],
  ...['RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT'],
  ...['BEGIN:STANDARD', 'DTSTART:19701025T030000', 'TZOFFSETFROM:+0030', 'TZOFFSETTO:-0030'],
  ...['RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD', 'END:VTIMEZONE'],
];

describe('time', () => {
  test('UTC, zones of the tz database, zones of the file, no zone, and whole days', () => {
    const at = (start: string, end: string) => read(zone, vevent(`DTSTART${start}`, `DTEND${end}`));
    expect(starts(at(':20260701T100000Z', ':20260701T110000Z'))).toEqual(['2026-07-01T10:00:00Z']);
    expect(
      starts(at(';TZID=America/New_York:20260701T100000', ';TZID=America/New_York:20260701T110000')),
    ).toEqual(['2026-07-01T14:00:00Z']);
    expect(starts(at(';TZID=Station time:20260701T100000', ';TZID=Station time:20260701T110000'))).toEqual([
      '2026-07-01T09:30:00Z',
    ]);
    expect(starts(at(';TZID=Station time:20261201T100000', ';TZID=Station time:20261201T110000'))).toEqual([
      '2026-12-01T10:30:00Z',
    ]);
    expect(starts(at(':20260701T100000', ':20260701T110000'))).toEqual(['2026-07-01T08:00:00Z']);
    const day = at(';VALUE=DATE:20261025', ';VALUE=DATE:20261026');
    expect([starts(day), ends(day)]).toEqual([['2026-10-24T22:00:00Z'], ['2026-10-25T23:00:00Z']]);
  });

  test('a repetition keeps its wall time over a change of the clocks, and its exact length', () => {
    for (const [name, expected] of [
      ['Europe/Berlin', ['2026-10-24T07:00:00Z', '2026-10-25T08:00:00Z', '2026-10-26T08:00:00Z']],
      ['Station time', ['2026-10-24T08:30:00Z', '2026-10-25T09:30:00Z', '2026-10-26T09:30:00Z']],
    ] as const) {
      const found = read(
        zone,
        vevent(
          `DTSTART;TZID=${name}:20261024T090000`,
          `DTEND;TZID=${name}:20261024T100000`,
          'RRULE:FREQ=DAILY;COUNT=3',
        ),
      );
      expect(starts(found)).toEqual(expected);
      expect(found.occurrences.every(({ span }) => span.end - span.start === 3_600_000)).toBe(true);
    }
  });

  test('a length of a day is a day of the calendar, one of 24 hours is 24 hours', () => {
    const by = (length: string) =>
      read(vevent('DTSTART;TZID=Europe/Berlin:20261024T090000', `DURATION:${length}`));
    expect(ends(by('P1D'))).toEqual(['2026-10-25T08:00:00Z']);
    expect(ends(by('PT24H'))).toEqual(['2026-10-25T07:00:00Z']);
  });

  test('an end of the rule in UTC is where the clock of the event shows it', () => {
    const found = read(
      vevent(
        'DTSTART;TZID=America/New_York:20260601T200000',
        'DURATION:PT1H',
        'RRULE:FREQ=DAILY;UNTIL=20260604T000000Z',
      ),
    );
    expect(starts(found)).toEqual(['2026-06-02T00:00:00Z', '2026-06-03T00:00:00Z', '2026-06-04T00:00:00Z']);
  });
});

describe('repetition', () => {
  const weekly = ['DTSTART:20261102T090000Z', 'DTEND:20261102T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=4'];

  test('more dates, dates left out, and an occurrence that was moved', () => {
    const found = read(
      vevent(
        ...weekly,
        'RDATE:20261105T090000Z',
        'RDATE;VALUE=PERIOD:20261106T090000Z/PT3H,20261107T090000Z/20261107T093000Z',
        'EXDATE:20261109T090000Z',
      ),
      vevent(
        'RECURRENCE-ID;TZID=Europe/Berlin:20261116T100000',
        'DTSTART:20261117T150000Z',
        'DTEND:20261117T160000Z',
      ),
    );
    expect(starts(found).sort()).toEqual([
      '2026-11-02T09:00:00Z',
      '2026-11-05T09:00:00Z',
      '2026-11-06T09:00:00Z',
      '2026-11-07T09:00:00Z',
      '2026-11-17T15:00:00Z',
      '2026-11-23T09:00:00Z',
    ]);
    expect(ends(found)).toContain('2026-11-06T12:00:00Z');
    expect(ends(found)).toContain('2026-11-07T09:30:00Z');
    const moved = found.occurrences.find(({ key }) => key === '2026-11-16T09:00:00Z');
    expect(moved?.span.start).toBe(Date.parse('2026-11-17T15:00:00Z'));
    expect(found.problems).toEqual([]);
  });

  test('one without an end is taken in a window around now, and this is said', () => {
    const found = read(vevent('DTSTART:20200101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY'));
    expect(found.occurrences.length).toBeGreaterThan(55);
    expect(found.occurrences.length).toBeLessThan(60);
    expect(sentences(found)).toEqual(['It goes on and on: taken from 2026-10-23 to 2027-11-24.']);
    expect(found.problems[0]?.leftOut).toBe(false);
  });

  test('a cancelled occurrence and a cancelled calendar say so', () => {
    const found = read(
      vevent(...weekly),
      vevent(
        'RECURRENCE-ID:20261109T090000Z',
        'DTSTART:20261109T090000Z',
        'DURATION:PT1H',
        'STATUS:CANCELLED',
      ),
    );
    expect(found.occurrences.map(({ status }) => status)).toEqual([
      'confirmed',
      'cancelled',
      'confirmed',
      'confirmed',
    ]);
    const all = read('METHOD:CANCEL', vevent(...weekly));
    expect(new Set(all.occurrences.map(({ status }) => status))).toEqual(new Set(['cancelled']));
  });

  test('the newer of two versions in one file counts', () => {
    const version = (n: number, hour: string) =>
      vevent(`SEQUENCE:${n}`, `DTSTART:20261102T${hour}0000Z`, 'DURATION:PT1H');
    expect(starts(read(version(2, '10'), version(1, '09')))).toEqual(['2026-11-02T10:00:00Z']);
    const same = read(version(1, '10'), version(1, '09'));
    expect([same.occurrences.length, same.problems.length]).toEqual([0, 2]);
  });
});

describe('what is unusual is said, with its line, and left out', () => {
  const hour = ['DTSTART:20261102T090000Z', 'DTEND:20261102T100000Z'];
  const cases: [string[], RegExp][] = [
    [['DTSTART:20261102T090000Z'], /no end/],
    [['DTEND:20261102T090000Z'], /no beginning/],
    [['DTSTART:20261102T090000Z', 'DTEND:20261102T090000Z'], /ends before it begins/],
    [['DTSTART:20261102T090000Z', 'DTEND;VALUE=DATE:20261103'], /begins with a day and ends at a time/],
    [['DTSTART:20261302T090000Z', 'DURATION:PT1H'], /“20261302T090000Z” does not exist in the calendar/],
    [['DTSTART:20260230T090000Z', 'DURATION:PT1H'], /does not exist in the calendar/],
    [['DTSTART:tomorrow', 'DURATION:PT1H'], /is no date and no time/],
    [['DTSTART;TZID=Mars/Olympus:20261102T090000', 'DURATION:PT1H'], /time zone “Mars\/Olympus”/],
    [['DTSTART:20260102T090000Z', 'DTEND:20260602T090000Z'], /more than 60 days/],
    [[...hour, 'DURATION:PT1H'], /both an end/],
    [[...hour, 'TRANSP:TRANSPARENT'], /does not take the time/],
    [[...hour, 'RRULE:FREQ=HOURLY;COUNT=3'], /more than once a day/],
    [[...hour, 'RRULE:FREQ=DAILY;COUNT=2', 'RRULE:FREQ=WEEKLY;COUNT=2'], /more than one RRULE/],
    [[...hour, 'RRULE:FREQ=WEEKLY;COUNT=3', 'EXRULE:FREQ=MONTHLY'], /EXRULE/],
    [[...hour, 'RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3'], /its own rule does not name/],
    [[...hour, 'RRULE:FREQ=SOMETIMES'], /“FREQ=SOMETIMES”, which is not understood/],
    [[...hour, 'RRULE:FREQ=DAILY;COUNT=3;BYEASTER=1'], /“BYEASTER=1”, which is not understood/],
    [[...hour, 'RRULE:FREQ=DAILY;UNTIL=20261001'], /ends before the event begins/],
    [[...hour, 'RRULE:FREQ=DAILY;COUNT=3', 'RDATE;VALUE=DATE:20261203'], /RDATE names a day/],
    [['DTSTART:20261102T090000Z', 'DURATION:an hour'], /“an hour” is no length of time/],
    [[...hour, 'EXDATE'], /Line 8 of the file is broken, and the event depends on it/],
    [['DTSTART:20261103T090000Z', ...hour], /more than one DTSTART/],
  ];
  for (const [lines, expected] of cases) {
    test(lines.join(' '), () => {
      const found = read(vevent(...lines), ['BEGIN:VEVENT', 'UID:two', ...hour, 'END:VEVENT']);
      expect(found.occurrences.map(({ uid }) => uid)).toEqual(['two']);
      expect(found.problems).toMatchObject([{ line: 3, event: 'Survey', leftOut: true }]);
      expect(sentences(found)[0]).toMatch(expected);
    });
  }

  test('an event without a UID, and exceptions that do not belong to anything', () => {
    const found = read(
      ['BEGIN:VEVENT', ...hour, 'END:VEVENT'],
      vevent(...hour, 'RRULE:FREQ=WEEKLY;COUNT=2'),
      vevent('RECURRENCE-ID:20261103T090000Z', ...hour),
      vevent('RECURRENCE-ID;RANGE=THISANDFUTURE:20261109T090000Z', ...hour),
    );
    expect(sentences(found)).toEqual([
      'It has no UID, so a later version of it could not be known.',
      'It stands for an occurrence that its event does not have.',
      'It changes all later occurrences, too (RANGE).',
    ]);
    expect(starts(found)).toEqual(['2026-11-02T09:00:00Z']);
    expect([...found.complete.get('one')!.unread]).toContain('2026-11-09T09:00:00Z');
  });
});

test('a file that is cut off, or is none, gives nothing at all', () => {
  const good = file(vevent('DTSTART:20261102T090000Z', 'DURATION:PT1H'));
  for (const text of [
    '',
    'hello',
    '{"a": 1}',
    good.slice(0, good.indexOf('END:VEVENT')),
    good.replace('END:VCALENDAR', ''),
    good.replace('BEGIN:VEVENT', 'BEGIN:X\r\n'.repeat(40)),
    'BEGIN:VCARD\r\nEND:VCARD\r\n',
    'x'.repeat(10_000_001),
  ]) {
    expect(() => readCalendar(text, options), text.slice(0, 60)).toThrow(CalendarError);
  }
});

test('too many bookings at once are refused', () => {
  const many = Array.from({ length: 20 }, (_, i) => [
    'BEGIN:VEVENT',
    `UID:${i}`,
    'DTSTART:20261101T090000Z',
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY;COUNT=300',
    'END:VEVENT',
  ]);
  expect(() => read(...many)).toThrow(/more than 5,000 bookings/);
});

test('what is written is read as it was, whatever the texts', () => {
  const booking = fc.record({
    id: fc.uuid(),
    title: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 120 })
      .filter((text) => /^\S(.*\S)?$/u.test(text) && !/\p{C}|\uFFFD/u.test(text)),
    // What has lost characters already is read, and said.
    notes: fc.string({ unit: 'grapheme', maxLength: 400 }).map((text) =>
      text
        .replace(/\p{Cc}/gu, '\n')
        .replace(/\uFFFD/g, '?')
        .trim(),
    ),
    start: fc.integer({ min: 0, max: 4_000_000_000 }).map((s) => s * 1000),
    minutes: fc.integer({ min: 1, max: 60 * 24 * 59 }),
    status: fc.constantFrom('confirmed', 'tentative'),
    private: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(booking, { selector: ({ id }) => id, maxLength: 5 }), (bookings) => {
      const written: WrittenBooking[] = bookings.map(({ minutes, ...one }) => ({
        ...one,
        end: one.start + minutes * 60_000,
        place: 'Lab; west, 2',
        updatedAt: one.start,
      }));
      const text = writeCalendar('Lab', written);
      for (const line of text.split('\r\n'))
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
      const found = readCalendar(text, options);
      expect(found.problems).toEqual([]);
      expect(found.occurrences).toEqual(
        written.map(({ id, title, notes, start, end, status, private: own }) => ({
          uid: uidOf(id),
          key: null,
          span: { start, end },
          title,
          notes,
          status,
          private: own,
        })),
      );
      expect(found.occurrences.map(({ uid }) => bookingOf(uid))).toEqual(bookings.map(({ id }) => id));
    }),
  );
});

test('A5: whatever the schema admits, or a device held before there were bounds, gives a calendar that can be read', () => {
  // Code points that a Postgres text holds: all but NUL and halves of surrogate pairs.
  const text = (maxLength: number) =>
    fc.string({ unit: 'binary', maxLength }).map((s) => s.replaceAll('\0', ''));
  const odd = fc.constantFrom(NaN, Infinity, -Infinity, 9.2e15, -9.2e15, 8.64e15);
  const moment = fc.oneof(
    fc.integer({ min: firstMoment, max: endOfTime - 1 }),
    fc.constantFrom(firstMoment, endOfTime - 1),
  );
  const row = fc.record({
    id: fc.uuid({ version: 4 }),
    title: text(300),
    notes: fc.oneof(
      text(2000),
      fc.constantFrom('x'.repeat(100_000), '\r', '\u2028\u0085', '👩‍👩‍👧'.repeat(500)),
    ),
    place: text(120),
    status: fc.constantFrom('confirmed', 'tentative', 'conflicted', ''),
    private: fc.boolean(),
    start: fc.oneof(moment, odd),
    length: fc.oneof(fc.constantFrom(0.001, 60 * 86_400_000), fc.integer({ min: 1, max: 60 * 86_400_000 })),
    updatedAt: fc.oneof(moment, odd),
  });
  fc.assert(
    fc.property(text(120), fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 4 }), (name, rows) => {
      const written = writeCalendar(
        name,
        rows.map(({ length, ...one }) => ({ ...one, end: one.start + length })),
      );
      for (const line of written.split('\r\n')) {
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what the format forbids
        expect(line).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f]/);
      }
      const inside = rows.filter(({ start, length }) => start >= firstMoment && start + length <= endOfTime);
      const found = readCalendar(written, options);
      expect(found.occurrences.map(({ uid }) => bookingOf(uid))).toEqual(
        expect.arrayContaining(inside.map(({ id }) => id)),
      );
    }),
  );
});

const folder = new URL('../../../shared/data/calendars/', import.meta.url);
test('real files, where they lie beside the repository, are read or reported', () => {
  const found = Object.fromEntries(
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => {
      const { occurrences, problems } = readCalendar(readFileSync(new URL(name, folder), 'utf8'), options);
      return [
        name,
        [occurrences.length, problems.filter(({ leftOut }) => leftOut).map(({ sentence }) => sentence)],
      ];
    }),
  );
  const expected = {
    'blank_description.ics': [1, []],
    'blank_line_end.ics': [0, []],
    'blank_line_mid.ics': [0, []],
    'daily_recur.ics': [397, []],
    'day_long_recur_yearly.ics': [0, ['It does not take the time (TRANSP:TRANSPARENT).']],
    'duration_instead_of_dtend.ics': [1, []],
    'forced_types.ics': [0, ['It does not take the time (TRANSP:TRANSPARENT).']],
    'google_birthday.ics': [6, []],
    'minimal.ics': [1, []],
    'multiple_rrules.ics': [0, ['It has more than one RRULE, which calendars do not agree on.']],
    'only_dtstart_date.ics': [1, []],
    'only_dtstart_time.ics': [0, ['It has no end, so it takes no time.']],
    'parserv2.ics': [283, []],
    'rdate_exdate.ics': [0, ['It has no end, so it takes no time.']],
    'recur_instances.ics': [13, []],
    'recur_instances_finite.ics': [5, []],
    'timezone_from_file.ics': [0, ['It has no UID, so a later version of it could not be known.']],
    'utc_negative_zero.ics': [1, []],
  };
  expect(existsSync(folder) ? found : expected).toEqual(expected);
});
