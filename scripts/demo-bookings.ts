// The demonstration's calendar: what the station has to share, and who booked it this week.
import { generateNKeysBetween } from 'fractional-indexing';
import type { PoolClient } from 'pg';
import { newId } from '../db/sync/ids';

/** Clocks of the station. */
const zone = 'Arctic/Longyearbyen';

const resources = [
  { name: 'Map room', kind: 'room', capacity: 8, color: '#2563eb', opens: '07:00', closes: '22:00' },
  { name: 'Radio room', kind: 'room', capacity: 3, color: '#7c3aed', opens: '00:00', closes: '24:00' },
  { name: 'Snow cat', kind: 'vehicle', capacity: 5, color: '#ea580c', opens: '06:00', closes: '20:00' },
  { name: 'Boat', kind: 'vehicle', capacity: 4, color: '#0d9488', opens: '08:00', closes: '18:00' },
  {
    name: 'Spectrometer',
    kind: 'instrument',
    capacity: 1,
    color: '#db2777',
    opens: '00:00',
    closes: '24:00',
  },
] as const;

interface DemoBooking {
  readonly resource: (typeof resources)[number]['name'];
  readonly title: string;
  readonly by: 'ada' | 'ben';
  /** 0 is this Monday. */
  readonly day: number;
  readonly from: string;
  readonly to: string;
  readonly notes?: string;
  readonly with?: readonly ('ada' | 'ben')[];
  readonly status?: 'tentative';
}

const daily: DemoBooking[] = [0, 1, 2, 3, 4, 5, 6].map((day) => ({
  ...{ resource: 'Radio room', title: 'Evening sked', by: 'ben', day, from: '20:00', to: '20:30' },
}));

const bookings: readonly DemoBooking[] = [
  ...daily,
  ...[0, 2, 4].map(
    (day): DemoBooking => ({
      ...{ resource: 'Map room', title: 'Morning briefing', by: 'ada', day, from: '08:00', to: '08:45' },
      with: ['ada', 'ben'],
    }),
  ),
  { resource: 'Map room', title: 'Route for the ridge', by: 'ben', day: 0, from: '13:00', to: '15:00' },
  { resource: 'Snow cat', title: 'Fuel run', by: 'ben', day: 0, from: '09:30', to: '12:00' },
  { resource: 'Spectrometer', title: 'Cores 12 to 18', by: 'ada', day: 0, from: '10:00', to: '16:00' },
  {
    resource: 'Snow cat',
    title: 'Ridge weather mast',
    by: 'ada',
    day: 1,
    from: '07:00',
    to: '15:30',
    with: ['ben'],
  },
  { resource: 'Map room', title: 'Call with the university', by: 'ada', day: 1, from: '14:00', to: '15:00' },
  {
    resource: 'Map room',
    title: 'First aid course',
    by: 'ben',
    day: 1,
    from: '16:00',
    to: '18:00',
    with: ['ada'],
  },
  {
    resource: 'Boat',
    title: 'Buoy service',
    by: 'ben',
    day: 1,
    from: '09:00',
    to: '13:00',
    notes: 'Survival suits.',
  },
  { resource: 'Spectrometer', title: 'Night series', by: 'ada', day: 1, from: '21:00', to: '30:00' },
  { resource: 'Snow cat', title: 'Depot', by: 'ben', day: 2, from: '09:00', to: '14:00' },
  {
    resource: 'Snow cat',
    title: 'Spare trip to the mast',
    by: 'ada',
    day: 2,
    from: '14:30',
    to: '17:00',
    status: 'tentative',
  },
  { resource: 'Spectrometer', title: 'Calibration', by: 'ben', day: 2, from: '08:00', to: '11:00' },
  { resource: 'Map room', title: 'Handover', by: 'ada', day: 3, from: '10:00', to: '11:30', with: ['ben'] },
  { resource: 'Boat', title: 'Fjord profile', by: 'ada', day: 3, from: '09:00', to: '16:00' },
  {
    resource: 'Snow cat',
    title: 'Rescue drill',
    by: 'ben',
    day: 4,
    from: '10:00',
    to: '13:00',
    with: ['ada'],
  },
  { resource: 'Spectrometer', title: 'Cores 19 to 25', by: 'ada', day: 4, from: '09:00', to: '15:00' },
  { resource: 'Map room', title: 'Film night', by: 'ben', day: 5, from: '19:00', to: '21:30', with: ['ada'] },
];

export interface DemoPerson {
  /** Account, member, name. */
  readonly userId: string;
  readonly memberId: string;
  readonly name: string;
}

export async function seedBookings(
  client: PoolClient,
  workspaceId: string,
  people: Record<'ada' | 'ben', DemoPerson>,
): Promise<void> {
  const ids = new Map<string, string>();
  const positions = generateNKeysBetween(null, null, resources.length);
  for (const [i, r] of resources.entries()) {
    const id = newId();
    ids.set(r.name, id);
    await client.query(
      `insert into resource (id, workspace_id, kind, name, capacity, color, time_zone, opens, closes, position)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [id, workspaceId, r.kind, r.name, r.capacity, r.color, zone, r.opens, r.closes, positions[i]],
    );
  }
  for (const b of bookings) {
    const by = people[b.by];
    // Hours past 24 reach into the next morning; the clocks are the station's.
    const at = (time: string) =>
      `(date_trunc('week', now() at time zone '${zone}') + interval '${b.day} days ${time.replace(':', ' hours ')} minutes') at time zone '${zone}'`;
    await client.query(
      `insert into booking (id, workspace_id, resource_id, user_id, author, title, notes, during, status, people)
         values ($1, $2, $3, $4, $5, $6, $7, tstzrange(${at(b.from)}, ${at(b.to)}, '[)'), $8, $9)`,
      [
        newId(),
        workspaceId,
        ids.get(b.resource),
        by.userId,
        by.name,
        b.title,
        b.notes ?? '',
        b.status ?? 'confirmed',
        JSON.stringify((b.with ?? []).map((who) => people[who].memberId)),
      ],
    );
  }
}
