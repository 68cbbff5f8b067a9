// What light mode writes of bookings: the operation that the full app's database would capture for the same (write.ts).
import { formatRange, type Span } from '../../db/booking/range';
import { newId } from '../../db/sync/ids';
import type { LightPlace } from '../sync/light/react';
import type { NewOperation } from '../sync/light/state';

/** A confirmed booking. Whether its time is free the server says when it has it: it flags one that clashes. */
export function newBooking(
  { workspaceId, userId, userName }: Pick<LightPlace, 'workspaceId' | 'userId' | 'userName'>,
  booking: { readonly resourceId: string; readonly title: string; readonly span: Span },
): NewOperation {
  return {
    ...{ kind: 'insert', table: 'booking', id: newId() },
    set: {
      ...{ workspace_id: workspaceId, resource_id: booking.resourceId, user_id: userId, author: userName },
      ...{ title: booking.title.trim(), notes: '', during: formatRange(booking.span), status: 'confirmed' },
      ...{ private: false, people: [], series_id: null },
    },
  };
}
