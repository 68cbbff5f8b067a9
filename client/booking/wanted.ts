// Where and when a booking is wanted: of a new one, or of one that is to be moved.
import type { Span } from '../../db/booking/range';

export interface Wanted extends Span {
  readonly resourceId: string;
}
