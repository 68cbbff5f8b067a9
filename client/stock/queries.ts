// What the pages of stock read from this device: items, places, levels, movements, and what was asked for offline.
import { type Kysely, type SelectType, sql } from 'kysely';
import type { DB, SyncStockRequest } from '../../db/schema';

type Db = Kysely<DB>;

export interface ItemRow {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly notes: string;
  readonly minimum: number;
  readonly archived: boolean;
}

export interface PlaceRow {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
}

export interface LevelRow {
  readonly item_id: string;
  readonly place_id: string;
  readonly quantity: number;
}

export function items(db: Db, workspaceId: string) {
  return db
    .selectFrom('stock_item')
    .select(['id', 'name', 'unit', 'notes', 'minimum', 'archived'])
    .where('workspace_id', '=', workspaceId)
    .orderBy(sql`lower(name)`)
    .orderBy('id');
}

export function places(db: Db, workspaceId: string) {
  return db
    .selectFrom('stock_place')
    .select(['id', 'name', 'archived'])
    .where('workspace_id', '=', workspaceId)
    .orderBy(sql`lower(name)`)
    .orderBy('id');
}

export function levels(db: Db, workspaceId: string) {
  return db
    .selectFrom('stock_level')
    .select(['item_id', 'place_id', 'quantity'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('id');
}

/** Newest first. */
export function movements(db: Db, itemId: string, limit: number) {
  return db
    .selectFrom('stock_movement')
    .leftJoin('stock_place as source', 'source.id', 'stock_movement.from_id')
    .leftJoin('stock_place as target', 'target.id', 'stock_movement.to_id')
    .select([
      'stock_movement.id',
      'stock_movement.quantity',
      'stock_movement.reason',
      'stock_movement.author',
      'stock_movement.created_at',
      'stock_movement.from_id',
      'stock_movement.to_id',
      'source.name as from_name',
      'target.name as to_name',
    ])
    .where('stock_movement.item_id', '=', itemId)
    .orderBy('stock_movement.created_at', 'desc')
    .orderBy('stock_movement.id', 'desc')
    .limit(limit);
}

export interface RequestRow {
  readonly id: string;
  readonly item_id: string;
  readonly from_id: string | null;
  readonly to_id: string | null;
  readonly quantity: number;
  readonly reason: string;
  readonly seen: number;
  readonly state: string;
  readonly found: number | null;
  readonly sentence: string;
  readonly tried: boolean;
  readonly at: string;
  readonly item: string | null;
  readonly unit: string | null;
  readonly from_name: string | null;
  readonly to_name: string | null;
}

/** What was asked for on this device in a workspace, in the order of asking. */
export function requests(db: Db, workspaceId: string) {
  return db
    .selectFrom('sync.stock_request as r')
    .leftJoin('stock_item as i', 'i.id', 'r.item_id')
    .leftJoin('stock_place as source', 'source.id', 'r.from_id')
    .leftJoin('stock_place as target', 'target.id', 'r.to_id')
    .select([
      'r.id',
      'r.item_id',
      'r.from_id',
      'r.to_id',
      'r.quantity',
      'r.reason',
      'r.seen',
      'r.state',
      'r.found',
      'r.sentence',
      'r.tried',
      'r.at',
      'i.name as item',
      'i.unit',
      'source.name as from_name',
      'target.name as to_name',
    ])
    .where('r.workspace_id', '=', workspaceId)
    .orderBy('r.at')
    .orderBy('r.id');
}

export type Waiting = { readonly [K in keyof SyncStockRequest]: SelectType<SyncStockRequest[K]> };

/** What may be sent now, oldest first: an item or a place that the server does not know yet goes before it. */
export function sendable(db: Db) {
  return db
    .selectFrom('sync.stock_request as r')
    .selectAll()
    .where('r.state', '=', 'waiting')
    .where(
      sql<boolean>`not exists (select from sync.outbox o
        where o.row_id in (r.item_id, r.from_id, r.to_id) and o.kind = 'insert' and o.verdict is null)`,
    )
    .orderBy('r.at')
    .orderBy('r.id');
}
