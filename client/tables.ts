// Tells the device core which tables Outpost has, for the types of queries.
import type { DB } from '../db/schema';

declare module './sync/store' {
  interface AppTables extends DB {}
}
