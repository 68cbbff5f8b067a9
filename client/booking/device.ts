// What bookings add to a device's engine: which of them wait for the person.
import type { EngineFeature } from '../sync/feature';

export const bookingsOnDevice: EngineFeature = {
  name: 'booking',
  // A case of which the person is a party; and an own booking that is in conflict and has no case on this device.
  needsPerson: {
    count: `(select count(*) from violation where resolved_at is null and $1 in (asked_by, held_by, user_id))
      + (select count(*) from booking b where b.user_id = $1 and b.status = 'conflicted' and not exists (
          select from violation v where v.row_id = b.id and v.resolved_at is null))`,
    tables: ['violation', 'booking'],
  },
};
