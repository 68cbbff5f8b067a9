// Time zones as people read them: the viewer's own, and those of resources where they differ.
import { plain, wallTime } from '../../db/kit/zone';

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** HH:mm by the clocks of a zone. */
function clock(at: number, zone: string): string {
  const { hour, minute } = wallTime(at, zone);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** @returns whether the clocks of a zone show something else than the viewer's at this time. */
export function differs(zone: string, at: number): boolean {
  return plain(wallTime(at, zone)) !== plain(wallTime(at, viewerZone()));
}

/** "Arctic/Longyearbyen" as "Longyearbyen". */
export const placeName = (zone: string): string => zone.split('/').at(-1)!.replaceAll('_', ' ');

/** "10:00–11:00" by the clocks of a zone. */
export const spanIn = (zone: string, start: number, end: number): string =>
  `${clock(start, zone)}–${clock(end, zone)}`;

/** "10:00" by the clocks of a zone. */
export const timeIn = clock;
