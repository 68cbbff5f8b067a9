// Stock of the demonstration workspace: what a field station has before winter, and who took what.
import type { PoolClient } from 'pg';
import type { Person } from '../api/sync/sessions';
import { newId } from '../db/sync/ids';

const places = ['Cold store', 'Workshop', 'North hut'] as const;
type Place = (typeof places)[number];

interface DemoItem {
  readonly name: string;
  readonly unit?: string;
  readonly minimum?: number;
  readonly notes?: string;
  /** In the order in which they happened: [who, from, to, quantity, what for]. */
  readonly movements: readonly [0 | 1, Place | null, Place | null, number, string][];
}

const items: readonly DemoItem[] = [
  {
    name: 'Diesel filters',
    minimum: 4,
    notes: 'For generators 1 and 2; the blue crate.',
    movements: [
      [0, null, 'Workshop', 6, 'Autumn flight'],
      [1, 'Workshop', null, 1, 'Generator 2'],
      [1, 'Workshop', null, 2, 'Generator 1, both banks'],
    ],
  },
  {
    name: 'Lamp oil',
    unit: 'litres',
    minimum: 20,
    movements: [
      [0, null, 'Cold store', 60, 'Autumn flight'],
      [1, 'Cold store', 'North hut', 15, ''],
    ],
  },
  {
    name: 'Gas cartridges',
    unit: 'boxes',
    minimum: 3,
    movements: [
      [0, null, 'Cold store', 8, 'Autumn flight'],
      [0, 'Cold store', 'North hut', 2, 'For the traverse'],
      [1, 'North hut', null, 1, 'Traverse, day 1'],
    ],
  },
  {
    name: 'Fuses 16 A',
    minimum: 10,
    movements: [[1, null, 'Workshop', 40, '']],
  },
  {
    name: 'Lithium batteries CR123',
    minimum: 24,
    notes: 'Keep them warm before use.',
    movements: [
      [0, null, 'Workshop', 48, 'Autumn flight'],
      [1, 'Workshop', null, 12, 'Sensors of the west line'],
      [0, 'Workshop', 'North hut', 12, ''],
    ],
  },
  {
    name: 'Guy wire 6 mm',
    unit: 'metres',
    minimum: 50,
    movements: [
      [0, null, 'Workshop', 120, ''],
      [1, 'Workshop', null, 35, 'North mast'],
    ],
  },
  { name: 'Oxygen sensor heads', minimum: 1, movements: [] },
];

/** @param people who moved things: the two of the demonstration */
export async function seedStock(
  client: PoolClient,
  workspaceId: string,
  people: readonly [Person, Person],
): Promise<void> {
  const placeIds = new Map<Place, string>();
  for (const name of places) {
    const id = newId();
    placeIds.set(name, id);
    await client.query('insert into stock_place (id, workspace_id, name) values ($1, $2, $3)', [
      id,
      workspaceId,
      name,
    ]);
  }
  for (const item of items) {
    const id = newId();
    await client.query(
      'insert into stock_item (id, workspace_id, name, unit, minimum, notes) values ($1, $2, $3, $4, $5, $6)',
      [id, workspaceId, item.name, item.unit ?? '', item.minimum ?? 0, item.notes ?? ''],
    );
    for (const [who, from, to, quantity, reason] of item.movements) {
      await client.query('select sync.move_stock($1, $2, $3, $4, $5, $6, $7, $8, $9, null)', [
        people[who].id,
        people[who].name,
        newId(),
        workspaceId,
        id,
        from && placeIds.get(from),
        to && placeIds.get(to),
        quantity,
        reason,
      ]);
    }
  }
}
