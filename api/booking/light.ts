// What light mode reads of bookings: the resources, and what is booked in a span of time.
import { momentShape } from '../sync/light-params';
import type { LightView } from '../sync/light-view';

export const bookingLightViews: readonly LightView[] = [
  {
    name: 'bookings',
    params: [
      { name: 'from', shape: momentShape },
      { name: 'to', shape: momentShape },
    ],
    parts: {
      resources: {
        table: 'resource',
        columns: ['id', 'kind', 'name', 'time_zone', 'position', 'archived'],
        order: 'archived, position collate "C", id',
        limit: 500,
      },
      bookings: {
        table: 'booking',
        columns: ['id', 'resource_id', 'user_id', 'author', 'title', 'during', 'status', 'private'],
        where: `during && tstzrange($3::timestamptz, $4::timestamptz) and status <> 'cancelled'`,
        order: 'lower(during), id',
        limit: 1_000,
      },
    },
  },
];
