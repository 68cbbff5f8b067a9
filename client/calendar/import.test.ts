// import.ts on a real device: once, again, changed, clashing, exported and back.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CalendarError } from '../../db/calendar/problem';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';
import { exportCalendar } from './export';
import { importCalendar } from './import';

let api: TestApi;
let station: Station;
let device: Device;
let other: Device;
let room: string;

beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
  device = await station.device(station.ada);
  other = await station.device(station.ben);
});
afterAll(async () => {
  await station?.close();
  await api?.stop();
});

beforeEach(async () => {
  room = await makeRoom();
});

async function makeRoom(): Promise<string> {
  const id = crypto.randomUUID();
  await device.write(
    `insert into resource (id, workspace_id, kind, name, color, time_zone, position)
       values ($1, $2, 'room', $3, '#0f766e', 'Europe/Berlin', 'a0')`,
    id,
    station.workspaceId,
    `Room ${id.slice(0, 8)}`,
  );
  await until('the room on the other device', async () => {
    return (await other.rows('select 1 from resource where id = $1', id)).length > 0;
  });
  return id;
}

const vevent = (uid: string, start: string, ...lines: string[]) =>
  [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SUMMARY:${uid}`,
    `DTSTART:${start}`,
    'DURATION:PT1H',
    ...lines,
    'END:VEVENT',
  ].join('\r\n');
const file = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events, 'END:VCALENDAR', ''].join('\r\n');

const bring = (text: string, to: { on?: Device; room?: string; owner?: boolean } = {}) =>
  importCalendar((to.on ?? device).store, text, {
    workspaceId: station.workspaceId,
    resource: { id: to.room ?? room, time_zone: 'Europe/Berlin' },
    author: 'Ada',
    isOwner: to.owner ?? true,
    now: Date.parse('2026-11-23T12:00:00Z'),
  });

/** "title status start", by start. */
async function here(on: Device = device, of = room): Promise<string[]> {
  const rows = await on.rows<{ title: string; status: string; at: string }>(
    `select title, status, to_char(lower(during), 'MM-DD HH24:MI') as at from booking where resource_id = $1
      order by during, title`,
    of,
  );
  return rows.map(({ title, status, at }) => `${title} ${status} ${at}`);
}

/** Waits until Ben's device shows these. */
async function arrives(expected: string[]): Promise<void> {
  await device.settled();
  const same = async () => JSON.stringify(await here(other)) === JSON.stringify(expected);
  await until('the bookings on the other device', same).catch(async () =>
    expect(await here(other)).toEqual(expected),
  );
}

const nothing = { made: 0, changed: 0, cancelled: 0, left: 0, clashing: 0 };

test('an import makes bookings that reach the server and other devices; a second one changes nothing', async () => {
  const text = file(
    vevent('survey', '20261201T090000Z', 'RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE:20261208T090000Z'),
    vevent('visit', '20261202T090000Z', 'STATUS:TENTATIVE'),
  );
  expect(await bring(text)).toMatchObject({ ...nothing, made: 3, problems: [] });
  const expected = [
    'survey confirmed 12-01 09:00',
    'visit tentative 12-02 09:00',
    'survey confirmed 12-15 09:00',
  ];
  expect(await here()).toEqual(expected);
  const unsent = device.store.status().unsent;
  expect(await bring(text)).toMatchObject({ ...nothing, unchanged: 3 });
  expect(device.store.status().unsent).toBe(unsent);
  await arrives(expected);
  // Also from another device, by another person.
  expect(await bring(text, { on: other, owner: false })).toMatchObject({ ...nothing, unchanged: 3 });
});

test('what changed in the file changes here: times that are swapped, titles, occurrences that are gone', async () => {
  await bring(
    file(
      vevent('one', '20261201T090000Z'),
      vevent('two', '20261201T100000Z'),
      vevent('three', '20261201T110000Z', 'RRULE:FREQ=DAILY;COUNT=3'),
      vevent('four', '20261205T090000Z'),
    ),
  );
  const report = await bring(
    file(
      vevent('one', '20261201T100000Z'),
      vevent('two', '20261201T090000Z'),
      vevent('three', '20261201T110000Z', 'RRULE:FREQ=DAILY;COUNT=2', 'DESCRIPTION:Bring boots'),
      vevent('four', '20261205T090000Z', 'STATUS:CANCELLED'),
    ),
  );
  expect(report).toMatchObject({ ...nothing, changed: 4, cancelled: 2 });
  expect(await here()).toEqual([
    'two confirmed 12-01 09:00',
    'one confirmed 12-01 10:00',
    'three confirmed 12-01 11:00',
    'three confirmed 12-02 11:00',
    'three cancelled 12-03 11:00',
    'four cancelled 12-05 09:00',
  ]);
  await arrives(await here());
  expect(await device.rows('select 1 from sync.refused')).toEqual([]);
});

test('what clashes as far as the device knows comes as tentative, also within the file', async () => {
  await bring(file(vevent('first', '20261201T090000Z')));
  const text = file(
    vevent('over', '20261201T093000Z'),
    vevent('touching', '20261201T100000Z'),
    vevent('twice', '20261203T090000Z'),
    vevent('thrice', '20261203T090000Z'),
  );
  expect(await bring(text)).toMatchObject({ ...nothing, made: 4, clashing: 2 });
  expect(await here()).toEqual([
    'first confirmed 12-01 09:00',
    'over tentative 12-01 09:30',
    'touching confirmed 12-01 10:00',
    'thrice tentative 12-03 09:00',
    'twice confirmed 12-03 09:00',
  ]);
  expect(await bring(text)).toMatchObject({ ...nothing, unchanged: 4 });
});

test('a booking that was cancelled here, or is another person’s, stays as it is', async () => {
  await bring(file(vevent('mine', '20261201T090000Z'), vevent('gone', '20261202T090000Z')));
  await device.write(
    "update booking set status = 'cancelled' where title = 'gone' and resource_id = $1",
    room,
  );
  await arrives(['mine confirmed 12-01 09:00', 'gone cancelled 12-02 09:00']);
  const moved = file(vevent('mine', '20261201T150000Z'), vevent('gone', '20261202T090000Z'));
  expect(await bring(moved, { on: other, owner: false })).toMatchObject({ ...nothing, left: 2 });
  expect(await here(other)).toEqual(['mine confirmed 12-01 09:00', 'gone cancelled 12-02 09:00']);
});

test('private events are private bookings, and two people bring their own', async () => {
  const text = file(vevent('doctor', '20261201T090000Z', 'CLASS:PRIVATE'));
  await bring(text);
  await arrives([]);
  expect(await bring(text, { on: other, owner: false })).toMatchObject({ ...nothing, made: 1 });
  // The server finds the clash that the device could not know of.
  await arrives(['doctor conflicted 12-01 09:00']);
  expect(await bring(text, { on: other, owner: false })).toMatchObject({ ...nothing, unchanged: 1 });
});

test('a broken file imports nothing, an unusual event only the others', async () => {
  const broken = file(vevent('one', '20261201T090000Z')).replace('END:VCALENDAR', '');
  await expect(bring(broken)).rejects.toThrow(CalendarError);
  expect(await here()).toEqual([]);
  const report = await bring(file(vevent('one', '20261201T090000Z'), vevent('odd', 'tomorrow')));
  expect(report).toMatchObject({ made: 1, problems: [{ event: 'odd', line: 9, leftOut: true }] });
});

test('what is left out does not half happen: a later import leaves its booking as it is, and carries it out when it can', async () => {
  const series = vevent('one', '20261201T090000Z', 'RRULE:FREQ=DAILY;COUNT=3');
  const moved = (to: string) =>
    vevent('one', to, 'RECURRENCE-ID:20261202T090000Z').replace('SUMMARY:one', 'SUMMARY:moved');
  // The first time the date is booked nowhere; the second time it is known, and not touched.
  expect(await bring(file(series, moved('soon')))).toMatchObject({ ...nothing, made: 2 });
  expect(await here()).toEqual(['one confirmed 12-01 09:00', 'one confirmed 12-03 09:00']);
  expect(await bring(file(series))).toMatchObject({ ...nothing, made: 1, unchanged: 2 });
  expect(await bring(file(series, moved('soon')))).toMatchObject({ ...nothing, unchanged: 2 });
  expect(await here()).toHaveLength(3);
  expect(await bring(file(series, moved('20261205T090000Z')))).toMatchObject({ ...nothing, changed: 1 });
  expect(await here()).toEqual([
    'one confirmed 12-01 09:00',
    'one confirmed 12-03 09:00',
    'moved confirmed 12-05 09:00',
  ]);
});

test('the bytes of a file in another encoding are read, or nothing of it is used', async () => {
  const text = file(vevent('Prüfung', '20261201T090000Z'));
  const bytes = new Uint8Array(Buffer.from(text, 'utf16le'));
  const into = { workspaceId: station.workspaceId, resource: { id: room, time_zone: 'Europe/Berlin' } };
  const more = { author: 'Ada', isOwner: true, now: Date.parse('2026-11-23T12:00:00Z') };
  expect(await importCalendar(device.store, bytes, { ...into, ...more })).toMatchObject({ made: 1 });
  expect(await here()).toEqual(['Prüfung confirmed 12-01 09:00']);
  await expect(importCalendar(device.store, bytes.slice(1), { ...into, ...more })).rejects.toThrow(
    CalendarError,
  );
});

test('an export that comes back changes nothing; one of all rooms holds them all', async () => {
  await bring(file(vevent('one', '20261201T090000Z'), vevent('two', '20261201T100000Z', 'STATUS:CANCELLED')));
  await device.write(
    `insert into booking (id, workspace_id, resource_id, user_id, title, during)
       values ($1, $2, $3, $4, 'By hand', '[2026-12-02 09:00+00,2026-12-02 10:00+00)')`,
    crypto.randomUUID(),
    station.workspaceId,
    room,
    device.userId,
  );
  const text = await exportCalendar(device.store, station.workspaceId, 'Room', room);
  expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
  expect(await bring(text)).toMatchObject({ ...nothing, unchanged: 2 });
  const all = await exportCalendar(device.store, station.workspaceId, 'All', null);
  expect(all).toContain('SUMMARY:By hand');
  expect(all.match(/BEGIN:VEVENT/g)!.length).toBeGreaterThan(2);
});
