// The clocks that a calendar file refers to: zones that it brings along (VTIMEZONE), zones of the tz database, UTC, and
// times without a zone, which are by the clocks of the resource.
import { fromPlain, instantOf, plain, plusDays, type WallTime, wallTime } from '../kit/zone';
import type { Budget } from './budget';
import type { Component, Property } from './component';
import { type Clock, fileClock } from './file-zone';
import { LeftOut } from './problem';
import { zoneNamed } from './zones';

export type { Clock } from './file-zone';

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

const utc: Clock = { instant: plain, wall: fromPlain };

/** A step of the budget looks at a day of a rule; what a look at a zone costs, measured by that. */
const stepsOfMoment = 400;
const stepsOfName = 10_000;

export class Clocks {
  /** The zones of the file, as they stand there. */
  #ofFile = new Map<string, Component>();
  /** null: no zone is meant by it. */
  #named = new Map<string, Clock | null>();

  /** @param home zone of the resource: for days, and for times without a zone */
  constructor(
    calendar: Component,
    home: string,
    readonly budget: Budget,
  ) {
    this.home = zoneClock(home);
    for (const component of calendar.childrenOf('VTIMEZONE')) {
      const name = component.first('TZID')?.value.trim();
      if (name !== undefined && !this.#ofFile.has(name)) this.#ofFile.set(name, component);
    }
  }

  readonly home: Clock;

  /** @throws LeftOut */
  named(name: string): Clock {
    let clock = this.#named.get(name);
    if (clock === undefined) {
      this.budget.spend(stepsOfName);
      const ofFile = this.#ofFile.get(name.trim());
      clock = ofFile ? fileClock(ofFile, this.budget) : null;
      const zone = clock ? null : zoneNamed(name);
      if (zone !== null) clock = zoneClock(zone);
      this.#named.set(name, clock);
    }
    if (clock) return clock;
    throw new LeftOut('zone', name);
  }

  /**
   * A moment of a property: a day where it has no time, also without VALUE=DATE (and with the Z of Google's birthdays). Nothing is repaired silently.
   * @param raw one value of it
   * @throws LeftOut
   */
  moment(property: Property, raw = property.value): Moment {
    this.budget.spend(1);
    const text = raw.trim();
    const match = /^(\d{4})(\d\d)(\d\d)(?:Z|T(\d\d)(\d\d)(\d\d)(Z?))?$/i.exec(text);
    const { name, parameters } = property;
    if (!match) throw new LeftOut('no-time', name, text);
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
    const wall = { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
    const real = fromPlain(plain(wall));
    if (Object.entries(wall).some(([part, value]) => real[part as keyof WallTime] !== value)) {
      throw new LeftOut('not-in-calendar', name, text);
    }
    const isMidnight = hour === 0 && minute === 0 && second === 0;
    const isDay = match[4] === undefined || (isMidnight && /^date$/i.test(parameters.get('VALUE') ?? ''));
    if (isDay) return { wall, isDay, clock: this.home };
    if (match[7]) return { wall, isDay, clock: utc };
    this.budget.spend(stepsOfMoment);
    const zone = parameters.get('TZID');
    return { wall, isDay, clock: zone ? this.named(zone) : this.home };
  }
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

/** @throws LeftOut for a text that is no length, or a negative one */
export function lengthOf(text: string): Length {
  const [, sign, weeks, days, hours, minutes, seconds] =
    /^([+-])?P(?=\d|T\d)(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/i.exec(
      text.trim(),
    ) ?? [];
  if ([weeks, days, hours, minutes, seconds].every((part) => part === undefined)) {
    throw new LeftOut('length', text);
  }
  if (sign === '-') throw new LeftOut('negative-length', text);
  const number = (part: string | undefined) => Number(part ?? 0);
  return {
    days: number(weeks) * 7 + number(days),
    ms: ((number(hours) * 60 + number(minutes)) * 60 + number(seconds)) * 1000,
  };
}
