// The schema of an app from the definitions of its tables, and what the machinery in migrations/ is told of them: how each
// is synced, who may do what, which rules flag. The names are those of the columns of sync.access and sync.rule.
import { type AccessRule, accessOf } from './access';
import { type ConstraintRule, final, repeatable } from './constraint-rule';
import type { TableDefinition } from './define';
import type { Schema } from './schema';

/** Rules of the machinery, for rows of any table. */
export const coreRules = {
  row_identity_fixed: final('The id and the workspace of a row cannot be changed.'),
  insert_too_old: repeatable(
    'This waited for more than a year and may have been deleted in the meantime. Send it again if you still want it.',
  ),
  row_made_once: final('This already exists and stays as it was made.'),
  read_only_table: final('This can only be changed on the server, which needs a connection.'),
} as const satisfies Record<string, ConstraintRule>;

/** Columns of every synced table that the server keeps, and that no insert needs to send. */
const stamped = ['id', 'created_at', 'updated_at', 'version'];

export interface DefinedSchema<T extends Readonly<Record<string, TableDefinition>>> extends Schema {
  readonly tables: T;
  readonly access: Readonly<Record<keyof T, AccessRule>>;
  /** By constraint name. */
  readonly rules: Readonly<Record<string, ConstraintRule>>;
  readonly machinery: ReturnType<typeof machineryOf>;
}

/**
 * @param tables in the order in which a first load fetches them: parents before children
 * @param firstVersion number of the newest migration of the app's first release
 * @throws Error when two tables define one rule
 */
export function defineSchema<const T extends Readonly<Record<string, TableDefinition>>>(
  tables: T,
  firstVersion: number,
): DefinedSchema<T> {
  const names = Object.keys(tables);
  const rules: Record<string, ConstraintRule> = {};
  for (const [name, rule] of [coreRules, ...Object.values(tables).map((t) => t.rules)].flatMap((r) =>
    Object.entries<ConstraintRule>(r),
  )) {
    if (Object.hasOwn(rules, name)) throw new Error(`two tables define the rule ${name}`);
    rules[name] = rule;
  }
  const access = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, accessOf(table, table.exception)]),
  ) as Record<keyof T, AccessRule>;
  return {
    tables,
    names,
    firstVersion,
    version: Math.max(firstVersion, ...Object.values(tables).flatMap(({ added }) => Object.values(added))),
    sentences: Object.fromEntries(Object.entries(rules).map(([name, { sentence }]) => [name, sentence])),
    access,
    rules,
    machinery: machineryOf(tables, access, rules),
  };
}

/** Given to migrate() on both sides; the machinery is made anew when it changes. */
function machineryOf(
  tables: Readonly<Record<string, TableDefinition>>,
  access: Readonly<Record<string, AccessRule>>,
  rules: Readonly<Record<string, ConstraintRule>>,
) {
  const all = Object.entries(tables);
  return {
    tables: all.map(([name, table]) => ({
      name,
      scope: table.scope,
      writable: table.insertable.length > 0 || table.updatable.length > 0,
      grave: table.grave,
      // Columns that the server alone sets: an insert does not send them.
      unsent: table.columns.filter(
        (column) => !table.insertable.includes(column) && !stamped.includes(column),
      ),
    })),
    access: all.map(([name, table]) => {
      const rule = access[name]!;
      return {
        table: name,
        may_insert: rule.insert,
        may_update: rule.update,
        may_delete: rule.delete,
        owner: rule.owner ?? null,
        hidden: rule.hidden ?? null,
        imported: rule.imported ?? null,
        signs: rule.signs ?? null,
        insertable: table.insertable,
        updatable: table.updatable,
        silent: table.silent,
        signed: rule.signed,
        first: rule.first,
      };
    }),
    rules: Object.entries(rules).flatMap(([constraint, rule]) => {
      if (rule.stored === 'refused') return [];
      const {
        stored: _stored,
        sentence: _sentence,
        field: _field,
        resolutions: _resolutions,
        ...told
      } = rule;
      return [{ constraint_name: constraint, ...told }];
    }),
  };
}
