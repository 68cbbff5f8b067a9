// How a write of this tab changes the rows that show resources and bookings, before the database answers
// (client/sync/laying.ts).
import { parseRange } from '../../db/booking/range';
import { byPosition, type Laid, layById, layList, type ShownRow } from '../sync/laying';
import type { LiveOptions } from '../sync/store';
import type { BookingRow, ResourceRow } from './queries';

/** Of resources. */
export const resourceOptions = (workspaceId: string): LiveOptions<ResourceRow> =>
  layList({
    of: 'resource',
    blank: {
      ...{
        kind: '',
        name: '',
        capacity: 0,
        color: '',
        time_zone: 'UTC',
        opens: '00:00:00',
        closes: '24:00:00',
      },
      ...{ open_days: 127, position: '', archived: false },
    },
    belongs: (set) => set.workspace_id === workspaceId,
    order: (one, other) => Number(one.archived) - Number(other.archived) || byPosition(one, other),
  });

/** Of bookingById. */
export const bookingOptions: LiveOptions<BookingRow> = {
  of: 'booking',
  lay: (rows, operation) => layById('booking', rows, asShown(operation)),
};

/** Of bookingsBetween, with the same span. */
export function spanOptions(
  workspaceId: string,
  span: { from: number; to: number; resourceId?: string | undefined; cancelled: boolean },
): LiveOptions<BookingRow> {
  const belongs = (row: BookingRow) =>
    (span.resourceId === undefined || row.resource_id === span.resourceId) &&
    (span.cancelled || row.status !== 'cancelled') &&
    Date.parse(row.starts) < span.to &&
    Date.parse(row.ends) > span.from;
  return {
    of: 'booking',
    lay: (rows, written) => {
      const operation = asShown(written);
      const { table, kind, set } = operation;
      if (table !== 'booking') return rows;
      if (kind !== 'insert') {
        const next = layById('booking', rows, operation);
        return next === rows ? rows : next.filter(belongs).sort(inOrder);
      }
      if (set.workspace_id !== workspaceId || rows.some(({ id }) => id === set.id)) return rows;
      const row = { ...blank, ...shownOf(set) } as BookingRow;
      return belongs(row) ? [...rows, row].sort(inOrder) : rows;
    },
  };
}

/** A booking whose insert says nothing more. */
const blank = {
  ...{
    author: '',
    title: '',
    notes: '',
    starts: '',
    ends: '',
    status: 'confirmed',
    private: false,
    people: [],
  },
  ...{ series_id: null, pending: true, violation_id: null },
};
const columns = ['id', 'resource_id', 'user_id', ...Object.keys(blank)];

const shownOf = (set: ShownRow) =>
  Object.fromEntries(Object.entries(set).filter(([name]) => columns.includes(name)));

const inOrder = (one: BookingRow, other: BookingRow) =>
  Date.parse(one.starts) - Date.parse(other.starts) || (one.id < other.id ? -1 : 1);

/** The operation with the two ends of a span, which are shown in the place of the column. */
function asShown(operation: Laid): Laid {
  const { during } = operation.set;
  const span = typeof during === 'string' ? parseRange(during) : null;
  if (!span || operation.table !== 'booking') return operation;
  const ends = { starts: new Date(span.start).toISOString(), ends: new Date(span.end).toISOString() };
  return { ...operation, set: { ...operation.set, ...ends } };
}
