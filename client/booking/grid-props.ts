// What the grid of the day and of the week is given.
import type { ReactNode } from 'react';
import type { Span } from '../../db/booking/range';
import type { Axis } from './grid-time';
import type { GridColumn } from './lanes';
import type { BookingRow } from './queries';

export interface GridProps {
  /** Says what is shown, to those who do not see it. */
  readonly label: string;
  readonly axis: Axis;
  readonly columns: readonly GridColumn[];
  readonly headings: readonly ReactNode[];
  readonly bookings: readonly BookingRow[];
  readonly readOnly: string | null;
  /** Column width below which the grid scrolls sideways, px. */
  readonly narrowest: number;
  readonly onCreate: (resourceId: string, span: Span) => void;
  /** @returns whether it was written */
  readonly onMove: (booking: BookingRow, resourceId: string, span: Span) => Promise<boolean>;
  readonly onOpen: (id: string) => void;
}
