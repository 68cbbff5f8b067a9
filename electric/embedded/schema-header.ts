// The `electric-schema` header: for each column its type, key position, nullability and what its modifier says.
import type { Column } from './catalog';

/** JSON of column name to description, in ASCII so that it can be a header. */
export function schemaHeader(columns: readonly Column[]): string {
  const schema = Object.fromEntries(columns.map((column) => [column.name, describeColumn(column)]));
  return JSON.stringify(schema).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type Description = Record<string, string | number | boolean>;

function describeColumn(column: Column): Description {
  return {
    type: column.type,
    ...(column.dimensions > 0 ? { dims: column.dimensions } : {}),
    ...(column.keyIndex === null ? {} : { pk_index: column.keyIndex }),
    ...(column.notNull ? { not_null: true } : {}),
    ...modifier(column.type, column.typeModifier),
  };
}

const timed = new Set(['timestamp', 'timestamptz', 'time', 'timetz', 'date']);

function modifier(type: string, value: number): Description {
  if (value > 0 && (type === 'varchar' || type === 'text')) return { max_length: value - 4 };
  if (value > 0 && type === 'bpchar') return { length: value - 4 };
  if (type === 'bit' || type === 'varbit') return { length: value };
  if (value < 0) return {};
  if (type === 'interval') return { ...intervalFields(value >> 16), ...intervalPrecision(value & 0xffff) };
  if (timed.has(type)) return value > 0 ? { precision: value } : { type_mod: value };
  if (type === 'numeric') return { precision: (value - 4) >> 16, scale: ((value - 4) << 16) >> 16 };
  return { type_mod: value };
}

/** Bits of an interval's range, in the order of the units. */
const units = [
  ['YEAR', 1 << 2],
  ['MONTH', 1 << 1],
  ['DAY', 1 << 3],
  ['HOUR', 1 << 10],
  ['MINUTE', 1 << 11],
  ['SECOND', 1 << 12],
] as const;

function intervalFields(range: number): Description {
  if (range === 0x7fff) return {};
  const given = units.filter(([, mask]) => (range & mask) > 0).map(([name]) => name);
  if (given.length === 0) return {};
  return { fields: given.length === 1 ? given[0]! : `${given[0]} TO ${given.at(-1)}` };
}

function intervalPrecision(precision: number): Description {
  return precision === 0xffff ? {} : { precision };
}
