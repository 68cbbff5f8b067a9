// Field-level last writer wins (M1): what an operation does to the clocks of one row.
// The twin of sync.merge in migrations/sync/server.sql; merge.test.ts holds them equal (M3).
import type { Clock } from './clock';

/** The clocks of one row. A field without an entry in `clocks` was last written at `base`. */
export interface Register {
  /** Whether the row exists, and the clock of the insert or delete that decided it. */
  readonly alive: boolean;
  readonly life: Clock;
  readonly base: Clock;
  readonly clocks: Readonly<Record<string, Clock>>;
}

export interface Merged {
  readonly register: Register;
  /** Fields whose new value stands, in the order given. The others lost to newer ones, or are repetitions. */
  readonly won: readonly string[];
}

/** @returns the clock of the newest write of a field. */
export function fieldClock(register: Register, field: string): Clock {
  return register.clocks[field] ?? register.base;
}

/**
 * Merges one operation. Commutative, associative and idempotent over the operations of a row, once the row is
 * known (the first insert makes its register).
 * @param register null: the row was never seen; then only an insert may come
 * @param fields the columns that the operation sets (none for a delete)
 */
export function merge(
  register: Register | null,
  kind: 'insert' | 'update' | 'delete',
  fields: readonly string[],
  clock: Clock,
): Merged {
  if (register === null) {
    return { register: { alive: kind !== 'delete', life: clock, base: clock, clocks: {} }, won: fields };
  }
  const won = fields.filter((field) => clock > fieldClock(register, field));
  const clocks: Record<string, Clock> = { ...register.clocks };
  for (const field of won) clocks[field] = clock;
  const decides = kind !== 'update' && clock > register.life;
  return {
    register: {
      alive: decides ? kind === 'insert' : register.alive,
      life: decides ? clock : register.life,
      base: register.base,
      clocks,
    },
    won,
  };
}
