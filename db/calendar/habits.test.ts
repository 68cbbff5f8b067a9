// What calendar programs write beside the format and what it surely means; versions of one event; broken lines.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findIana } from 'windows-iana';
import { CalendarError } from './problem';
import { type CalendarFile, readCalendar } from './read';
import { windowsZones } from './windows-zones';
import { zoneNamed } from './zones';

const options = { zone: 'Europe/Berlin', now: Date.parse('2026-11-27T00:00:00Z') };

const vevent = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:one', 'SUMMARY:Room', ...lines, 'END:VEVENT'];
const file = (...lines: (string | string[])[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines.flat(), 'END:VCALENDAR', ''].join('\r\n');
const read = (...lines: (string | string[])[]) => readCalendar(file(...lines), options);
const hour = (start: string) => [`DTSTART${start}`, 'DURATION:PT1H'];
/** Month, day, hour and minute in UTC, in order. */
const starts = ({ occurrences }: CalendarFile) =>
  occurrences.map(({ span }) => new Date(span.start).toISOString().slice(5, 16)).sort();
/** Days by the clock of Berlin in winter. */
const days = ({ occurrences }: CalendarFile) =>
  occurrences.map(({ span }) => new Date(span.start + 3_600_000).toISOString().slice(5, 10)).sort();
const sentences = ({ problems }: CalendarFile) => problems.map(({ sentence }) => sentence);

describe('habits', () => {
  test('UNTIL as a day for times means all of that day, in the zone of the event', () => {
    const evening = hour(';TZID=America/New_York:20270104T200000');
    const found = read(vevent(...evening, 'RRULE:FREQ=DAILY;UNTIL=20270106'));
    expect(starts(found)).toEqual(['01-05T01:00', '01-06T01:00', '01-07T01:00']);
    expect(found.problems).toEqual([]);
  });

  test('UNTIL as a time for whole days means the day that it names', () => {
    for (const until of ['20270106T070000Z', '20270106T235959Z', '20270106T000000', '20270106']) {
      const found = read(vevent('DTSTART;VALUE=DATE:20270104', `RRULE:FREQ=DAILY;UNTIL=${until}`));
      expect(days(found), until).toEqual(['01-04', '01-05', '01-06']);
    }
  });

  test('a day without VALUE=DATE, also with a midnight beside it', () => {
    expect(days(read(vevent('DTSTART:20270104', 'DTEND:20270106')))).toEqual(['01-04']);
    expect(days(read(vevent('DTSTART;VALUE=DATE:20270104T000000')))).toEqual(['01-04']);
    expect(sentences(read(vevent('DTSTART;VALUE=DATE:20270104T093000')))[0]).toMatch(/no end/);
  });

  const zones: [string, string][] = [
    ['/freeassociation.sourceforge.net/Europe/Berlin', '09:00'],
    ['/freeassociation.sourceforge.net/Tzfile/Europe/Vienna', '09:00'],
    ['/mozilla.org/20050126_1/America/New_York', '15:00'],
    ['/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires', '13:00'],
    ['/citadel.org/20190914_1/Europe/London', '10:00'],
    ['/Europe/Vienna', '09:00'],
    ['"W. Europe Standard Time"', '09:00'],
    ['Eastern Standard Time', '15:00'],
    ['GMT Standard Time', '10:00'],
    ['Tokyo Standard Time', '01:00'],
    ['Etc/UTC', '10:00'],
    ['europe/berlin', '09:00'],
  ];
  test.each(zones)('the zone %s', (name, time) => {
    const found = read(vevent(`DTSTART;TZID=${name}:20270104T100000`, 'DURATION:PT1H'));
    expect([starts(found), sentences(found)]).toEqual([[`01-04T${time}`], []]);
  });

  test.each(['Mars/Olympus', '/example.org/Mars/Olympus', 'My zone', '+02:00', '//', 'Office/UTC/x', '/'])(
    'what is no zone is said: %s',
    (name) => {
      const found = read(vevent(`DTSTART;TZID="${name}":20270104T100000`, 'DURATION:PT1H'));
      expect(sentences(found)).toEqual([`The time zone “${name}” is not in the file and not a known one.`]);
    },
  );

  test('all names that Windows has for zones mean what the table of CLDR says', () => {
    expect(windowsZones.size).toBeGreaterThan(130);
    for (const [name, zone] of windowsZones) {
      expect(findIana(name)[0], name).toBe(zone);
      expect(zoneNamed(name), name).not.toBeNull();
    }
  });

  test('spaces, small letters and a repeated rule', () => {
    const rule = 'rrule:Freq=weekly; byday=mo, We ;count=3;';
    const found = read(vevent('dtstart:20270104T100000z', 'Duration:pt1h', rule, rule));
    expect(starts(found)).toEqual(['01-04T10:00', '01-06T10:00', '01-11T10:00']);
    expect(found.problems).toEqual([]);
  });

  test('EXDATE as a day for times, and as a midnight for days', () => {
    const timed = vevent(
      ...hour(':20270104T100000Z'),
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE;VALUE=DATE:20270105',
    );
    expect(starts(read(timed))).toEqual(['01-04T10:00', '01-06T10:00']);
    const rule = ['DTSTART;VALUE=DATE:20270104', 'RRULE:FREQ=DAILY;COUNT=3'];
    for (const date of [';TZID=Europe/Berlin:20270105T000000', ':20270104T230000Z', ':20270105T000000Z']) {
      expect(days(read(vevent(...rule, `EXDATE${date}`))), date).toEqual(['01-04', '01-06']);
    }
    expect(sentences(read(vevent(...rule, 'EXDATE:20270105T093000')))).toEqual([
      'EXDATE names a time, but the event takes whole days.',
    ]);
  });

  test('text in quoted-printable, and a fold within a character', () => {
    const quoted = read([
      ...['BEGIN:VEVENT', 'UID:a', ...hour(':20270104T100000Z')],
      ...['SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Pr=C3=BCfung im =', 'Labor', 'END:VEVENT'],
    ]);
    expect(quoted.occurrences[0]?.title).toBe('Prüfung im Labor');
    const bytes = Buffer.from(file(vevent(...hour(':20270104T100000Z'))).replace('Room', 'Pr\u00fcfung'));
    const at = bytes.indexOf(0xbc);
    const folded = Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n '), bytes.subarray(at)]);
    expect(readCalendar(new Uint8Array(folded), options).occurrences[0]?.title).toBe('Prüfung');
  });
});

describe('encodings', () => {
  const text = file(vevent(...hour(':20270104T100000Z'))).replace('SUMMARY:Room', 'SUMMARY:Prüfung Gerät');
  const title = (bytes: Uint8Array) => readCalendar(new Uint8Array(bytes), options).occurrences[0]?.title;

  test('UTF-8, UTF-16 and Windows-1252, declared or not', () => {
    for (const mark of ['', '\ufeff']) {
      expect(title(Buffer.from(mark + text))).toBe('Prüfung Gerät');
      expect(title(Buffer.from(mark + text, 'utf16le'))).toBe('Prüfung Gerät');
      expect(title(Buffer.from(mark + text, 'utf16le').swap16())).toBe('Prüfung Gerät');
    }
    expect(title(Buffer.from(text, 'latin1'))).toBe('Prüfung Gerät');
    for (const name of ['ISO-8859-1', '"windows-1252"', 'UTF-8']) {
      const declared = text.replace('SUMMARY:', `SUMMARY;LANGUAGE=de;CHARSET=${name}:`);
      expect(title(Buffer.from(declared)), name).toBe('Prüfung Gerät');
      expect(title(Buffer.from(declared, 'latin1')), name).toBe('Prüfung Gerät');
    }
    const guessed = readCalendar(new Uint8Array(Buffer.from(text, 'latin1')), options);
    expect(sentences(guessed)[0]).toMatch(/it was read as Windows-1252/);
  });

  test('what cannot be told is refused with a sentence; characters that were lost before are said', () => {
    const cyrillic = Buffer.from(text.replace('Prüfung', '\xcf\xf0\xee\xe2\xe5\xf0\xea\xe0'), 'latin1');
    expect(() => title(cyrillic)).toThrow(CalendarError);
    expect(() => title(cyrillic)).toThrow(/save it as UTF-8/);
    const lost = readCalendar(text.replace('ü', '\ufffd'), options);
    expect(lost.problems).toMatchObject([{ kind: 'lost-characters', leftOut: false }]);
  });
});

describe('versions', () => {
  const at = (time: string, ...lines: string[]) => vevent(...hour(`:20270104T${time}0000Z`), ...lines);

  test('SEQUENCE decides, then DTSTAMP, then LAST-MODIFIED, in whatever order they stand', () => {
    const pairs: [string[], string[]][] = [
      [
        ['SEQUENCE:2', 'DTSTAMP:20260101T000000Z'],
        ['SEQUENCE:1', 'DTSTAMP:20260201T000000Z'],
      ],
      [['SEQUENCE:10'], ['SEQUENCE:9']],
      [['DTSTAMP:20260201T000000Z'], ['DTSTAMP:20260101T000000Z']],
      [['DTSTAMP:20260101T000000Z', 'LAST-MODIFIED:20260102T000000Z'], ['DTSTAMP:20260101T000000Z']],
    ];
    for (const [newer, older] of pairs) {
      for (const both of [
        [at('11', ...newer), at('10', ...older)],
        [at('10', ...older), at('11', ...newer)],
      ]) {
        const found = read(...both);
        expect([starts(found), found.problems]).toEqual([['01-04T11:00'], []]);
      }
    }
  });

  test('copies are one, whatever else they carry; two that are as new and differ are none', () => {
    const copies = read(
      at('10', 'X-A:1', 'DTSTAMP:20260101T000000Z'),
      at('10', 'DTSTAMP:20260101T000000Z', 'CREATED:20260101T000000Z'),
    );
    expect([starts(copies), copies.problems]).toEqual([['01-04T10:00'], []]);
    const differ = read(
      at('10'),
      at('11'),
      vevent('RECURRENCE-ID:20270105T100000Z', ...hour(':20270105T100000Z')),
    );
    expect([differ.occurrences.length, differ.complete.size]).toEqual([0, 0]);
    expect(differ.problems).toHaveLength(3);
  });

  const series = vevent(...hour(':20270104T100000Z'), 'RRULE:FREQ=DAILY;COUNT=3');
  const moved = (to: string, ...lines: string[]) =>
    vevent('RECURRENCE-ID:20270105T100000Z', ...hour(`:20270105T${to}0000Z`), ...lines);

  test('the same between overrides of one date, in whatever zone they name it', () => {
    const newer = moved('15', 'SEQUENCE:2');
    const older = moved('12', 'SEQUENCE:1').map((line) =>
      line.replace('RECURRENCE-ID:20270105T100000Z', 'RECURRENCE-ID;TZID=Europe/Berlin:20270105T110000'),
    );
    for (const both of [
      [newer, older],
      [older, newer],
    ]) {
      const found = read(series, ...both);
      expect([starts(found), found.problems]).toEqual([['01-04T10:00', '01-05T15:00', '01-06T10:00'], []]);
    }
    const tie = read(series, moved('15'), moved('12'));
    expect(starts(tie)).toEqual(['01-04T10:00', '01-06T10:00']);
    expect([...tie.complete.get('one')!.unread]).toEqual(['2027-01-05T10:00:00Z']);
    expect(sentences(tie)).toEqual(
      Array(2).fill('It is in the file more than once, and neither is the newer one.'),
    );
  });

  test('Exchange: a date of whole days is moved by a midnight RECURRENCE-ID', () => {
    const all = vevent('DTSTART;VALUE=DATE:20270104', 'RRULE:FREQ=DAILY;COUNT=3');
    for (const id of [';TZID=Europe/Berlin:20270105T000000', ':20270105T000000', ':20270104T230000Z']) {
      const found = read(all, vevent(`RECURRENCE-ID${id}`, 'DTSTART;VALUE=DATE:20270107'));
      expect([days(found), found.problems], id).toEqual([['01-04', '01-06', '01-07'], []]);
    }
    const timed = read(series, vevent('RECURRENCE-ID;VALUE=DATE:20270105', ...hour(':20270107T100000Z')));
    expect([starts(timed), timed.problems]).toEqual([['01-04T10:00', '01-06T10:00', '01-07T10:00'], []]);
  });

  test('an override that cannot be read frees its date; one whose date cannot be read leaves the event out', () => {
    for (const bad of [
      ['DTSTART:soon'],
      ['DTSTART;TZID=No/Where:20270107T100000', 'DURATION:PT1H'],
      ['DURATION'],
    ]) {
      const found = read(series, vevent('RECURRENCE-ID:20270105T100000Z', ...bad));
      expect(starts(found)).toEqual(['01-04T10:00', '01-06T10:00']);
      expect([...found.complete.get('one')!.unread]).toEqual(['2027-01-05T10:00:00Z']);
      expect(found.problems).toMatchObject([{ leftOut: true, line: 10 }]);
    }
    for (const id of ['RECURRENCE-ID:soon', 'RECURRENCE-ID', 'RECURRENCE-ID;TZID=No/Where:20270105T100000']) {
      const found = read(series, vevent(id, ...hour(':20270107T100000Z')));
      expect([found.occurrences.length, found.complete.size], id).toEqual([0, 0]);
      expect(found.problems.map(({ line }) => line)).toEqual([3, 10]);
    }
  });

  test('a change of all later dates that is not carried out leaves none of them at the old place', () => {
    const found = read(
      vevent(...hour(':20270104T100000Z'), 'RRULE:FREQ=DAILY;COUNT=5'),
      vevent('RECURRENCE-ID;RANGE=THISANDFUTURE:20270106T100000Z', ...hour(':20270106T120000Z')),
    );
    expect(starts(found)).toEqual(['01-04T10:00', '01-05T10:00']);
    expect(found.complete.get('one')!.unread.size).toBe(3);
  });
});

describe('one bad line or event costs itself only', () => {
  const good = (uid: string) => ['BEGIN:VEVENT', `UID:${uid}`, ...hour(':20270104T100000Z'), 'END:VEVENT'];
  const uids = ({ occurrences }: CalendarFile) => occurrences.map(({ uid }) => uid);

  test.each([
    ['a rule that is none', ['RRULE:FREQ=SOMETIMES'], 'rule-part', 8],
    ['a line without a value', ['DTEND'], 'bad-line', 8],
    ['a quote that is not closed', ['DTEND;TZID="Europe/Berlin:20270104T110000'], 'bad-line', 8],
    ['a rule that was torn apart', ['RRULE:FREQ=WEEKLY;', 'BYDAY=MO'], 'bad-line', 8],
    ['a part that is not closed', ['BEGIN:VALARM', 'TRIGGER:-PT5M'], 'not-closed', 8],
    ['an end that is missing', [], 'not-closed', 8],
  ])('%s', (name, lines, kind, line) => {
    const bad = vevent(...hour(':20270105T100000Z'), ...lines);
    if (name === 'an end that is missing') bad.pop();
    const found = read(good('a'), bad, good('b'));
    expect(uids(found)).toEqual(['a', 'b']);
    expect(found.problems).toMatchObject([{ kind, line, leftOut: true, event: 'Room' }]);
  });

  test('what does not matter is passed over, and said with its line', () => {
    const found = read(
      vevent(...hour(':20270105T100000Z'), 'X-A:1', 'and so on', 'END:VALARM', 'LOCATION:Lab'),
    );
    expect(found.problems).toMatchObject([{ kind: 'bad-line-skipped', line: 9, leftOut: false }]);
    expect(sentences(found)).toEqual(['Line 9 of the file is broken and was passed over.']);
    const outside = readCalendar(`hello\n${file(good('a'))}X-A:1\n`, options);
    expect([uids(outside), outside.problems[0]?.line]).toEqual([['a'], 1]);
  });
});

const cases = join(import.meta.dirname, '../../../shared/cases');
const folders = existsSync(cases) ? readdirSync(cases, { withFileTypes: true }) : [];
const inputs = folders
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(cases, name)).map((input) => `${name}/${input}`))
  .filter((name) => name.endsWith('.ics'));
const counts: Record<string, number> = {
  '01-bysetpos/setpos-lastday31.ics': 4,
  '01-bysetpos/setpos-monthday.ics': 4,
  '01-bysetpos/setpos-weekly.ics': 4,
  '02-rule-wrong-days/monthly-interval-bymonth.ics': 4,
  '02-rule-wrong-days/weekno-two.ics': 3,
  '02-rule-wrong-days/yearly-20mo.ics': 3,
  '02-rule-wrong-days/yearly-byhour.ics': 4,
  '02-rule-wrong-days/yearly-last-day.ics': 4,
  '03-rule-hangs/hang.ics': 12,
  '05-exchange-allday-override/exchange-allday-rid-time.ics': 3,
  '06-until-of-other-sort/google-allday-until-utc.ics': 4,
  '06-until-of-other-sort/google-until-date.ics': 4,
  '07-date-without-value/bare-date.ics': 1,
  '08-encodings/enc-1252.ics': 1,
  '08-encodings/enc-utf16.ics': 1,
  '09-tzid-with-prefix/tzid-prefixed.ics': 4,
  '11-internal-errors-shown/after-end.ics': 0,
  '11-internal-errors-shown/one-bad-line.ics': 95,
};
for (const [name, count] of Object.entries(counts)) {
  test.skipIf(!inputs.includes(name))(
    `W5: the reported file ${name} gives ${count} bookings, nothing left out`,
    () => {
      const found = readCalendar(new Uint8Array(readFileSync(join(cases, name))), options);
      expect(found.occurrences).toHaveLength(count);
      expect(found.problems.filter(({ leftOut }) => leftOut)).toEqual([]);
    },
  );
}
