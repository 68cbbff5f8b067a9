// The clocks that a calendar file refers to: zones that it brings along (VTIMEZONE), zones of the tz database, UTC, and
// times without a zone, which are by the clocks of the resource.
import ICAL from 'ical.js';
import { instantOf, isZone, plain, plusDays, type WallTime, wallTime } from '../zone';
import { LeftOut } from './problem';

export interface Clock {
  /** When it shows this, ms since 1970. */
  instant(wall: WallTime): number;
  /** What it shows at this time. */
  wall(at: number): WallTime;
}

/** A moment as a file writes it. */
export interface Moment {
  readonly wall: WallTime;
  readonly isDay: boolean;
  readonly clock: Clock;
}

/** @param name a zone of the tz database, known to this runtime */
export function zoneClock(name: string): Clock {
  return { instant: (wall) => instantOf(wall, name), wall: (at) => wallTime(at, name) };
}

const utc: Clock = zoneClock('UTC');

function fileClock(zone: ICAL.Timezone): Clock {
  return {
    instant(wall) {
      const time = new ICAL.Time({ ...wall, isDate: false }, zone);
      return plain(wall) - zone.utcOffset(time) * 1000;
    },
    wall(at) {
      const time = ICAL.Time.fromJSDate(new Date(at), true).convertToZone(zone);
      const { year, month, day, hour, minute, second } = time;
      return { year, month, day, hour, minute, second };
    },
  };
}

export class Clocks {
  #ofFile = new Map<string, Clock>();

  /** @param home zone of the resource: for days, and for times without a zone */
  constructor(calendar: ICAL.Component, home: string) {
    this.home = zoneClock(home);
    for (const component of calendar.getAllSubcomponents('vtimezone')) {
      const name = component.getFirstPropertyValue('tzid');
      const rules = [
        ...component.getAllSubcomponents('standard'),
        ...component.getAllSubcomponents('daylight'),
      ];
      if (typeof name === 'string' && rules.length > 0 && rules.every(isUsable)) {
        this.#ofFile.set(name, fileClock(new ICAL.Timezone(component)));
      }
    }
  }

  readonly home: Clock;

  /** @throws LeftOut */
  named(name: string): Clock {
    const known = this.#ofFile.get(name);
    if (known) return known;
    if (isZone(name)) return zoneClock(name);
    throw new LeftOut(`The time zone “${name}” is not in the file and not a known one.`);
  }

  /**
   * A moment of a property, from its raw value (jCal), so that nothing is repaired silently.
   * @throws LeftOut
   */
  moment(property: ICAL.Property, raw: unknown): Moment {
    const text = typeof raw === 'string' ? raw : '';
    const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(Z?))?$/.exec(text);
    const name = property.name.toUpperCase();
    if (!match) throw new LeftOut(`${name} “${text}” is no date and no time.`);
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
    const wall = { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
    const shown = text.replace('Z', '');
    if (new Date(plain(wall)).toISOString().slice(0, shown.length) !== shown) {
      throw new LeftOut(`${name} “${text}” does not exist in the calendar.`);
    }
    const isDay = match[4] === undefined;
    if (isDay) return { wall, isDay, clock: this.home };
    if (match[7] === 'Z') return { wall, isDay, clock: utc };
    const zone = property.getFirstParameter('tzid');
    return { wall, isDay, clock: zone ? this.named(zone) : this.home };
  }
}

function isUsable(rule: ICAL.Component): boolean {
  return ['dtstart', 'tzoffsetfrom', 'tzoffsetto'].every((name) => rule.hasProperty(name));
}

export const instantOfMoment = ({ wall, clock }: Moment): number => clock.instant(wall);

/** How long something lasts: days by the calendar, then exact time. */
export interface Length {
  readonly days: number;
  readonly ms: number;
}

/** @returns when something ends that begins by a clock at `wall` */
export function endOf(wall: WallTime, clock: Clock, length: Length): number {
  return clock.instant(plusDays(wall, length.days)) + length.ms;
}
