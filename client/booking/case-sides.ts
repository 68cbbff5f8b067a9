// The two sides of a clash, and what can be decided about it.
import type { AlternativeRow } from '../../db/booking/alternatives';
import { parseRange, type Span } from '../../db/booking/range';
import type { CaseBooking, Stood } from './case-queries';

type Choice = 'move' | 'swap' | 'agree' | 'decline' | 'give_way' | 'cancel';
export type Decide = (
  choice: Choice,
  to?: AlternativeRow | { resource_id: string; starts: string; ends: string },
) => void;

/** What is known of one of the two: as it is now, or else as it stood. */
export interface Side {
  readonly id: string | null;
  readonly title: string;
  readonly status: string;
  readonly resourceId: string;
  readonly span: Span | null;
}

export function sideOf(now: CaseBooking | null, stood: Stood | undefined): Side | null {
  if (now) {
    const span = { start: Date.parse(now.starts), end: Date.parse(now.ends) };
    return { id: now.id, title: now.title, status: now.status, resourceId: now.resource_id, span };
  }
  if (!stood) return null;
  return {
    id: null,
    title: stood.title,
    status: stood.status,
    resourceId: stood.resource_id,
    span: parseRange(stood.during),
  };
}
