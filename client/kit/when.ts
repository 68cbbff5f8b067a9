// Times and days in words. None of this fails, whatever a device holds: a moment that is none has words, too.
import {
  differenceInCalendarDays,
  format as formatDate,
  formatDistanceStrict,
  isValid,
  parseISO,
} from 'date-fns';

const unknown = 'at an unknown time';

/** The pattern is date-fns's. A moment that is none gives the words "unknown date". */
export function format(at: Date | number, pattern: string): string {
  return isValid(new Date(at)) ? formatDate(at, pattern) : 'unknown date';
}

/** "just now", "3 minutes ago", or a date when it is long past or far ahead. */
export function ago(at: number | string, now = Date.now()): string {
  const then = typeof at === 'number' ? at : parseISO(at).getTime();
  if (!isValid(new Date(then)) || !isValid(new Date(now))) return unknown;
  if (Math.abs(now - then) > 30 * 86_400_000) return format(then, 'd MMM yyyy');
  if (now - then < 45_000) return 'just now';
  return formatDistanceStrict(then, now, { addSuffix: true });
}

export function exactTime(at: number | string): string {
  return format(typeof at === 'number' ? at : parseISO(at), 'd MMMM yyyy, HH:mm');
}

/** A due day (YYYY-MM-DD) in words, and whether it has passed or is near. What is no such day is said as it is. */
export function dueDay(day: string, today = new Date()): { text: string; state: 'late' | 'soon' | 'later' } {
  const date = parseISO(day);
  if (!isValid(date)) return { text: day.slice(0, 40) || 'unknown date', state: 'later' };
  const days = differenceInCalendarDays(date, today);
  const state = days < 0 ? 'late' : days <= 1 ? 'soon' : 'later';
  if (days === 0) return { text: 'Today', state };
  if (days === 1) return { text: 'Tomorrow', state };
  if (days === -1) return { text: 'Yesterday', state };
  if (days > 1 && days < 7) return { text: format(date, 'EEEE'), state };
  const sameYear = date.getFullYear() === today.getFullYear();
  return { text: format(date, sameYear ? 'd MMM' : 'd MMM yyyy'), state };
}
