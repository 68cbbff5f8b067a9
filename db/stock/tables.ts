// Items, places, quantities and movements. Quantities change on the server only, by its own actions (C4).
import { check, common, final, unique } from '../sync/constraint-rule';
import { byServer, defineTable, field, once } from '../sync/define';

const readOnly = { insert: 'nobody', update: 'nobody', delete: 'nobody' } as const;

export const stockTables = {
  stock_item: defineTable({
    called: 'stock item',
    columns: {
      unit: once('unit', { control: 'text' }),
      name: field('name', { control: 'text' }),
      notes: field('notes', { control: 'long-text' }),
      minimum: field('minimum', { control: 'number' }),
      archived: field('archived'),
    },
    rules: {
      stock_item_name_length: check('An item needs a name of at most 120 characters.', 'name'),
      stock_item_unit_length: check('A unit can be at most 20 characters long.', 'unit'),
      stock_item_notes_length: check('Notes can be at most 2,000 characters long.', 'notes'),
      stock_item_minimum_range: check('A minimum is a number from 0 to 1,000,000,000.', 'minimum'),
      stock_item_name_unique: unique('There is already an item with this name.', 'name'),
      stock_item_created_at_range: common.createdAt,
    },
  }),
  stock_place: defineTable({
    called: 'stock place',
    columns: { name: field('name', { control: 'text' }), archived: field('archived') },
    rules: {
      stock_place_name_length: check('A place needs a name of at most 120 characters.', 'name'),
      stock_place_name_unique: unique('There is already a place with this name.', 'name'),
      stock_place_created_at_range: common.createdAt,
    },
  }),
  stock_level: defineTable({
    called: 'quantity of an item',
    made: false,
    columns: {
      ...{ item_id: byServer(), place_id: byServer(), quantity: byServer('quantity') },
      ...{ moved_by: byServer(), moved_name: byServer(), moved_at: byServer() },
    },
    access: readOnly,
    rules: {
      stock_level_quantity_range: final('The quantity of an item cannot be less than zero.'),
      stock_level_once: final('There is already a quantity of this item in this place.'),
      stock_level_item_exists: final('The item was deleted.'),
      stock_level_place_exists: final('The place was deleted.'),
    },
  }),
  stock_movement: defineTable({
    called: 'movement of stock',
    made: false,
    columns: {
      ...{ item_id: byServer(), from_id: byServer(), to_id: byServer(), quantity: byServer('quantity') },
      ...{ reason: byServer('reason'), user_id: byServer(), author: byServer('author') },
    },
    access: readOnly,
    rules: {
      stock_movement_quantity_range: final('The quantity that is moved must be at least one.'),
      stock_movement_places: final('Stock is moved from one place to a different one.'),
      stock_movement_reason_length: final('A reason can be at most 500 characters long.'),
      stock_movement_author_length: final(common.author),
      stock_movement_item_exists: final('The item was deleted.'),
      stock_movement_from_exists: final('The place was deleted.'),
      stock_movement_to_exists: final('The place was deleted.'),
      stock_kept: final('Items and places with movements can be archived, but not deleted.'),
    },
  }),
} as const;
