// Times and days in words.
import { differenceInCalendarDays, format, formatDistanceStrict, parseISO } from 'date-fns';

/** "just now", "3 minutes ago", or a date when it is long past. */
export function ago(at: number | string, now = Date.now()): string {
  const then = typeof at === 'number' ? at : parseISO(at).getTime();
  if (now - then < 45_000) return 'just now';
  if (now - then > 30 * 86_400_000) return format(then, 'd MMM yyyy');
  return formatDistanceStrict(then, now, { addSuffix: true });
}

export function exactTime(at: number | string): string {
  return format(typeof at === 'number' ? at : parseISO(at), 'd MMMM yyyy, HH:mm');
}

/** A due day (YYYY-MM-DD) in words, and whether it has passed or is near. */
export function dueDay(day: string, today = new Date()): { text: string; state: 'late' | 'soon' | 'later' } {
  const date = parseISO(day);
  const days = differenceInCalendarDays(date, today);
  const state = days < 0 ? 'late' : days <= 1 ? 'soon' : 'later';
  if (days === 0) return { text: 'Today', state };
  if (days === 1) return { text: 'Tomorrow', state };
  if (days === -1) return { text: 'Yesterday', state };
  if (days > 1 && days < 7) return { text: format(date, 'EEEE'), state };
  const sameYear = date.getFullYear() === today.getFullYear();
  return { text: format(date, sameYear ? 'd MMM' : 'd MMM yyyy'), state };
}
