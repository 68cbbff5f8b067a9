// What light mode reads of stock: how much of each item is in which place.
import type { LightView } from '../sync/light-view';

export const stockLightViews: readonly LightView[] = [
  {
    name: 'stock',
    params: [],
    parts: {
      items: {
        table: 'stock_item',
        columns: ['id', 'name', 'unit', 'minimum', 'archived'],
        order: 'archived, lower(name), id',
        limit: 2_000,
      },
      places: { table: 'stock_place', columns: ['id', 'name'], order: 'lower(name), id', limit: 1_000 },
      levels: {
        table: 'stock_level',
        columns: ['id', 'item_id', 'place_id', 'quantity'],
        order: 'id',
        limit: 10_000,
      },
    },
  },
];
