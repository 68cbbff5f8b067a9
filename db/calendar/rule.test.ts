// The engine of repetition rules against a second implementation, and what bounds it.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from './budget';
import { expand } from './expand';
import { LeftOut } from './problem';
import { parseRule } from './rule';

const plainOf = (text: string) =>
  Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'));
const shown = (plain: number) => new Date(plain).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');

/** All dates of a rule that ends. */
function dates(start: string, text: string, most = 1000): string[] {
  const rule = parseRule(text);
  const found: string[] = [];
  const to = rule.until?.plain ?? Number.POSITIVE_INFINITY;
  for (const at of expand(rule, { plain: plainOf(start), isDay: false }, new Budget().rule(), { to })) {
    if (found.push(shown(at)) >= (rule.count ?? most)) break;
  }
  return found;
}

test('C1: 800 rules of all parts give the dates that python-dateutil gives, or are left out because calendars differ', () => {
  const lines = readFileSync(new URL('rule-dates.txt', import.meta.url), 'utf8').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' '));
  expect(rules).toHaveLength(800);
  const leftOut: string[] = [];
  for (const [start, text, ...days] of rules) {
    const expected = days.map((day) => (day.length === 8 ? day + start!.slice(8) : day));
    try {
      expect(dates(start!, text!), `${start} ${text}`).toEqual(expected);
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut.push(error.message);
    }
  }
  expect(leftOut.length).toBeLessThanOrEqual(3);
  expect(new Set(leftOut)).toEqual(
    new Set([
      'Its rule is not clear: calendars do not agree on BYSETPOS in a week that has begun before the event.',
    ]),
  );
  // All parts are among them, each many times.
  for (const part of 'INTERVAL COUNT UNTIL WKST BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYDAY BYSETPOS BYHOUR'.split(
    ' ',
  )) {
    expect(rules.filter(([, text]) => text!.includes(`${part}=`)).length, part).toBeGreaterThan(20);
  }
});

describe('rules that libraries have read wrongly', () => {
  const cases: [string, string, string[]][] = [
    ['20280229T090000', 'FREQ=YEARLY;COUNT=3', ['20280229', '20320229', '20360229']],
    ['20270131T090000', 'FREQ=MONTHLY;COUNT=3', ['20270131', '20270331', '20270531']],
    ['20261231T090000', 'FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH;COUNT=2', ['20261231', '20321230']],
    ['20271227T090000', 'FREQ=YEARLY;BYDAY=-1MO;COUNT=2', ['20271227', '20281225']],
    [
      '20270105T090000',
      'FREQ=MONTHLY;BYDAY=TU,1TH;COUNT=4',
      ['20270105', '20270107', '20270112', '20270119'],
    ],
    ['20270106T090000', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=4;COUNT=2', ['20270106', '20270204']],
  ];
  for (const [start, text, days] of cases) {
    test(`${start} ${text}`, () => {
      expect(dates(start, text)).toEqual(days.map((day) => day + start.slice(8)));
    });
  }

  test('what is only written unusually is read', () => {
    expect(dates('20270104T090000', ' freq = weekly; byday = MO, tu ;COUNT=3;')).toEqual(
      dates('20270104T090000', 'FREQ=WEEKLY;BYDAY=MO,TU;COUNT=3'),
    );
  });

  const refused = [
    ...[
      '',
      'COUNT=3',
      'FREQ=DAILY;COUNT=0',
      'FREQ=DAILY;INTERVAL=0',
      'FREQ=DAILY;COUNT=-1',
      'FREQ=DAILY;COUNT=x',
    ],
    ...['FREQ=DAILY;BYMONTH=13', 'FREQ=DAILY;BYMONTHDAY=0', 'FREQ=DAILY;BYDAY=XX', 'FREQ=DAILY;BYDAY='],
    ...['FREQ=DAILY;UNTIL=20270230', 'FREQ=DAILY;UNTIL=soon', 'FREQ=DAILY;COUNT=2;COUNT=3', 'FREQ=DAILY;X=1'],
    ...[
      'FREQ=DAILY;COUNT=3;UNTIL=20280101',
      'FREQ=WEEKLY;BYDAY=1MO',
      'FREQ=YEARLY;BYWEEKNO=3',
      'FREQ=HOURLY',
    ],
    ...['FREQ=MONTHLY;BYWEEKNO=3;BYDAY=MO', 'FREQ=WEEKLY;BYMONTHDAY=3', 'RSCALE=HEBREW;FREQ=YEARLY'],
    ...['FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=FORWARD', 'FREQ=WEEKLY;WKST=1', 'FREQ=DAILY;INTERVAL=99999999999'],
  ];
  test.each(refused)('%j is refused', (text) => {
    expect(() => parseRule(text)).toThrow(LeftOut);
  });
});

test('A5: a rule that finds nothing ends, and says so', () => {
  const never = ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=YEARLY;BYDAY=MO;BYMONTHDAY=1;BYYEARDAY=366'];
  for (const text of [...never, 'FREQ=MONTHLY;INTERVAL=12;BYMONTH=4', 'FREQ=YEARLY;INTERVAL=999999999']) {
    const started = performance.now();
    const found = () => [
      ...expand(parseRule(text), { plain: plainOf('20270101T090000'), isDay: false }, new Budget().rule()),
    ];
    try {
      expect(found().length).toBeLessThanOrEqual(1);
    } catch (error) {
      expect((error as LeftOut).kind).toBe('rule-far');
    }
    expect(performance.now() - started, text).toBeLessThan(2000);
  }
});

test('where it is followed from makes no difference to what is found', () => {
  const number = (least: number, most: number) => fc.integer({ min: least, max: most });
  const some = (least: number, most: number) =>
    fc.option(fc.uniqueArray(number(least, most), { minLength: 1, maxLength: 4 }), { freq: 2 });
  const rules = fc.record({
    FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    INTERVAL: number(1, 9),
    WKST: fc.constantFrom('MO', 'TU', 'SU'),
    BYMONTH: some(1, 12),
    BYDAY: fc.option(fc.subarray(['MO', 'WE', 'SA', 'SU'], { minLength: 1 })),
    BYHOUR: some(0, 23),
  });
  fc.assert(
    fc.property(rules, number(0, 3000), number(0, 4000), (parts, first, skip) => {
      const given = Object.entries(parts).filter(([, value]) => value !== null);
      const rule = parseRule(given.map(([name, value]) => `${name}=${value}`).join(';'));
      const start = { plain: plainOf('20240101T093000') + first * 86_400_000, isDay: false };
      const from = start.plain + skip * 86_400_000;
      const to = from + 1500 * 86_400_000;
      const all = [...expand(rule, start, new Budget().rule(), { to })];
      const part = [...expand(rule, start, new Budget().rule(), { from, to })];
      expect(part.filter((at) => at >= from)).toEqual(all.filter((at) => at >= from));
    }),
    { numRuns: 400 },
  );
});
