// A stretch of time: as the app counts it, and as Postgres writes it (tstzrange). The end never belongs to it.

/** Milliseconds since 1970; `end` is not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** ["2026-11-23 10:00:00+00","2026-11-23 11:00:00.5+00"), with or without quotes, in ISO 8601 or Postgres's own way. */
const written = /^\[\s*"?([^",]+)"?\s*,\s*"?([^",]+)"?\s*\)$/;

/**
 * @param text a tstzrange with both ends, the first included and the last not
 * @returns null for anything else
 */
export function parseRange(text: string): Span | null {
  const match = written.exec(text);
  if (!match) return null;
  const [start, end] = [instant(match[1]!), instant(match[2]!)];
  return start < end ? { start, end } : null;
}

/** Postgres writes offsets as +00 or +05:30; ISO 8601 wants minutes. NaN if it is no time. */
function instant(text: string): number {
  return Date.parse(
    text
      .trim()
      .replace(' ', 'T')
      .replace(/([+-]\d\d)$/, '$1:00'),
  );
}

/** @throws RangeError for a span without a beginning, an end, or a duration */
export function formatRange({ start, end }: Span): string {
  if (!(start < end)) throw new RangeError('A span begins before it ends.');
  return `["${new Date(start).toISOString()}","${new Date(end).toISOString()}")`;
}

/** Spans that touch (10–11, 11–12) do not overlap. */
export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}
