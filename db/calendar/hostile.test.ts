// Whatever stands in a file: it is read within the bound, or refused; nothing is thrown but our own errors, and every
// sentence is one of ours.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CalendarError } from './problem';
import { type CalendarFile, calendarLimits, readCalendar } from './read';

const options = { zone: 'Europe/Berlin', now: Date.parse('2026-11-27T00:00:00Z') };
/** Of the process, ms: what else the machine does is not counted. */
const cpu = () => process.cpuUsage().user / 1000;
/** ms for a small file. */
const bound = 3_000;

const real = new URL('../../../shared/data/calendars/', import.meta.url);
const event = (...lines: string[]) =>
  ['BEGIN:VEVENT', 'UID:one', 'SUMMARY:Room', ...lines, 'END:VEVENT'].join('\r\n');
const calendar = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events, 'END:VCALENDAR', ''].join('\r\n');

/** Files as programs write them: some of our own, and the real ones where they lie beside the repository. */
const seeds = [
  calendar(
    ['BEGIN:VTIMEZONE', 'TZID:Own', 'BEGIN:STANDARD', 'DTSTART:16010101T030000', 'TZOFFSETFROM:+0200'].join(
      '\r\n',
    ),
    ['TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD', 'BEGIN:DAYLIGHT'].join(
      '\r\n',
    ),
    ['DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'].join('\r\n'),
    ['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'].join('\r\n'),
    event(
      'DTSTART;TZID=Own:20270104T090000',
      'DTEND;TZID=Own:20270104T100000',
      'RRULE:FREQ=WEEKLY;BYDAY=MO,WE',
      'SEQUENCE:2',
    ),
    event('RECURRENCE-ID;TZID=Own:20270106T090000', 'DTSTART;TZID=Own:20270107T090000', 'DURATION:PT1H'),
    event('RECURRENCE-ID;TZID=Own:20270106T090000', 'DTSTART;TZID=Own:20270108T090000', 'DURATION:PT1H'),
  ),
  calendar(
    event(
      'DTSTART;VALUE=DATE:20270104',
      'DTEND;VALUE=DATE:20270105',
      'RRULE:FREQ=DAILY;COUNT=9',
      'EXDATE;VALUE=DATE:20270106',
    ),
    event('RECURRENCE-ID;TZID=Europe/Berlin:20270105T000000', 'DTSTART;VALUE=DATE:20270107'),
  ),
  calendar(
    event(
      'DTSTART:20270104T090000Z',
      'DURATION:PT1H',
      'RDATE;VALUE=PERIOD:20270106T090000Z/PT3H,20270107T090000Z/20270107T093000Z',
      'DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Pr=C3=BCfung =\r\nim Labor',
    ),
  ),
  ...(existsSync(real) ? readdirSync(real) : []).map((name) => readFileSync(new URL(name, real), 'utf8')),
].map((text) => (text.length > 8_000 ? text.slice(0, 8_000) : text));

/** Words of other people's programs: of JavaScript, of libraries, of SQL. */
const foreign =
  /undefined|null\b|NaN|\[object|TypeError|RangeError|Cannot|invalid|Invalid|unexpected|is not a function|ical|rrule\.|at \w+ \(|stack/;

function mustHold(found: CalendarFile, text: string): void {
  expect(found.occurrences.length).toBeLessThanOrEqual(calendarLimits.occurrences);
  for (const { span, title } of found.occurrences) {
    expect(span.end).toBeGreaterThan(span.start);
    expect(title).not.toBe('');
    expect(title).not.toContain('\0');
  }
  for (const { kind, line, event: name, sentence } of found.problems) {
    expect(kind, `${sentence} ${text}`).not.toBe('internal');
    expect(line).toBeGreaterThan(0);
    // What stands in quotation marks is of the file.
    expect(sentence.replace(/“[^”]*”/g, '')).not.toMatch(foreign);
    expect(sentence).toMatch(/^[A-Z“][^\n]{5,200}\.$/);
    expect(name).not.toBe('');
  }
}

function read(file: string | Uint8Array): void {
  const started = cpu();
  const text = typeof file === 'string' ? file : '';
  try {
    mustHold(readCalendar(file, options), text);
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error;
    expect(error.kind).not.toBe('internal');
    expect(error.message).not.toMatch(foreign);
    expect(error.message).toMatch(/^[A-Z][^\n]{5,300}\.$/);
  }
  expect(cpu() - started, text.slice(0, 2000)).toBeLessThan(bound);
}

/** Pieces that turn up in files, and some that should not. */
const pieces = [
  ...[
    'BEGIN:VEVENT',
    'END:VEVENT',
    'BEGIN:VCALENDAR',
    'END:VCALENDAR',
    'BEGIN:VALARM',
    'END:VALARM',
    'BEGIN:',
    'END',
  ],
  ...[
    'RRULE:FREQ=',
    'DAILY',
    'YEARLY',
    ';COUNT=999999999',
    ';INTERVAL=999999999',
    ';BYDAY=-53SU',
    ';BYMONTHDAY=-31',
  ],
  ...[
    ';BYSETPOS=-366',
    ';BYWEEKNO=53',
    ';UNTIL=99991231',
    ';UNTIL=',
    'DTSTART',
    ';TZID=',
    ';VALUE=DATE:',
    ':',
    ';',
    '=',
  ],
  ...[
    '"',
    ',',
    '\\',
    '\r\n',
    '\n',
    '\r',
    '\r\n ',
    '\t',
    '00000000T000000Z',
    '99991231T235959Z',
    'P',
    'PT',
    'P9999W',
  ],
  ...[
    'RECURRENCE-ID:',
    ';RANGE=THISANDFUTURE',
    'SEQUENCE:-1',
    'EXDATE:',
    'RDATE;VALUE=PERIOD:',
    '/',
    '\0',
    '\ufeff',
  ],
  ...[
    '\ufffd',
    '\ud800',
    '=',
    '=\r\n',
    ';ENCODING=QUOTED-PRINTABLE',
    ';CHARSET=utf-16',
    '20270104',
    '-',
    '+',
    '١',
  ],
];

const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat({ max: 30 }),
        put: fc.constantFrom('', ...pieces),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, { at, cut, put }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + cut);
    }, seed),
  );

test('W5: files that were changed anywhere are read or refused in our own words, within the bound', () => {
  fc.assert(
    fc.property(mutated, (text) => read(text)),
    { numRuns: 1500 },
  );
}, 240_000);

test('W5: bytes of any kind, also such as files of calendars with other bytes in them', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .array(fc.constantFrom(...pieces), { maxLength: 40 })
      .map((list) => new TextEncoder().encode(list.join(''))),
    fc
      .tuple(
        fc.constantFrom(...seeds.slice(0, 3)),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }),
      )
      .map(([text, changes]) => {
        const whole = new TextEncoder().encode(text);
        for (const [at, byte] of changes) whole[at % whole.length] = byte;
        return whole;
      }),
  );
  fc.assert(
    fc.property(bytes, (given) => read(given)),
    { numRuns: 1500 },
  );
}, 240_000);

test('A5: rules of any parts end within the bound', () => {
  const number = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).filter((n) => n !== 0);
  const list = (least: number, most: number) =>
    fc.uniqueArray(number(least, most), { minLength: 1, maxLength: 6 });
  const days = fc.uniqueArray(
    fc.tuple(fc.option(number(-53, 53)), fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')),
    { minLength: 1, maxLength: 4 },
  );
  const rules = fc.record(
    {
      FREQ: fc.constantFrom('SECONDLY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
      INTERVAL: fc.constantFrom(1, 2, 3, 7, 12, 365, 100_000, 999_999_999),
      COUNT: fc.constantFrom(1, 3, 400, 401, 100_000, 999_999_999),
      UNTIL: fc.constantFrom('20270101', '20301231T000000Z', '99991231T235959Z'),
      BYMONTH: list(1, 12),
      BYMONTHDAY: list(-31, 31),
      BYYEARDAY: list(-366, 366),
      BYWEEKNO: list(-53, 53),
      BYDAY: days.map((all) => all.map(([nth, day]) => `${nth ?? ''}${day}`)),
      BYHOUR: list(1, 23),
      BYSECOND: list(1, 59),
      BYSETPOS: list(-366, 366),
      WKST: fc.constantFrom('MO', 'SU'),
    },
    { requiredKeys: ['FREQ'] },
  );
  const start = fc.constantFrom(
    ':20270101T090000Z',
    ';VALUE=DATE:20240229',
    ';TZID=Europe/Berlin:19000101T020000',
    ':99990101T000000Z',
  );
  fc.assert(
    fc.property(rules, start, (parts, at) => {
      const rule = Object.entries(parts).map(([name, value]) => `${name}=${value}`);
      read(
        calendar(
          event(`DTSTART${at}`, ...(at.includes('DATE') ? [] : ['DURATION:PT1H']), `RRULE:${rule.join(';')}`),
        ),
      );
    }),
    { numRuns: 1500 },
  );
}, 240_000);

const many = (n: number, make: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => make(i)).join('\r\n');
const far = 'RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29;BYDAY=TH;COUNT=399';
const large: [string, () => string][] = [
  [
    'rules that reach far',
    () =>
      calendar(
        many(3_000, (i) =>
          event(`UID:${i}`, 'DTSTART:20240229T090000Z', 'DURATION:PT1H', far).replace('UID:one\r\n', ''),
        ),
      ),
  ],
  [
    'dates left out',
    () =>
      calendar(
        event(
          'DTSTART;TZID=Europe/Oslo:20270104T090000',
          'DURATION:PT1H',
          'RRULE:FREQ=DAILY',
          many(200_000, () => 'EXDATE;TZID=Europe/Oslo:20270105T090000'),
        ),
      ),
  ],
  [
    'versions of one event',
    () => calendar(many(40_000, (i) => event(`SEQUENCE:${i}`, 'DTSTART:20270104T090000Z', 'DURATION:PT1H'))),
  ],
  [
    'names of zones',
    () =>
      calendar(
        many(30_000, (i) =>
          event(`DTSTART;TZID=/a/b/c/d${i}:20270104T090000`, 'DURATION:PT1H', `UID:${i}`).replace(
            'UID:one\r\n',
            '',
          ),
        ),
      ),
  ],
  [
    'zones',
    () =>
      calendar(
        many(
          20_000,
          (i) =>
            `BEGIN:VTIMEZONE\r\nTZID:${i}\r\nBEGIN:STANDARD\r\nDTSTART:19000101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=MONTHLY\r\nEND:STANDARD\r\nEND:VTIMEZONE`,
        ),
        event('DTSTART;TZID=7:20270104T090000', 'DURATION:PT1H'),
      ),
  ],
  ['one line', () => calendar(event(`DTSTART;TZID=${'a;b"'.repeat(1_000_000)}:20270104T090000`))],
  ['parameters', () => calendar(event(`X-A${';B=","'.repeat(800_000)}:20270104T090000`))],
  ['folds', () => calendar(event(`SUMMARY:a${'\r\n b'.repeat(1_500_000)}`, 'DTSTART:20270104'))],
  [
    'broken lines',
    () =>
      calendar(
        event(
          many(400_000, () => 'x y'),
          'DTSTART:20270104',
        ),
      ),
  ],
  ['parts within parts', () => calendar('BEGIN:X\r\n'.repeat(500_000))],
  ['ends', () => calendar('END:X\r\n'.repeat(800_000))],
  [
    'white space',
    () => calendar(event(`SUMMARY:${' '.repeat(5_000_000)}x`, `BEGIN:X${' '.repeat(2_000_000)}x`)),
  ],
];
test.each(large)(
  'A5: a file of %s is read or refused in seconds',
  (_, make) => {
    const text = make();
    const started = cpu();
    try {
      const found = readCalendar(new TextEncoder().encode(text), options);
      mustHold({ ...found, problems: found.problems.slice(0, 20) }, '');
    } catch (error) {
      expect(error).toBeInstanceOf(CalendarError);
    }
    const took = cpu() - started;
    expect(took).toBeLessThan(20_000);
  },
  120_000,
);
