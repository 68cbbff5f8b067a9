// Names of time zones as calendar programs write them, as names of the tz database.
import { isZone } from '../kit/zone';
import { windowsZones } from './windows-zones';

/**
 * @param name a TZID
 * @returns a zone that the runtime knows, or null where the name does not surely mean one
 */
export function zoneNamed(name: string): string | null {
  const wanted = name.trim();
  // A runtime may know offsets as zones, others do not.
  if (isName(wanted) && isZone(wanted)) return wanted;
  const windows = windowsZones.get(wanted);
  if (windows !== undefined && isZone(windows)) return windows;
  return behindPrefix(wanted);
}

/** Asking a runtime for what is no name is slow. */
const isName = (text: string) => /^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*){0,2}$/.test(text) && text.length <= 50;

/** Evolution, Mozilla and others: /example.org/20050126_1/Europe/Berlin, /Europe/Vienna. The longest end that is a zone. */
function behindPrefix(name: string): string | null {
  const parts = name.split('/');
  const hasPrefix = parts[0] === '' || /^[\w-]+(\.[\w-]+)+$/.test(parts[0]!);
  if (!hasPrefix || parts.length > 8) return null;
  for (let from = 1; from < parts.length; from++) {
    const end = parts.slice(from).join('/');
    if (isName(end) && isZone(end)) return end;
  }
  return null;
}
